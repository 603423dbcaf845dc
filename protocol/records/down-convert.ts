/**
 * Converts batches down into message sets, for consumers of before Kafka 0.11 (Fetch before version 4).
 */
import { KafkaError } from '../errors.ts'
import * as batch from './batch.ts'
import { type Codec, codecOf, codecs, compress } from './compression.ts'
import { breakHeaderChecksum } from './lz4.ts'
import { messageOverhead, type OldMagic, writeMessage } from './message.ts'
import { DEFAULT_MAX_DECOMPRESSED_BYTES, RecordReader, recordsOf } from './record-reader.ts'
import { MIN_RECORD_SIZE } from './walk.ts'

/** How `downConvert` converts. */
export interface DownConvertOptions {
  /** Fetch 2 and 3 take magic 1, 0 and 1 take magic 0. */
  readonly toMagic: OldMagic
  /** Offset that was asked for: what is before it in an uncompressed batch is left out. */
  readonly firstOffset: number
  /** Bound of each batch's decompressed records. Once the set is that long, the rest is left to the next Fetch. Default 128 MiB. */
  readonly maxBytes?: number
}

/**
 * The records of all batches in the buffer (whole batches, nothing else) as a message set in a buffer of its own. An uncompressed batch becomes
 * a message a record, a compressed one a wrapper of the same codec. Headers are lost; control batches and emptied ones yield nothing, so the set
 * may be empty. Throws UNSUPPORTED_COMPRESSION_TYPE where a batch is of zstd (KIP-110), and as `records` where a batch is malformed.
 */
export const downConvert = (buffer: Buffer, options: DownConvertOptions): Buffer => {
  const parts: Buffer[] = []
  let room = options.maxBytes ?? DEFAULT_MAX_DECOMPRESSED_BYTES
  for (const position of batch.batches(buffer)) {
    if (batch.isControl(buffer, position)) continue
    const codec = codecOf(batch.codec(buffer, position))
    if (codec === 'zstd')
      throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', 'zstd needs a consumer that speaks Fetch 10 or later')
    const messages = convertBatch(buffer, position, codec === 'none', options)
    if (messages === null) continue
    const part = codec === 'none' ? messages.set : wrap(messages, codec, options.toMagic)
    parts.push(part)
    room -= part.length
    if (room <= 0) break
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

/** The messages of one batch, and what a wrapper of them says. */
interface Messages {
  readonly set: Buffer
  readonly lastOffset: number
  readonly maxTimestamp: number
  readonly flags: number
}

const convertBatch = (
  buffer: Buffer,
  position: number,
  plain: boolean,
  { toMagic, firstOffset, maxBytes }: DownConvertOptions,
): Messages | null => {
  const reader = new RecordReader(buffer, position, recordsOf(buffer, position, maxBytes))
  // A record is at least 7 bytes besides key and value, and becomes a message of so many.
  const growth = messageOverhead(toMagic) - MIN_RECORD_SIZE
  const set = Buffer.allocUnsafe(reader.body.length + batch.recordCount(buffer, position) * growth)
  const isAppendTime = batch.timestampType(buffer, position) === 'LogAppendTime'
  const flags = toMagic === 1 && isAppendTime ? batch.LOG_APPEND_TIME_BIT : 0
  // In a wrapper of magic 1 offsets count from the batch's first.
  const base = !plain && toMagic === 1 ? batch.baseOffset(buffer, position) : 0
  let end = 0
  let lastOffset = -1
  let maxTimestamp: number = batch.NO_TIMESTAMP
  for (let record = reader.next(); record !== null; record = reader.next()) {
    if (plain && record.offset < firstOffset) continue
    const { timestamp, key, value } = record
    end = writeMessage(set, end, toMagic, { offset: record.offset - base, attributes: flags, timestamp, key, value })
    maxTimestamp = Math.max(maxTimestamp, timestamp)
    lastOffset = record.offset
  }
  return end === 0 ? null : { set: set.subarray(0, end), lastOffset, maxTimestamp, flags }
}

const wrap = ({ set, lastOffset, maxTimestamp, flags }: Messages, codec: Codec, toMagic: OldMagic): Buffer => {
  const compressed = compress(codec, set)
  // Consumers of magic 0 expect the sum that Kafka had wrong at its time.
  const value = codec === 'lz4' && toMagic === 0 ? breakHeaderChecksum(compressed) : compressed
  const wrapper = Buffer.allocUnsafe(messageOverhead(toMagic) + value.length)
  const attributes = flags | codecs.indexOf(codec)
  writeMessage(wrapper, 0, toMagic, { offset: lastOffset, attributes, timestamp: maxTimestamp, key: null, value })
  return wrapper
}
