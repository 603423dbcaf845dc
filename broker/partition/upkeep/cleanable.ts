/**
 * What of a partition's log is compacted, is not yet, and can't be yet: Kafka's choice of logs to clean.
 */
import * as batch from '../../../protocol/records/batch.ts'
import { DamagedRange, type Segment } from '../../../storage/engine.ts'
import type { Partition } from '../partition.ts'
import { newestMs } from './retention.ts'

/** A log with something to compact. Offsets are segment bounds, save `firstDirty`. */
export interface Cleanable {
  readonly generation: number
  readonly start: number
  readonly firstDirty: number
  /** Exclusive end of what may be compacted. */
  readonly end: number
  /** Share of its bytes that are dirty, above 0. */
  readonly dirtyRatio: number
  /** Starts of the segments that hold dirty records. */
  readonly dirtySegments: readonly number[]
}

/** Looks at the partition's segments; null if there is nothing to compact. @param nowMs wall clock */
export const cleanableOf = async (partition: Partition, nowMs: number): Promise<Cleanable | null> => {
  const { generation, segments } = await partition.log.segments()
  const { minCompactionLagMs } = partition.topic.settings
  const firstDirty = Math.max(partition.folds.cleanedTo, partition.logStartOffset)
  const settled: Segment[] = []
  for (const segment of segments.slice(0, -1)) {
    if (segment.end > partition.lastStableOffset) break
    if (segment.end > firstDirty && minCompactionLagMs > 0 && newestMs(segment) > nowMs - minCompactionLagMs) break
    settled.push(segment)
  }
  const last = settled.at(-1)
  if (last === undefined || last.end <= firstDirty) return null
  const dirty = settled.filter(segment => segment.end > firstDirty)
  const dirtyBytes = bytesOf(dirty)
  return {
    generation,
    start: settled[0]!.start,
    firstDirty,
    end: last.end,
    dirtyRatio: dirtyBytes === 0 ? 0 : dirtyBytes / bytesOf(settled),
    dirtySegments: dirty.map(segment => segment.start),
  }
}

const bytesOf = (segments: readonly Segment[]): number => segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

/** Whether the cleaner should come to it by itself: enough of it is dirty, or some of it for too long. @param nowMs wall clock */
export const isCleaningDue = async (cleanable: Cleanable, partition: Partition, nowMs: number): Promise<boolean> => {
  const { minCleanableDirtyRatio, maxCompactionLagMs } = partition.topic.settings
  if (cleanable.dirtyRatio > minCleanableDirtyRatio) return true
  if (cleanable.dirtyRatio === 0 || maxCompactionLagMs === Number.MAX_SAFE_INTEGER) return false
  for (const start of cleanable.dirtySegments) {
    const oldest = await timestampAt(partition, Math.max(start, cleanable.firstDirty))
    if (oldest > 0 && nowMs - oldest > maxCompactionLagMs) return true
  }
  return false
}

/** Greatest timestamp of the batch at the offset, −1 if it has none or can't be read. */
const timestampAt = async (partition: Partition, offset: number): Promise<number> => {
  try {
    const slice = await partition.log.read(offset, { maxBytes: 1, atLeastOne: true })
    const [chunk] = slice.chunks
    const timestamp = chunk === undefined ? batch.NO_TIMESTAMP : batch.maxTimestamp(chunk, 0)
    slice.release()
    return timestamp
  } catch (error) {
    if (error instanceof DamagedRange) return batch.NO_TIMESTAMP
    throw error
  }
}
