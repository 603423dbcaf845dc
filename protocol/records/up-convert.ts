/**
 * Converts the message sets of old producers up, as the log holds only batches of magic 2.
 */
import * as batch from './batch.ts'
import { writeInt16, writeInt32 } from './big-endian.ts'
import { type Codec, codecs, compress } from './compression.ts'
import { MessageReader } from './message-reader.ts'
import { writeVarint, writeVarlong } from './varint.ts'

/**
 * The records of a message set (the whole buffer; magic 0, 1 or both) as one batch in a buffer of its own: base offset 0, no leader epoch, no
 * producer, the codec of the set's last wrapper. Records of magic 0 have the timestamp −1. If any message claims an append time so does the
 * batch (for the caller to refuse). Null where there are no messages. `maxBytes` and the errors are `MessageReader`'s.
 */
export const upConvert = (set: Buffer, maxBytes: number): Buffer | null => {
  const reader = new MessageReader(set, maxBytes)
  const target = new RecordWriter()
  let codec: Codec = 'none'
  let baseTimestamp: number = batch.NO_TIMESTAMP
  let maxTimestamp: number = batch.NO_TIMESTAMP
  let isAppendTime = false
  let count = 0
  for (; reader.next(); count++) {
    if (reader.codec !== 'none') codec = reader.codec
    if (count === 0) baseTimestamp = reader.timestamp
    maxTimestamp = Math.max(maxTimestamp, reader.timestamp)
    isAppendTime ||= reader.isAppendTime
    target.write(reader, count, reader.timestamp - baseTimestamp)
  }
  if (count === 0) return null
  const body = compress(codec, target.written())
  const header = Buffer.alloc(batch.HEADER_SIZE)
  batch.stamp(header, 0, 0, -1)
  writeInt32(header, batch.BATCH_LENGTH, batch.HEADER_SIZE + body.length - batch.LENGTH_OVERHEAD)
  header.writeInt8(2, batch.MAGIC)
  const flags = codecs.indexOf(codec) | (isAppendTime ? batch.LOG_APPEND_TIME_BIT : 0)
  writeInt16(header, batch.ATTRIBUTES, flags)
  writeInt32(header, batch.LAST_OFFSET_DELTA, count - 1)
  batch.writeInt64(header, batch.BASE_TIMESTAMP, baseTimestamp)
  batch.writeInt64(header, batch.MAX_TIMESTAMP, maxTimestamp)
  batch.writeInt64(header, batch.PRODUCER_ID, batch.NO_PRODUCER_ID)
  writeInt16(header, batch.PRODUCER_EPOCH, batch.NO_PRODUCER_EPOCH)
  writeInt32(header, batch.BASE_SEQUENCE, batch.NO_SEQUENCE)
  writeInt32(header, batch.RECORD_COUNT, count)
  const converted = Buffer.concat([header, body])
  batch.writeCrc(converted, 0)
  return converted
}

/** Bytes of a record besides key and value, at most: four int32 of 5 bytes, an int64 of 10, the attributes and a header count of 1 each. */
const MAX_RECORD_OVERHEAD = 32

/** Records of magic 2, one after the other in a buffer that grows. */
class RecordWriter {
  #buffer = Buffer.allocUnsafe(4096)
  #end = 0
  /** The fields of one record, before its length is known. */
  readonly #fields = Buffer.allocUnsafe(MAX_RECORD_OVERHEAD)

  written(): Buffer {
    return this.#buffer.subarray(0, this.#end)
  }

  write(reader: MessageReader, offsetDelta: number, timestampDelta: number): void {
    const keySize = reader.keyStart === -1 ? -1 : reader.keyEnd - reader.keyStart
    const valueSize = reader.valueStart === -1 ? -1 : reader.valueEnd - reader.valueStart
    this.#reserve(MAX_RECORD_OVERHEAD + Math.max(keySize, 0) + Math.max(valueSize, 0))
    const fields = this.#fields
    fields[0] = 0
    const keyAt = writeVarint(
      fields,
      writeVarint(fields, writeVarlong(fields, 1, timestampDelta), offsetDelta),
      keySize,
    )
    const valueAt = writeVarint(fields, keyAt, valueSize)
    const size = valueAt + Math.max(keySize, 0) + Math.max(valueSize, 0) + 1
    const buffer = this.#buffer
    let position = writeVarint(buffer, this.#end, size)
    position += fields.copy(buffer, position, 0, keyAt)
    if (keySize > 0) position += reader.source.copy(buffer, position, reader.keyStart, reader.keyEnd)
    position += fields.copy(buffer, position, keyAt, valueAt)
    if (valueSize > 0) position += reader.source.copy(buffer, position, reader.valueStart, reader.valueEnd)
    buffer[position] = 0
    this.#end = position + 1
  }

  #reserve(size: number): void {
    if (this.#buffer.length - this.#end >= size) return
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#end + size))
    this.#buffer.copy(grown, 0, 0, this.#end)
    this.#buffer = grown
  }
}
