/** What the runner prints: a line for each story, at the end what failed and was skipped, a table and the count. */
import type { Outcome } from './tell-stories.ts'

/** A story's outcome for one client on one engine. */
export interface Result extends Outcome {
  readonly client: string
  /** The engine's name, or `target`. */
  readonly engine: string
}

/** Enough for a message and where it came from. */
const maxReasonLength = 1000

const signs = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' } as const

/** One line for a story that has just ended. */
export function resultLine({ client, engine, scenarioId, verdict, reason, tookMs }: Result): string {
  const line = `${signs[verdict]} ${client}/${engine} ${scenarioId} (${tookMs} ms)`
  return verdict === 'passed' ? line : `${line}: ${reason.slice(0, maxReasonLength)}`
}

/** The end of the report: reasons for skips, each once; all failures; the table; the line with the count. */
export function summary(results: readonly Result[]): string {
  const count = (verdict: Result['verdict']) => results.filter(each => each.verdict === verdict).length
  const counts = `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`
  return [...skips(results), ...failures(results), ...table(results), '', counts].join('\n')
}

function skips(results: readonly Result[]): string[] {
  const byReason = new Map<string, Set<string>>()
  for (const { verdict, reason, scenarioId } of results) {
    if (verdict !== 'skipped') continue
    const ids = byReason.get(reason) ?? new Set<string>()
    byReason.set(reason, ids.add(scenarioId))
  }
  const lines = [...byReason].map(([reason, ids]) => {
    const shown = [...ids]
    const more = shown.length > 8 ? ` and ${shown.length - 8} more` : ''
    return `  ${reason}: ${shown.slice(0, 8).join(', ')}${more}`
  })
  return lines.length === 0 ? [] : ['', 'Skipped:', ...lines]
}

function failures(results: readonly Result[]): string[] {
  const failed = results.filter(({ verdict }) => verdict === 'failed')
  return failed.length === 0 ? [] : ['', 'Failed:', ...failed.map(result => `  ${resultLine(result)}`)]
}

/** A row for each story, a column for each client and engine. */
function table(results: readonly Result[]): string[] {
  const columns = [...new Set(results.map(({ client, engine }) => `${client}/${engine}`))]
  const rows = [...new Set(results.map(({ scenarioId }) => scenarioId))]
  const cells = new Map(results.map(each => [`${each.scenarioId} ${each.client}/${each.engine}`, signs[each.verdict]]))
  const idWidth = Math.max(...rows.map(row => row.length))
  const line = (first: string, rest: readonly string[]) =>
    `${first.padEnd(idWidth)}  ${rest.map((cell, index) => cell.padEnd(columns[index]?.length ?? 0)).join('  ')}`.trimEnd()
  return [
    '',
    line('', columns),
    ...rows.map(row =>
      line(
        row,
        columns.map(column => cells.get(`${row} ${column}`) ?? ''),
      ),
    ),
  ]
}
