/**
 * Compaction of one partition (`cleanup.policy` compact): when it is due, over which segments, in slices that leave the event
 * loop to others.
 */
import type { Logger } from 'pino'
import * as batch from '../../../protocol/records/batch.ts'
import { KafkaError } from '../../../protocol/errors.ts'
import { codecOf, ready } from '../../../protocol/records/compression.ts'
import { RecordReader } from '../../../protocol/records/record-reader.ts'
import type { Segment } from '../../../storage/engine.ts'
import type { Clock } from '../../clock.ts'
import { CompactionPass } from './compaction-pass.ts'
import { OffsetMap } from './offset-map.ts'
import { newestMs } from './retention.ts'
import { Slices } from './slices.ts'
import type { Partition } from '../partition.ts'

/** What cleaning needs besides the partition. */
export interface CleanerDeps {
  readonly clock: Clock
  readonly logger: Logger
  /** Bytes that the offset map may take: `log.cleaner.dedupe.buffer.size`. */
  readonly mapBytes: number
}

/** Bytes of one read while the offset map is built. */
const READ_BYTES = 1024 * 1024

/** What of a log is compacted, is not yet, and can't be yet. Offsets are segment bounds, save `firstDirty`. */
export interface Cleanable {
  readonly generation: number
  readonly start: number
  readonly firstDirty: number
  /** Exclusive end of what may be compacted. */
  readonly end: number
  readonly cleanBytes: number
  readonly dirtyBytes: number
}

/** Looks at the partition's segments; null if there is nothing to compact. */
export const cleanableOf = async (partition: Partition, nowMs: number): Promise<Cleanable | null> => {
  const { generation, segments } = await partition.log.segments()
  const { minCompactionLagMs } = partition.topic.settings
  const closed = segments.slice(0, -1)
  const firstDirty = Math.max(partition.folds.cleanedTo, partition.logStartOffset)
  const settled: Segment[] = []
  for (const segment of closed) {
    if (segment.end > partition.lastStableOffset) break
    if (segment.end > firstDirty && minCompactionLagMs > 0 && newestMs(segment) > nowMs - minCompactionLagMs) break
    settled.push(segment)
  }
  const last = settled.at(-1)
  if (last === undefined || last.end <= firstDirty) return null
  const dirty = settled.filter(segment => segment.end > firstDirty)
  const bytesOf = (some: readonly Segment[]): number => some.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  const dirtyBytes = bytesOf(dirty)
  return {
    generation,
    start: settled[0]!.start,
    firstDirty,
    end: last.end,
    cleanBytes: bytesOf(settled) - dirtyBytes,
    dirtyBytes,
  }
}

/** Whether the cleaner should come to it by itself: enough of it is dirty, or some of it for too long. */
export const isCleaningDue = async (cleanable: Cleanable, partition: Partition, nowMs: number): Promise<boolean> => {
  const { minCleanableDirtyRatio, maxCompactionLagMs } = partition.topic.settings
  const { cleanBytes, dirtyBytes, firstDirty } = cleanable
  if (dirtyBytes / (cleanBytes + dirtyBytes) > minCleanableDirtyRatio) return true
  if (maxCompactionLagMs === Number.MAX_SAFE_INTEGER) return false
  const slice = await partition.log.read(firstDirty, { maxBytes: 1, atLeastOne: true })
  const [chunk] = slice.chunks
  const oldest = chunk === undefined ? batch.NO_TIMESTAMP : batch.baseTimestamp(chunk, 0)
  slice.release()
  return oldest >= 0 && nowMs - oldest > maxCompactionLagMs
}

/** Compacts as much as one offset map covers. Resolves to false if the log changed meanwhile, or as far as the map was full. */
export const clean = async (partition: Partition, cleanable: Cleanable, deps: CleanerDeps): Promise<boolean> => {
  const slices = new Slices(deps.clock)
  const offsets = new OffsetMap(deps.mapBytes)
  const mapEnd = await fillMap(partition, cleanable, offsets, slices)
  const { transactions, producers } = partition.folds
  const pass = new CompactionPass({
    offsets,
    mapEnd,
    deleteRetentionMs: partition.topic.settings.deleteRetentionMs,
    nowMs: deps.clock.now(),
    producers,
    isAborted: (id, base, last) => transactions.isAborted(id, base, last),
  })
  const { segments } = await partition.log.segments()
  const to = segments.find(segment => segment.end >= mapEnd)?.end ?? cleanable.end
  // What the folds know of the batches that go can't be read again.
  await partition.saveCheckpoint()
  const range = { from: cleanable.start, to, generation: cleanable.generation }
  const done = await partition.log.rewrite(range, async batches => {
    const kept: Buffer[] = []
    for (const source of batches) {
      const wait = ready(codecOf(batch.codec(source, 0)))
      if (wait !== null) await wait
      const left = pass.keep(source)
      if (left !== null) kept.push(left)
      if (slices.over) await slices.breathe()
    }
    return kept
  })
  if (!done) return false
  transactions.forgetAborted(pass.emptyAborts)
  partition.folds.cleanedTo = mapEnd
  await partition.saveCheckpoint()
  if (pass.unreadable > 0)
    deps.logger.warn({ partition: partition.name, batches: pass.unreadable }, 'compaction kept unreadable batches')
  return mapEnd === cleanable.end
}

/** Reads the dirty stretch's keys; the offset up to which the map knows them all. */
const fillMap = async (
  partition: Partition,
  { firstDirty, end }: Cleanable,
  offsets: OffsetMap,
  slices: Slices,
): Promise<number> => {
  let next = firstDirty
  while (next < end && !offsets.full) {
    const slice = await partition.log.read(next, { maxBytes: READ_BYTES, before: end, atLeastOne: true })
    try {
      for (const chunk of slice.chunks)
        for (const position of batch.batches(chunk)) {
          const wait = ready(codecOf(batch.codec(chunk, position)))
          if (wait !== null) await wait
          putKeys(partition, chunk, position, offsets)
          next = batch.nextOffset(chunk, position)
          if (slices.over) await slices.breathe()
          if (offsets.full) return next
        }
    } finally {
      slice.release()
    }
    if (slice.sizeBytes === 0) return end
  }
  return next
}

const putKeys = (partition: Partition, chunk: Buffer, position: number, offsets: OffsetMap): void => {
  if (batch.isControl(chunk, position)) return
  if (
    batch.isTransactional(chunk, position) &&
    partition.folds.transactions.isAborted(
      batch.producerId(chunk, position),
      batch.baseOffset(chunk, position),
      batch.lastOffset(chunk, position),
    )
  )
    return
  try {
    const reader = new RecordReader(chunk, position)
    for (let record = reader.next(); record !== null; record = reader.next())
      if (record.key !== null) offsets.put(record.key, record.offset)
  } catch (error) {
    // The pass keeps such a batch; its keys hide nothing.
    if (!(error instanceof KafkaError)) throw error
  }
}
