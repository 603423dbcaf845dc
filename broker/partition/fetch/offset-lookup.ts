/**
 * Finds offsets by timestamp, inside batches (ListOffsets).
 */
import { KafkaError } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { codecOf, ready } from '../../../protocol/records/compression.ts'
import { RecordReader, recordsOf } from '../../../protocol/records/record-reader.ts'
import { DamagedRange, type Segment } from '../../../storage/engine.ts'
import { readPastDamage } from '../../../storage/read-past-damage.ts'
import type { Partition } from '../partition.ts'
import { MAX_DECOMPRESSED_BYTES } from '../produce/record-checks.ts'
import type { Isolation } from '../waiters.ts'

/** All −1 where nothing was found. */
export interface FoundOffset {
  readonly offset: number
  /** ms; −1 for what isn't found by its timestamp. */
  readonly timestamp: number
  readonly leaderEpoch: number
}

const NOT_FOUND: FoundOffset = { offset: -1, timestamp: -1, leaderEpoch: -1 }

/** What ListOffsets calls by timestamps below 0, with the first version of the request that knows each. */
export const specialTimestamps = {
  latest: { timestamp: -1, since: 0 },
  earliest: { timestamp: -2, since: 0 },
  /** KIP-734. */
  maxTimestamp: { timestamp: -3, since: 7 },
  /** KIP-405: the earliest that is not only in tiered storage, which here is the earliest. */
  earliestLocal: { timestamp: -4, since: 8 },
  /** KIP-1005: the latest in tiered storage; there is none. */
  latestTiered: { timestamp: -5, since: 9 },
  /** KIP-1023: the earliest that tiered storage doesn't have yet; there is none. */
  earliestPendingUpload: { timestamp: -6, since: 11 },
} as const

/** Bytes of one read while a part of a segment is searched. */
const READ_BYTES = 1024 * 1024

/**
 * The offset for a timestamp in ms (the first record at or after it) or a special one. Throws (or rejects with) KafkaError
 * UNSUPPORTED_VERSION for a special one that the version of ListOffsets doesn't know, KAFKA_STORAGE_ERROR.
 */
export const findOffset = (
  partition: Partition,
  timestamp: number,
  isolation: Isolation,
  apiVersion: number,
): FoundOffset | Promise<FoundOffset> => {
  if (timestamp >= 0) return partition.guarded(() => firstAtOrAfter(partition, timestamp, isolation))
  const special = Object.values(specialTimestamps).find(known => known.timestamp === timestamp)
  if (special === undefined || special.since > apiVersion)
    throw new KafkaError('UNSUPPORTED_VERSION', `ListOffsets ${apiVersion} has no special timestamp ${timestamp}`)
  const { epochs } = partition.folds
  switch (special) {
    case specialTimestamps.latest:
      return { offset: partition.readableEnd(isolation), timestamp: -1, leaderEpoch: epochs.latest }
    case specialTimestamps.maxTimestamp:
      return partition.guarded(() => atMaxTimestamp(partition, isolation))
    case specialTimestamps.latestTiered:
    case specialTimestamps.earliestPendingUpload:
      return NOT_FOUND
    default:
      return {
        offset: partition.logStartOffset,
        timestamp: -1,
        leaderEpoch: epochs.epochAt(partition.logStartOffset),
      }
  }
}

/**
 * What ListOffsets 0 answers: the starts of segments, and the end, that are not after `timestamp` (or the special one); the
 * newest first, at most `maxOffsets`. The end's time is `nowMs` (observed with Kafka 3.9).
 */
export const findOffsetsBefore = async (
  partition: Partition,
  timestamp: number,
  maxOffsets: number,
  nowMs: number,
): Promise<readonly number[]> => {
  const { segments } = await partition.guarded(() => partition.log.segments())
  const all = timestamp === specialTimestamps.latest.timestamp || timestamp >= nowMs
  const offsets = offsetsBefore(partition, segments, all ? Number.POSITIVE_INFINITY : timestamp)
  return offsets.reverse().slice(0, Math.max(0, maxOffsets))
}

const offsetsBefore = (partition: Partition, segments: readonly Segment[], timestamp: number): number[] => {
  const { logStartOffset, highWatermark } = partition
  if (timestamp === specialTimestamps.earliest.timestamp) return [logStartOffset]
  const starts = segments.filter(segment => segment.maxTimestamp <= timestamp)
  const offsets = starts.map(segment => Math.max(segment.start, logStartOffset))
  if (timestamp === Number.POSITIVE_INFINITY) offsets.push(highWatermark)
  return [...new Set(offsets.filter(offset => offset <= highWatermark))]
}

const firstAtOrAfter = async (partition: Partition, timestamp: number, isolation: Isolation): Promise<FoundOffset> => {
  const found = await partition.log.firstAtOrAfter(timestamp)
  if (found === null) return NOT_FOUND
  const record = await firstRecord(found.bytes, partition.logStartOffset, at => at >= timestamp)
  return visible(partition, record, isolation)
}

const atMaxTimestamp = async (partition: Partition, isolation: Isolation): Promise<FoundOffset> => {
  const { segments } = await partition.log.segments()
  let best: Segment | null = null
  for (const segment of segments)
    if (segment.maxTimestamp >= 0 && segment.maxTimestamp > (best?.maxTimestamp ?? -1)) best = segment
  if (best === null) return NOT_FOUND
  // Of a segment that DeleteRecords has cut, or that is damaged, the record with the greatest timestamp may be gone.
  const known =
    best.maxTimestampOffset >= partition.logStartOffset ? await batchAt(partition, best.maxTimestampOffset) : null
  const found = known ?? (await greatestBatch(partition))
  if (found === null) return NOT_FOUND
  const maxTimestamp = batch.maxTimestamp(found, 0)
  const record = await firstRecord(found, partition.logStartOffset, at => at === maxTimestamp)
  return visible(partition, record, isolation)
}

/** A copy of the batch that holds the offset; null if there is none that can be read. */
const batchAt = async (partition: Partition, offset: number): Promise<Buffer | null> => {
  try {
    const slice = await partition.log.read(offset, { maxBytes: 1, atLeastOne: true })
    const [chunk] = slice.chunks
    const copy = chunk === undefined ? null : Buffer.from(chunk.subarray(0, batch.batchEnd(chunk, 0)))
    slice.release()
    return copy
  } catch (error) {
    if (error instanceof DamagedRange) return null
    throw error
  }
}

/** A copy of the first batch of the log that has its greatest timestamp. */
const greatestBatch = async (partition: Partition): Promise<Buffer | null> => {
  let offset = -1
  let greatest = -1
  for (let next = partition.logStartOffset; next < partition.logEndOffset; ) {
    const slice = await readPastDamage(partition.log, next, { maxBytes: READ_BYTES, atLeastOne: true }, () => {})
    for (const chunk of slice.chunks)
      for (const position of batch.batches(chunk)) {
        if (batch.maxTimestamp(chunk, position) <= greatest) continue
        greatest = batch.maxTimestamp(chunk, position)
        offset = batch.lastOffset(chunk, position)
      }
    slice.release()
    if (slice.sizeBytes === 0) break
    next = slice.next
  }
  return offset === -1 ? null : batchAt(partition, offset)
}

/** The first record at `start` or later whose timestamp is wanted. */
const firstRecord = async (
  bytes: Buffer,
  start: number,
  wanted: (timestamp: number) => boolean,
): Promise<FoundOffset> => {
  await ready(codecOf(batch.codec(bytes, 0)))
  const reader = new RecordReader(bytes, 0, recordsOf(bytes, 0, MAX_DECOMPRESSED_BYTES))
  for (let record = reader.next(); record !== null; record = reader.next())
    if (record.offset >= start && wanted(record.timestamp))
      return { offset: record.offset, timestamp: record.timestamp, leaderEpoch: batch.leaderEpoch(bytes, 0) }
  return NOT_FOUND
}

const visible = (partition: Partition, found: FoundOffset, isolation: Isolation): FoundOffset =>
  found.offset < partition.readableEnd(isolation) ? found : NOT_FOUND
