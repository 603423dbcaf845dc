/** Whether the records of each producer stand in the order in which they were sent. */
import type { SendCall } from '../history/event.ts'
import type { History, Operation } from '../history/history.ts'
import type { Anomaly } from './anomaly.ts'
import { linesOf } from './writes.ts'

/**
 * Names `reordered`, by the offsets at which records are read or, where nobody read them, acknowledged. A record that failed
 * stands nowhere and orders nothing.
 */
export function reorderings(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  const last = new Map<string, { readonly send: Operation<SendCall>; readonly offset: number }>()
  for (const send of history.sends) {
    const { partition, producer, value } = send.call
    const offset = offsetOf(history, send)
    if (offset === undefined) continue
    const lane = `${producer} ${partition}`
    const before = last.get(lane)
    if (before !== undefined && offset < before.offset) {
      const reads = [before.send, send].flatMap(each => history.sightingsOf.get(each.call.value)?.[0]?.first ?? [])
      anomalies.push({
        name: 'reordered',
        text: `${producer} sent ${before.send.call.value} before ${value}; ${partition} has them at ${before.offset} and ${offset}`,
        evidence: [...linesOf(before.send), ...linesOf(send), ...reads],
      })
    }
    if (before === undefined || offset > before.offset) last.set(lane, { send, offset })
  }
  return anomalies
}

function offsetOf(history: History, { call, outcome, completed }: Operation<SendCall>): number | undefined {
  const found = history.sightingsOf.get(call.value)?.find(({ partition }) => partition === call.partition)
  if (found !== undefined) return found.offset
  return outcome === 'ok' ? completed?.offset : undefined
}
