/** Whether what was acknowledged and read is there at the end, once, where it was said to be. */
import type { Event } from '../history/event.ts'
import type { FinalRead, History, Operation, Sighting } from '../history/history.ts'
import type { Anomaly } from './anomaly.ts'

/** Names `lost-write`: acknowledged outside of transactions, and missing in a final read. */
export function lostWrites(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  const finals = [...history.finals.values()]
  for (const send of history.sends) {
    const { partition, value, transaction } = send.call
    if (send.outcome !== 'ok' || transaction !== undefined) continue
    const found = history.sightingsOf.get(value) ?? []
    const lacking = finals.find(
      ({ name, ends }) => ends.has(partition) && !found.some(({ finals }) => finals.has(name)),
    )
    if (lacking === undefined) continue
    anomalies.push({
      name: 'lost-write',
      text: `${value} was acknowledged in ${partition} at offset ${send.completed?.offset ?? 'unknown'}, and ${lacking.name} ends without it`,
      evidence: [...linesOf(send), ...found.map(({ first }) => first), ...endOf(lacking, partition)],
    })
  }
  return anomalies
}

/** Names `vanished-read`: read before, and not by a final reader of the same isolation level. */
export function vanishedReads(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  for (const sighting of allSightings(history)) {
    for (const [isolation, polled] of sighting.polled) {
      const lacking = [...history.finals.values()].find(
        final =>
          final.isolation === isolation && final.ends.has(sighting.partition) && !sighting.finals.has(final.name),
      )
      if (lacking === undefined) continue
      anomalies.push({
        name: 'vanished-read',
        text: `${sighting.value} was read at ${placeOf(sighting)}, and ${lacking.name} ends without it there`,
        evidence: [polled, ...endOf(lacking, sighting.partition)],
      })
    }
  }
  return anomalies
}

/** Names `duplicate`: all values are unique and all producers idempotent, so a value has one place. */
export function duplicates(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  for (const [value, found] of history.sightingsOf) {
    if (found.length < 2) continue
    const send = history.sendOf.get(value)
    anomalies.push({
      name: 'duplicate',
      text: `${value} stands at ${found.map(placeOf).join(' and ')}`,
      evidence: [...(send === undefined ? [] : linesOf(send)), ...found.map(({ first }) => first)],
    })
  }
  return anomalies
}

/** Names `wrong-offset`: the acknowledgement says another place than any read. */
export function wrongOffsets(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  for (const send of history.sends) {
    const { partition, value } = send.call
    const offset = send.completed?.offset
    if (send.outcome !== 'ok' || offset === undefined) continue
    const found = history.sightingsOf.get(value) ?? []
    if (found.length === 0 || found.some(each => each.partition === partition && each.offset === offset)) continue
    anomalies.push({
      name: 'wrong-offset',
      text: `${value} was acknowledged at ${partition}@${offset} and is read at ${found.map(placeOf).join(' and ')}`,
      evidence: [...linesOf(send), ...found.map(({ first }) => first)],
    })
  }
  return anomalies
}

/** Names `inconsistent-offset`: two reads, or a read and an acknowledgement, put different values at one offset. */
export function inconsistentOffsets(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  for (const offsets of history.sightings.values()) {
    for (const found of offsets.values()) {
      if (found.length < 2) continue
      anomalies.push({
        name: 'inconsistent-offset',
        text: `${placeOf(found[0] as Sighting)} holds ${found.map(({ value }) => value).join(' and ')}`,
        evidence: found.map(({ first }) => first),
      })
    }
  }
  const acknowledged = new Map<string, Operation<{ value: string }>>()
  for (const send of history.sends) {
    if (send.outcome !== 'ok' || send.completed?.offset === undefined) continue
    const place = `${send.call.partition}@${send.completed.offset}`
    const other = acknowledged.get(place)
    if (other === undefined) {
      acknowledged.set(place, send)
      continue
    }
    anomalies.push({
      name: 'inconsistent-offset',
      text: `${other.call.value} and ${send.call.value} were both acknowledged at ${place}`,
      evidence: [...linesOf(other), ...linesOf(send)],
    })
  }
  return anomalies
}

/** Names `never-sent` and `failed-write-read`: what is read was sent, and not refused. */
export function unexpectedReads(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  for (const [value, found] of history.sightingsOf) {
    const send = history.sendOf.get(value)
    const reads = found.map(({ first }) => first)
    const places = found.map(placeOf).join(' and ')
    if (send === undefined) {
      anomalies.push({ name: 'never-sent', text: `${value} at ${places} was sent by nobody`, evidence: reads })
    } else if (send.outcome === 'fail') {
      const text = `${value} was refused and is read at ${places}`
      anomalies.push({ name: 'failed-write-read', text, evidence: [...linesOf(send), ...reads] })
    }
  }
  return anomalies
}

/** `<partition>@<offset>`. */
export function placeOf({ partition, offset }: Sighting): string {
  return `${partition}@${offset}`
}

/** The lines of a call: its invocation, and its end if there was one. */
export function linesOf({ invoked, completed }: Operation<unknown>): Event[] {
  return completed === undefined ? [invoked] : [invoked, completed]
}

function endOf({ ends }: FinalRead, partition: string): Event[] {
  const end = ends.get(partition)
  return end === undefined ? [] : [end]
}

function* allSightings(history: History): Generator<Sighting> {
  for (const offsets of history.sightings.values()) for (const found of offsets.values()) yield* found
}
