/** Whether each reader goes forward through its partitions, record by record, from one assignment or seek to the next. */
import type { Isolation, Note } from '../history/event.ts'
import { countBelow, type History } from '../history/history.ts'
import type { Anomaly } from './anomaly.ts'

/** Where a reader is in one partition. */
interface Position {
  /** The next record is the first from here on. */
  readonly offset: number
  /** The line that says so. */
  readonly from: Note
}

/**
 * Names `poll-skip` and `nonmonotonic-poll`. "Internal" in the text means inside what one poll returned, "external" between
 * two. What a reader must see are the records that a final reader of the same isolation level saw.
 */
export function pollAnomalies(history: History): Anomaly[] {
  const anomalies: Anomaly[] = []
  const positions = new Map<string, Position>()
  const isolations = new Map<string, Isolation>()
  for (const note of history.notes) {
    if (note.do === 'assigned') {
      for (const key of [...positions.keys()]) if (key.startsWith(`${note.by} `)) positions.delete(key)
      isolations.set(note.by, note.isolation)
    } else if (note.do === 'sought') {
      positions.set(`${note.by} ${note.partition}`, { offset: note.offset, from: note })
    } else if (note.do === 'polled') {
      const isolation = isolations.get(note.by) ?? 'read_committed'
      for (const record of note.records) {
        const [partition, offset] = record
        const from = { ...note, records: [record] }
        const key = `${note.by} ${partition}`
        const anomaly = stepFrom(history, positions.get(key), from, isolation)
        if (anomaly !== undefined) anomalies.push(anomaly)
        positions.set(key, { offset: offset + 1, from })
      }
    }
  }
  return anomalies
}

/** What is wrong with going from `position` to the record of `read`. */
function stepFrom(
  history: History,
  position: Position | undefined,
  read: Note & { readonly do: 'polled' },
  isolation: Isolation,
): Anomaly | undefined {
  const [partition = '', offset = 0, value = ''] = read.records[0] ?? []
  if (position === undefined) return undefined
  const side = position.from.at === read.at && position.from.do === 'polled' ? 'internal' : 'external'
  const evidence = [position.from, read]
  if (offset < position.offset) {
    const text = `${side}: ${read.by} was at ${partition}@${position.offset} and received ${value} at ${offset}`
    return { name: 'nonmonotonic-poll', text, evidence }
  }
  const visible = history.visible(partition, isolation)
  const first = countBelow(visible, position.offset)
  const skippedCount = countBelow(visible, offset) - first
  if (skippedCount === 0) return undefined
  return {
    name: 'poll-skip',
    text: `${side}: ${read.by} was at ${partition}@${position.offset} and received ${value} at ${offset}; ${skippedCount} records from ${visible[first]} on are between`,
    evidence,
  }
}
