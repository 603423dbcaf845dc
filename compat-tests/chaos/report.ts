/** What a run says at its end. */
import type { Event } from './history/event.ts'
import type { History } from './history/history.ts'
import { type Anomaly, type AnomalyName, anomalyNames } from './judge/anomaly.ts'

/** Of each kind so many are shown in full. */
const maxShown = 5
const maxEvidence = 8
const maxLineLength = 400

/** What was done and read, in numbers. */
export function summaryOf(history: History): string {
  const count = <T>(items: Iterable<T>, is: (item: T) => boolean): number => {
    let found = 0
    for (const item of items) if (is(item)) found++
    return found
  }
  const { sends, commits, committedFetches, notes, ends, finals } = history
  const faultCounts = new Map<string, number>()
  for (const note of notes) {
    if (note.do !== 'fault' || note.state !== 'begins') continue
    faultCounts.set(note.fault, (faultCounts.get(note.fault) ?? 0) + 1)
  }
  let polled = 0
  for (const note of notes) if (note.do === 'polled') polled += note.records.length
  const lines = [
    `sent ${sends.length}, acknowledged ${count(sends, ({ outcome }) => outcome === 'ok')}, unknown ${count(sends, ({ outcome }) => outcome === 'info')}`,
    `polled ${polled} records in ${count(notes, note => note.do === 'assigned')} assignments`,
    `commits ${commits.length}, answered ${count(commits, ({ outcome }) => outcome === 'ok')}; looked at ${committedFetches.length}`,
    `final reads ${[...finals.values()].map(({ name, ends }) => `${name}: ${ends.size} partitions`).join('; ')}`,
    `faults ${[...faultCounts].map(([name, times]) => `${name} ${times}`).join(', ') || 'none'}`,
  ]
  if (ends.size > 0) {
    const committed = count(ends.values(), ({ call, outcome }) => call.commit && outcome === 'ok')
    const aborted = count(ends.values(), ({ call, outcome }) => !call.commit && outcome === 'ok')
    lines.push(`transactions ${count(notes, note => note.do === 'begin')}, committed ${committed}, aborted ${aborted}`)
  }
  return lines.join('\n')
}

/** All anomalies, the first of each kind with their evidence; the last line is the verdict. */
export function verdictOf(anomalies: readonly Anomaly[]): string {
  if (anomalies.length === 0) return 'no anomalies'
  const byName = new Map<AnomalyName, Anomaly[]>()
  for (const anomaly of anomalies) byName.set(anomaly.name, [...(byName.get(anomaly.name) ?? []), anomaly])
  const lines = [...byName].flatMap(([name, found]) => [
    '',
    `${name} (${anomalyNames[name]}): ${found.length}`,
    ...found
      .slice(0, maxShown)
      .flatMap(({ text, evidence }) => [
        `  ${shortened(text)}`,
        ...evidence.slice(0, maxEvidence).map(event => `    ${lineOf(event)}`),
        ...(evidence.length > maxEvidence ? [`    and ${evidence.length - maxEvidence} more lines`] : []),
      ]),
    ...(found.length > maxShown ? [`  and ${found.length - maxShown} more`] : []),
  ])
  const counts = [...byName].map(([name, found]) => `${name} ${found.length}`).join(', ')
  return [...lines, '', `${anomalies.length} anomalies: ${counts}`].join('\n')
}

function lineOf({ at, by, is, ...rest }: Event): string {
  return shortened(`${(at / 1e6).toFixed(6)} ${by} ${is} ${JSON.stringify(rest)}`)
}

function shortened(text: string): string {
  return text.length > maxLineLength ? `${text.slice(0, maxLineLength)}…` : text
}
