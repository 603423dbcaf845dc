/**
 * Walks the records of a batch without making objects: the proof, on Produce, that what is stored are records that every consumer can read.
 */
import { KafkaError } from '../errors.ts'
import { afterVarint, readVarint, readVarlong } from './varint.ts'

/** What a walk saw. Timestamps are ms; indexes count records from 0, which are also their offset deltas. With no records all are −1. */
export interface Walk {
  /** Greatest timestamp, and the first record that has it. */
  readonly maxTimestamp: number
  readonly maxTimestampIndex: number
  /** Least timestamp, and the first record that has it. */
  readonly minTimestamp: number
  readonly minTimestampIndex: number
  /** The first record with a null key; −1 if every record has a key. */
  readonly keylessIndex: number
}

/** Bytes of the smallest record: its length, attributes, timestamp and offset delta, two null lengths, no headers. */
export const MIN_RECORD_SIZE = 7

const invalid = (index: number, what: string): KafkaError =>
  new KafkaError('INVALID_RECORD', `record ${index}: ${what}`)

/**
 * Walks the uncompressed records in `[start, end)` of the buffer: exactly `recordCount` of them, each well formed, their offset deltas 0, 1, 2 …,
 * the last ending at `end`. The record attributes are unused and, as in Kafka, not looked at. `baseTimestamp` is the batch's, in ms.
 * Throws INVALID_RECORD naming the first record (by index, from 0) that is otherwise.
 */
export const walkRecords = (
  buffer: Uint8Array,
  start: number,
  end: number,
  recordCount: number,
  baseTimestamp: number,
): Walk => {
  if (recordCount < 0 || recordCount * MIN_RECORD_SIZE > end - start)
    throw new KafkaError('INVALID_RECORD', `${recordCount} records can't be in ${end - start} bytes`)
  let maxDelta = Number.NEGATIVE_INFINITY
  let minDelta = Number.POSITIVE_INFINITY
  let maxTimestampIndex = -1
  let minTimestampIndex = -1
  let keylessIndex = -1
  let position = start
  for (let index = 0; index < recordCount; index++) {
    const size = readVarint(buffer, position)
    position = afterVarint
    const recordEnd = position + size
    if (size < 0 || recordEnd > end) throw invalid(index, `its size ${size} goes beyond the batch`)
    const timestampDelta = readVarlong(buffer, position + 1)
    if (timestampDelta > maxDelta) {
      maxDelta = timestampDelta
      maxTimestampIndex = index
    }
    if (timestampDelta < minDelta) {
      minDelta = timestampDelta
      minTimestampIndex = index
    }
    const offsetDelta = readVarint(buffer, afterVarint)
    if (offsetDelta !== index) throw invalid(index, `its offset delta is ${offsetDelta}`)
    const keySize = readVarint(buffer, afterVarint)
    position = afterVarint
    if (keySize >= 0) position += keySize
    else if (keylessIndex === -1) keylessIndex = index
    // Positions only grow, so what passes the record's end is seen by the one check after its last field.
    const valueSize = readVarint(buffer, position)
    position = valueSize > 0 ? afterVarint + valueSize : afterVarint
    const headerCount = readVarint(buffer, position)
    position = headerCount === 0 ? afterVarint : walkHeaders(buffer, afterVarint, recordEnd, headerCount, index)
    if (position !== recordEnd) throw invalid(index, `its fields end at ${position - recordEnd} bytes from its end`)
  }
  if (position !== end) throw invalid(recordCount, `${end - position} bytes are left after the last record`)
  if (recordCount === 0)
    return { maxTimestamp: -1, maxTimestampIndex, minTimestamp: -1, minTimestampIndex, keylessIndex }
  const maxTimestamp = baseTimestamp + maxDelta
  return { maxTimestamp, maxTimestampIndex, minTimestamp: baseTimestamp + minDelta, minTimestampIndex, keylessIndex }
}

const walkHeaders = (buffer: Uint8Array, start: number, end: number, count: number, index: number): number => {
  if (count < 0 || count * 2 > end - start) throw invalid(index, `it claims ${count} headers`)
  let position = start
  for (let header = 0; header < count && position < end; header++) {
    const keySize = readVarint(buffer, position)
    if (keySize < 0) throw invalid(index, `the key of its header ${header} is null`)
    position = afterVarint + keySize
    const valueSize = readVarint(buffer, position)
    position = valueSize > 0 ? afterVarint + valueSize : afterVarint
  }
  return position
}
