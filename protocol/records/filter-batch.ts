/**
 * Rewrites a stored batch with some of its records: what compaction does.
 */
import * as batch from './batch.ts'
import { writeInt16, writeInt32 } from './big-endian.ts'
import { codecOf, compress } from './compression.ts'
import { type KafkaRecord, RecordReader } from './record-reader.ts'
import {
  afterVarint,
  readVarlongExact,
  sizeOfVarint,
  sizeOfVarlongExact,
  writeVarint,
  writeVarlongExact,
} from './varint.ts'

/** How `filterBatch` rewrites. */
export interface FilterOptions {
  /** Sets the batch's delete horizon in ms (KIP-534), if it has none yet; its records' timestamps stay as they are. */
  readonly deleteHorizonMs?: number
  /** Bound for decompression; default 128 MiB. */
  readonly maxBytes?: number
}

/**
 * The batch at `position` with those of its records that `keep` accepts, each asked once in order. Offsets (base and last too), timestamps,
 * codec, producer fields and leader epoch stay; the record count and the greatest timestamp are those of the kept records. If all are kept
 * and no horizon is set it is a slice of the buffer, else a buffer of its own; if none is kept, a header of record count 0 which says only what
 * its producer wrote last (`emptied`). The codec must be `ready`. Throws as `records` does.
 */
export const filterBatch = (
  buffer: Buffer,
  position: number,
  keep: (record: KafkaRecord) => boolean,
  options: FilterOptions = {},
): Buffer => {
  const source = buffer.subarray(position, position + batch.sizeInBytes(buffer, position))
  const reader = new RecordReader(source, 0, options.maxBytes)
  const horizon = batch.hasDeleteHorizon(source, 0) ? undefined : options.deleteHorizonMs
  const base = source.readBigInt64BE(batch.BASE_TIMESTAMP)
  const shift = horizon === undefined ? 0n : base - BigInt(horizon)
  const parts: Buffer[] = []
  let count = 0
  let all = true
  let maxTimestamp = Number.NEGATIVE_INFINITY
  for (let record = reader.next(); record !== null; record = reader.next()) {
    if (!keep(record)) {
      all = false
      continue
    }
    count++
    maxTimestamp = Math.max(maxTimestamp, record.timestamp)
    parts.push(shift === 0n ? reader.body.subarray(reader.start, reader.end) : shifted(reader, shift))
  }
  if (all && horizon === undefined) return source
  if (count === 0) return emptied(source, 0)
  const body = compress(codecOf(batch.codec(source, 0)), Buffer.concat(parts))
  const target = Buffer.concat([source.subarray(0, batch.HEADER_SIZE), body])
  writeInt32(target, batch.BATCH_LENGTH, target.length - batch.LENGTH_OVERHEAD)
  writeInt32(target, batch.RECORD_COUNT, count)
  // A saturated timestamp isn't written: the header keeps its bits.
  if (Number.isSafeInteger(maxTimestamp) && Math.abs(maxTimestamp) !== Number.MAX_SAFE_INTEGER)
    batch.writeInt64(target, batch.MAX_TIMESTAMP, maxTimestamp)
  if (horizon !== undefined) {
    batch.writeInt64(target, batch.BASE_TIMESTAMP, horizon)
    writeInt16(target, batch.ATTRIBUTES, batch.attributes(target, 0) | batch.DELETE_HORIZON_BIT)
  }
  batch.writeCrc(target, 0)
  return target
}

/** The reader's last record with `shift` added to its timestamp delta, every bit of both. */
const shifted = (reader: RecordReader, shift: bigint): Buffer => {
  const { body, fieldsStart, end } = reader
  const delta = BigInt.asIntN(64, readVarlongExact(body, fieldsStart + 1) + shift)
  const rest = body.subarray(afterVarint, end)
  const size = 1 + sizeOfVarlongExact(delta) + rest.length
  const record = Buffer.allocUnsafe(sizeOfVarint(size) + size)
  let position = writeVarint(record, 0, size)
  record[position++] = body[fieldsStart]!
  position = writeVarlongExact(record, position, delta)
  record.set(rest, position)
  return record
}

/**
 * The batch at `position` without its records, in a buffer of its own: base offset, last offset, producer fields and flags stay, so that its
 * producer's last sequence is still known. Kafka's compaction leaves the same: base and greatest timestamp are both the old greatest one.
 */
export const emptied = (buffer: Buffer, position: number): Buffer => {
  const target = Buffer.from(buffer.subarray(position, position + batch.HEADER_SIZE))
  writeInt32(target, batch.BATCH_LENGTH, batch.HEADER_SIZE - batch.LENGTH_OVERHEAD)
  writeInt32(target, batch.RECORD_COUNT, 0)
  const flags = batch.attributes(target, 0) & ~(batch.CODEC_MASK | batch.DELETE_HORIZON_BIT)
  writeInt16(target, batch.ATTRIBUTES, flags)
  target.copy(target, batch.BASE_TIMESTAMP, batch.MAX_TIMESTAMP, batch.MAX_TIMESTAMP + 8)
  batch.writeCrc(target, 0)
  return target
}
