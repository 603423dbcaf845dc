/**
 * Whether the indexes of a segment say what its `.log` says. They carry no checksums: what leads to a batch is compared with it, and where it
 * isn't so all of them are built anew.
 */
import * as batch from '../../../protocol/records/batch.ts'
import type { Visit } from '../recovery/scan.ts'
import { UnreadableBatch } from '../recovery/scan.ts'
import type { IndexEntry, SegmentIndexes } from './segment-indexes.ts'
import type { TimeEntry } from './time-index.ts'

/** As `FileSegment.scan`. */
export type Scan = (from: number, visit: Visit) => number

/** How far behind the last time entry greater timestamps are looked for, bytes: in a log whose timestamps ascend the next batch would have one. */
const CHECKED_BYTES = 4 * 1024 * 1024

/** Whether the entry leads to the batch that it names. */
const leadsToBatch = (entry: IndexEntry | null, scan: Scan): boolean => {
  if (entry === null) return true
  let found = false
  return unlessUnreadable(() => {
    scan(entry.position, (buffer, at, position) => {
      found = position === entry.position && batch.lastOffset(buffer, at) === entry.lastOffset
      return false
    })
    return found
  })
}

/** Whether there is a batch that ends with the entry's offset and has its timestamp. */
export const isTrueOf = (entry: TimeEntry | null, indexes: SegmentIndexes, scan: Scan): boolean => {
  if (entry === null) return true
  let found = false
  return unlessUnreadable(() => {
    scan(indexes.entryBefore(entry.offset)?.position ?? 0, (buffer, at) => {
      if (batch.lastOffset(buffer, at) < entry.offset) return true
      found = batch.lastOffset(buffer, at) === entry.offset && batch.maxTimestamp(buffer, at) === entry.timestamp
      return false
    })
    return found
  })
}

/** Whether both last entries are right, and no greater timestamp follows the last one nearby: the files may have lost their ends. */
export const indexesFit = (indexes: SegmentIndexes, scan: Scan): boolean => {
  const { lastEntry, lastTime } = indexes
  if (!leadsToBatch(lastEntry, scan) || !isTrueOf(lastTime, indexes, scan)) return false
  const from = lastTime === null ? 0 : (indexes.entryBefore(lastTime.offset)?.position ?? 0)
  const greatest = lastTime?.timestamp ?? batch.NO_TIMESTAMP
  let fits = true
  return unlessUnreadable(() => {
    scan(from, (buffer, at, position) => {
      const isNew = lastTime === null || batch.lastOffset(buffer, at) > lastTime.offset
      fits = !isNew || batch.maxTimestamp(buffer, at) <= greatest
      return fits && position - from < CHECKED_BYTES
    })
    return fits
  })
}

/** False where the indexes lead to what is no batch. */
const unlessUnreadable = (check: () => boolean): boolean => {
  try {
    return check()
  } catch (error) {
    if (error instanceof UnreadableBatch) return false
    throw error
  }
}
