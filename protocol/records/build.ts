/**
 * Builds record batches of magic 2.
 */
import * as batch from './batch.ts'
import { writeInt16, writeInt32 } from './big-endian.ts'
import { type Codec, codecs, compress } from './compression.ts'
import type { Header } from './record-reader.ts'
import { sizeOfVarint, sizeOfVarlong, writeVarint, writeVarlong } from './varint.ts'

/** A record to be written. A `KafkaRecord` is one. */
export interface NewRecord {
  /** Default: the batch's base offset plus the record's index. Rises from record to record. */
  readonly offset?: number
  /** ms, a safe integer. Default −1: none. */
  readonly timestamp?: number
  /** Default null. */
  readonly key?: Buffer | null
  /** Default null. */
  readonly value?: Buffer | null
  /** Default none. */
  readonly headers?: readonly Header[]
}

/** A batch to be written. */
export interface NewBatch {
  readonly records: readonly NewRecord[]
  /** Default 0; in what is produced the broker stamps it. */
  readonly baseOffset?: number
  /** Default: the last record's offset; required where there are no records. */
  readonly lastOffset?: number
  /** Default −1: none. */
  readonly leaderEpoch?: number
  /** Default none; must be `ready`. */
  readonly compression?: Codec
  /** Kafka's compression level for the codec. */
  readonly level?: number
  /** Makes it a LogAppendTime batch of this time, in ms. Default: CreateTime. */
  readonly appendTime?: number
  /** Sets the attribute, and is the base timestamp: the ms from which compaction may drop the batch's tombstones or marker (KIP-534). */
  readonly deleteHorizonMs?: number
  /** Default −1: none. The same for the two below. */
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  /** Default false. The same for `control`. */
  readonly transactional?: boolean
  readonly control?: boolean
}

/** Builds one batch, CRC and all, in a buffer of its own. The base timestamp is the first record's, as Kafka has it. */
export const buildBatch = (of: NewBatch): Buffer => {
  const { records, baseOffset = 0, compression = 'none' } = of
  const baseTimestamp = of.deleteHorizonMs ?? records[0]?.timestamp ?? batch.NO_TIMESTAMP
  const sizes = records.map((record, index) => sizeOfFields(record, index, baseOffset, baseTimestamp))
  let total = 0
  for (const size of sizes) total += sizeOfVarint(size) + size
  let buffer = Buffer.allocUnsafe(batch.HEADER_SIZE + total)
  let position = batch.HEADER_SIZE
  let maxTimestamp = batch.NO_TIMESTAMP
  records.forEach((record, index) => {
    position = writeVarint(buffer, position, sizes[index]!)
    position = writeFields(buffer, position, record, index, baseOffset, baseTimestamp)
    maxTimestamp = Math.max(maxTimestamp, record.timestamp ?? batch.NO_TIMESTAMP)
  })
  if (compression !== 'none' && records.length > 0) {
    const body = compress(compression, buffer.subarray(batch.HEADER_SIZE), of.level)
    buffer = Buffer.concat([buffer.subarray(0, batch.HEADER_SIZE), body])
  }
  const lastOffset = of.lastOffset ?? offsetOf(records.at(-1), records.length - 1, baseOffset)
  batch.stamp(buffer, 0, baseOffset, of.leaderEpoch ?? -1)
  writeInt32(buffer, batch.BATCH_LENGTH, buffer.length - batch.LENGTH_OVERHEAD)
  buffer.writeInt8(2, batch.MAGIC)
  writeInt16(buffer, batch.ATTRIBUTES, attributesOf(of))
  writeInt32(buffer, batch.LAST_OFFSET_DELTA, lastOffset - baseOffset)
  batch.writeInt64(buffer, batch.BASE_TIMESTAMP, baseTimestamp)
  batch.writeInt64(buffer, batch.MAX_TIMESTAMP, of.appendTime ?? maxTimestamp)
  batch.writeInt64(buffer, batch.PRODUCER_ID, of.producerId ?? batch.NO_PRODUCER_ID)
  writeInt16(buffer, batch.PRODUCER_EPOCH, of.producerEpoch ?? batch.NO_PRODUCER_EPOCH)
  writeInt32(buffer, batch.BASE_SEQUENCE, of.baseSequence ?? batch.NO_SEQUENCE)
  writeInt32(buffer, batch.RECORD_COUNT, records.length)
  batch.writeCrc(buffer, 0)
  return buffer
}

const attributesOf = (of: NewBatch): number =>
  // A batch without records has nothing to decompress.
  (of.records.length === 0 ? 0 : codecs.indexOf(of.compression ?? 'none')) |
  (of.appendTime === undefined ? 0 : batch.LOG_APPEND_TIME_BIT) |
  (of.transactional ? batch.TRANSACTIONAL_BIT : 0) |
  (of.control ? batch.CONTROL_BIT : 0) |
  (of.deleteHorizonMs === undefined ? 0 : batch.DELETE_HORIZON_BIT)

const offsetOf = (record: NewRecord | undefined, index: number, baseOffset: number): number =>
  record?.offset ?? baseOffset + index

const sizeOfBytes = (bytes: Buffer | null | undefined): number =>
  bytes == null ? 1 : sizeOfVarint(bytes.length) + bytes.length

const writeBytes = (buffer: Buffer, position: number, bytes: Buffer | null | undefined): number => {
  if (bytes == null) return writeVarint(buffer, position, -1)
  position = writeVarint(buffer, position, bytes.length)
  buffer.set(bytes, position)
  return position + bytes.length
}

const sizeOfFields = (record: NewRecord, index: number, baseOffset: number, baseTimestamp: number): number => {
  let size = 1 + sizeOfVarlong((record.timestamp ?? batch.NO_TIMESTAMP) - baseTimestamp)
  size += sizeOfVarint(offsetOf(record, index, baseOffset) - baseOffset)
  size += sizeOfBytes(record.key) + sizeOfBytes(record.value)
  const { headers } = record
  if (headers === undefined || headers.length === 0) return size + 1
  size += sizeOfVarint(headers.length)
  for (const { key, value } of headers) {
    const keySize = Buffer.byteLength(key)
    size += sizeOfVarint(keySize) + keySize + sizeOfBytes(value)
  }
  return size
}

const writeFields = (
  buffer: Buffer,
  position: number,
  record: NewRecord,
  index: number,
  baseOffset: number,
  baseTimestamp: number,
): number => {
  buffer[position++] = 0
  position = writeVarlong(buffer, position, (record.timestamp ?? batch.NO_TIMESTAMP) - baseTimestamp)
  position = writeVarint(buffer, position, offsetOf(record, index, baseOffset) - baseOffset)
  position = writeBytes(buffer, position, record.key)
  position = writeBytes(buffer, position, record.value)
  const headers = record.headers ?? []
  position = writeVarint(buffer, position, headers.length)
  for (const { key, value } of headers) {
    position = writeVarint(buffer, position, Buffer.byteLength(key))
    position += buffer.write(key, position)
    position = writeBytes(buffer, position, value)
  }
  return position
}
