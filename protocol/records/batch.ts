/**
 * The header of a record batch (magic 2, KIP-98), read and stamped in place: no object per batch, no copy. Every function takes the buffer and
 * the position of the batch's first byte, and expects that `batchEnd` or `batches` has seen the batch (its header lies within the buffer).
 * Made to be imported whole: `import * as batch from '.../batch.ts'`.
 */
import { KafkaError } from '../errors.ts'
import { readInt16, readInt32, readInt64, readUint32, writeInt16, writeInt32, writeInt64 } from './big-endian.ts'
import { crc32c } from './crc32c.ts'

/** Positions of the header's fields, from the batch's first byte. */
export const BASE_OFFSET = 0
export const BATCH_LENGTH = 8
export const PARTITION_LEADER_EPOCH = 12
export const MAGIC = 16
export const CRC = 17
export const ATTRIBUTES = 21
export const LAST_OFFSET_DELTA = 23
export const BASE_TIMESTAMP = 27
export const MAX_TIMESTAMP = 35
export const PRODUCER_ID = 43
export const PRODUCER_EPOCH = 51
export const BASE_SEQUENCE = 53
export const RECORD_COUNT = 57
/** Bytes of the header; the records, or their compressed form, follow. */
export const HEADER_SIZE = 61
/** The batch length counts neither itself nor the base offset before it. Also so in the message sets of magic 0 and 1. */
export const LENGTH_OVERHEAD = 12

/** The attribute bits, from the lowest: three of the codec, then one each. */
export const CODEC_MASK = 0x07
export const LOG_APPEND_TIME_BIT = 0x08
export const TRANSACTIONAL_BIT = 0x10
export const CONTROL_BIT = 0x20
export const DELETE_HORIZON_BIT = 0x40

/** "None" in the producer fields and in timestamps. */
export const NO_PRODUCER_ID = -1
export const NO_PRODUCER_EPOCH = -1
export const NO_SEQUENCE = -1
export const NO_TIMESTAMP = -1

/** What a batch's timestamps are: set by the producer, or all the time of the append (KIP-32). */
export type TimestampType = 'CreateTime' | 'LogAppendTime'

export { readInt64, writeInt64 }

/** Offset of the batch's first record (kept by compaction, though that record may be gone). */
export const baseOffset = (buffer: Buffer, position: number): number => readInt64(buffer, position)

/** Bytes of the whole batch, header included, as it claims: unchecked. */
export const sizeInBytes = (buffer: Buffer, position: number): number =>
  readInt32(buffer, position + BATCH_LENGTH) + LENGTH_OVERHEAD

/** The leader epoch that the batch was appended under; −1 in what a client produces. */
export const leaderEpoch = (buffer: Buffer, position: number): number =>
  readInt32(buffer, position + PARTITION_LEADER_EPOCH)

/** The format's number. It stands at the same place in every format: 0 and 1 are message sets (message-set.ts), 2 is this one. */
export const magic = (buffer: Buffer, position: number): number => (buffer[position + MAGIC]! << 24) >> 24

/** CRC-32C that the batch claims, unsigned, over all from the attributes to its end. */
export const crc = (buffer: Buffer, position: number): number => readUint32(buffer, position + CRC)

/** The attribute bits. */
export const attributes = (buffer: Buffer, position: number): number => readInt16(buffer, position + ATTRIBUTES)

/** Number of the codec: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd; 5 to 7 are unknown to Kafka 4.4. */
export const codec = (buffer: Buffer, position: number): number => buffer[position + ATTRIBUTES + 1]! & CODEC_MASK

/** What the batch's timestamps are. */
export const timestampType = (buffer: Buffer, position: number): TimestampType =>
  (buffer[position + ATTRIBUTES + 1]! & LOG_APPEND_TIME_BIT) === 0 ? 'CreateTime' : 'LogAppendTime'

/** Whether the batch belongs to a transaction (a marker that ends one does too). */
export const isTransactional = (buffer: Buffer, position: number): boolean =>
  (buffer[position + ATTRIBUTES + 1]! & TRANSACTIONAL_BIT) !== 0

/** Whether the batch holds a control record, which consumers never see. */
export const isControl = (buffer: Buffer, position: number): boolean =>
  (buffer[position + ATTRIBUTES + 1]! & CONTROL_BIT) !== 0

/** Whether the base timestamp is the time from which compaction may drop the batch's tombstones or marker (KIP-534). */
export const hasDeleteHorizon = (buffer: Buffer, position: number): boolean =>
  (buffer[position + ATTRIBUTES + 1]! & DELETE_HORIZON_BIT) !== 0

/** Last offset minus base offset, as it claims: unchecked. */
export const lastOffsetDelta = (buffer: Buffer, position: number): number =>
  readInt32(buffer, position + LAST_OFFSET_DELTA)

/** Offset of the batch's last record, inclusive (kept by compaction). */
export const lastOffset = (buffer: Buffer, position: number): number =>
  readInt64(buffer, position) + readInt32(buffer, position + LAST_OFFSET_DELTA)

/** The offset after the batch. */
export const nextOffset = (buffer: Buffer, position: number): number => lastOffset(buffer, position) + 1

/** What the records' timestamp deltas add to, in ms; with `hasDeleteHorizon` also that horizon. Saturates: the exact bits stay in the batch. */
export const baseTimestamp = (buffer: Buffer, position: number): number => readInt64(buffer, position + BASE_TIMESTAMP)

/** Greatest timestamp of the batch in ms, or the append time of a LogAppendTime batch; −1 is none. Saturates. */
export const maxTimestamp = (buffer: Buffer, position: number): number => readInt64(buffer, position + MAX_TIMESTAMP)

/** −1 is none. */
export const producerId = (buffer: Buffer, position: number): number => readInt64(buffer, position + PRODUCER_ID)

/** −1 is none. */
export const producerEpoch = (buffer: Buffer, position: number): number => readInt16(buffer, position + PRODUCER_EPOCH)

/** Sequence number of the first record; −1 is none. */
export const baseSequence = (buffer: Buffer, position: number): number => readInt32(buffer, position + BASE_SEQUENCE)

/** Sequence number of the last record; sequences go from 2^31−1 on to 0. −1 is none. */
export const lastSequence = (buffer: Buffer, position: number): number => {
  const first = baseSequence(buffer, position)
  return first === NO_SEQUENCE ? NO_SEQUENCE : (first + lastOffsetDelta(buffer, position)) % 0x8000_0000
}

/** Number of records, as it claims: unchecked. Compaction leaves batches of 0 records that carry a producer's last sequence. */
export const recordCount = (buffer: Buffer, position: number): number => readInt32(buffer, position + RECORD_COUNT)

/** Writes what the appender decides: the base offset and the leader epoch. Both stand outside the CRC. */
export const stamp = (buffer: Buffer, position: number, firstOffset: number, epoch: number): void => {
  writeInt64(buffer, position, firstOffset)
  writeInt32(buffer, position + PARTITION_LEADER_EPOCH, epoch)
}

/** Computes and writes the CRC of the batch, whose whole length must lie within the buffer. */
export const writeCrc = (buffer: Buffer, position: number): void => {
  const end = position + sizeInBytes(buffer, position)
  writeInt32(buffer, position + CRC, crc32c(buffer, position + ATTRIBUTES, end))
}

/** Whether the batch, whose whole length must lie within the buffer, has the CRC that it claims. */
export const checkCrc = (buffer: Buffer, position: number): boolean =>
  crc32c(buffer, position + ATTRIBUTES, position + sizeInBytes(buffer, position)) === crc(buffer, position)

/** Sets the batch's greatest timestamp and what its timestamps are; with LogAppendTime readers see `timestamp` on every record. Renews the CRC. */
export const setMaxTimestamp = (buffer: Buffer, position: number, type: TimestampType, timestamp: number): void => {
  const flags = attributes(buffer, position)
  const changed = type === 'LogAppendTime' ? flags | LOG_APPEND_TIME_BIT : flags & ~LOG_APPEND_TIME_BIT
  writeInt16(buffer, position + ATTRIBUTES, changed)
  writeInt64(buffer, position + MAX_TIMESTAMP, timestamp)
  writeCrc(buffer, position)
}

const corrupt = (position: number, what: string): KafkaError =>
  new KafkaError('CORRUPT_MESSAGE', `batch at byte ${position}: ${what}`)

/**
 * The position after the batch at `position`: the whole batch lies within `[position, end)` and is of magic 2.
 * Throws CORRUPT_MESSAGE where that isn't so. Neither the CRC nor anything behind the magic is checked.
 */
export const batchEnd = (buffer: Buffer, position: number, end: number = buffer.length): number => {
  if (end - position < HEADER_SIZE) throw corrupt(position, `${end - position} bytes are less than a header`)
  const size = sizeInBytes(buffer, position)
  if (size < HEADER_SIZE) throw corrupt(position, `its size ${size} is less than a header`)
  if (size > end - position)
    throw corrupt(position, `its size ${size} is more than the ${end - position} bytes there are`)
  if (magic(buffer, position) !== 2) throw corrupt(position, `its magic is ${magic(buffer, position)}, not 2`)
  return position + size
}

/**
 * The positions of the batches in `[start, end)`, which must hold whole batches of magic 2 and nothing else. Throws CORRUPT_MESSAGE
 * at the first place where that isn't so. (Hot paths loop over `batchEnd` themselves, which makes no iterator.)
 */
export function* batches(buffer: Buffer, start = 0, end: number = buffer.length): Generator<number, void, void> {
  for (let position = start; position < end; ) {
    const next = batchEnd(buffer, position, end)
    yield position
    position = next
  }
}
