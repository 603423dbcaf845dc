/** Whether loops that consume, transform and produce in transactions make one output of each input. */
import type { CommitCall } from '../history/event.ts'
import { countBelow, type History, type Operation, type Sighting } from '../history/history.ts'
import type { Anomaly } from './anomaly.ts'
import { linesOf } from './writes.ts'

/** Names `duplicated-transform` and `lost-transform`. */
export function transformAnomalies(history: History): Anomaly[] {
  const finals = [...history.finals.values()].filter(({ isolation }) => isolation === 'read_committed')
  const outputs = new Map<string, Sighting[]>()
  for (const { call } of history.sends) {
    if (call.source === undefined) continue
    const found = history.sightingsOf.get(call.value)?.find(each => finals.some(({ name }) => each.finals.has(name)))
    if (found !== undefined) outputs.set(call.source, [...(outputs.get(call.source) ?? []), found])
  }
  const duplicated = [...outputs].flatMap(([source, found]): Anomaly[] => {
    if (found.length < 2) return []
    const sends = found.flatMap(({ value }) => history.sendOf.get(value) ?? [])
    return [
      {
        name: 'duplicated-transform',
        text: `${source} was made into ${found.map(({ value }) => value).join(' and ')}, all of them committed`,
        evidence: [...sends.flatMap(linesOf), ...found.map(({ first }) => first)],
      },
    ]
  })
  return [...duplicated, ...lostTransforms(history, outputs)]
}

/** Each input below what the group committed in a transaction that was surely committed has an output. */
function lostTransforms(history: History, outputs: ReadonlyMap<string, readonly Sighting[]>): Anomaly[] {
  const furthest = new Map<string, Operation<CommitCall>>()
  for (const commit of history.commits) {
    const end = history.ends.get(commit.call.transaction ?? '')
    if (commit.outcome === 'fail' || end?.outcome !== 'ok' || !end.call.commit) continue
    const known = furthest.get(commit.call.partition)
    if (known === undefined || known.call.offset < commit.call.offset) furthest.set(commit.call.partition, commit)
  }
  const anomalies: Anomaly[] = []
  for (const [partition, commit] of furthest) {
    const visible = history.visible(partition, 'read_committed')
    for (const offset of visible.slice(0, countBelow(visible, commit.call.offset))) {
      for (const { value, first } of history.sightings.get(partition)?.get(offset) ?? []) {
        if (outputs.has(value)) continue
        anomalies.push({
          name: 'lost-transform',
          text: `${value} at ${partition}@${offset} has no output, though ${commit.call.group} committed ${commit.call.offset} with its outputs`,
          evidence: [first, ...linesOf(commit)],
        })
      }
    }
  }
  return anomalies
}
