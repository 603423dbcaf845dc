/**
 * Reads message sets, in which clients before Kafka 0.11 produce. Everything the bytes claim is checked.
 */
import { KafkaError } from '../errors.ts'
import { CODEC_MASK, LOG_APPEND_TIME_BIT, NO_TIMESTAMP } from './batch.ts'
import { readInt32, readInt64, readUint32 } from './big-endian.ts'
import { type Codec, codecOf, decompress } from './compression.ts'
import { mendHeaderChecksum } from './lz4.ts'
import * as message from './message.ts'

/** What a wrapper counts at least, as each costs a decompressor however little it holds. */
const WRAPPER_COST = 4096

/**
 * A place in a message set: `next` goes on to the next message that holds a record, into wrappers and out of them again; the fields then tell
 * of that message.
 */
export class MessageReader {
  /** Where the message's key and value stand. */
  source: Buffer
  /** `[keyStart, keyEnd)` is the key; null where `keyStart` is −1. The same for the value. */
  keyStart = -1
  keyEnd = -1
  valueStart = -1
  valueEnd = -1
  /** Absolute, also of a message in a wrapper. */
  offset = -1
  /** ms, −1 is none (all of magic 0). In a wrapper of append time, that time. */
  timestamp = NO_TIMESTAMP
  /** Whether the timestamp is one of the append: no producer may say so. */
  isAppendTime = false
  /** Codec of the wrapper that the message is in. */
  codec: Codec = 'none'
  magic: message.OldMagic = 0

  readonly #set: Buffer
  #position = 0
  #room: number
  readonly #maxBytes: number
  /** The set in the wrapper that is being read, and what the wrapper says of all its messages. */
  #inner: Buffer | null = null
  #innerPosition = 0
  #offsetShift = 0
  #appendTime: number | null = null

  /** Reads the set, which is the whole buffer. All its wrappers together may decompress to at most `maxBytes`, each counted as 4 KiB at least. */
  constructor(set: Buffer, maxBytes: number) {
    this.#set = set
    this.source = set
    this.#room = maxBytes
    this.#maxBytes = maxBytes
  }

  /**
   * Goes on; false after the last message. Throws CORRUPT_MESSAGE where a message isn't whole, its CRC is wrong or its value doesn't decompress,
   * INVALID_RECORD where a wrapper holds no messages, wrappers, or messages of another magic, MESSAGE_TOO_LARGE beyond `maxBytes`, and
   * UNSUPPORTED_COMPRESSION_TYPE for zstd, which these formats don't have, and unknown codecs.
   */
  next(): boolean {
    if (this.#inner === null) {
      if (this.#position === this.#set.length) return false
      this.#position = this.#read(this.#set, this.#position)
      if (this.codec === 'none') return true
      this.#open()
    }
    this.#readInner(this.#inner!)
    return true
  }

  /** Takes a message's fields; returns its end. */
  #read(set: Buffer, start: number): number {
    const left = set.length - start
    if (left < message.ATTRIBUTES) throw corrupt(start, `${left} bytes are less than a message`)
    const magic = set[start + message.MAGIC]!
    if (magic > 1) throw new KafkaError('INVALID_RECORD', `message at byte ${start}: its magic is ${magic}`)
    this.magic = magic === 0 ? 0 : 1
    const size = readInt32(set, start + message.SIZE) + message.CRC
    if (size < message.messageOverhead(this.magic) || size > left)
      throw corrupt(start, `its size ${size} is impossible`)
    const end = start + size
    if (readUint32(set, start + message.CRC) !== message.crcOfMessage(set, start, end))
      throw corrupt(start, 'wrong CRC')
    const attributes = set[start + message.ATTRIBUTES]!
    this.codec = codecOf(attributes & CODEC_MASK)
    this.offset = readInt64(set, start)
    this.timestamp = magic === 0 ? NO_TIMESTAMP : readInt64(set, start + message.TIMESTAMP)
    this.isAppendTime = magic === 1 && (attributes & LOG_APPEND_TIME_BIT) !== 0
    this.source = set
    const keyPosition = start + message.keyPosition(this.magic)
    this.keyEnd = bytesEnd(set, keyPosition, end - 4, start)
    this.keyStart = readInt32(set, keyPosition) < 0 ? -1 : keyPosition + 4
    this.valueEnd = bytesEnd(set, this.keyEnd, end, start)
    this.valueStart = readInt32(set, this.keyEnd) < 0 ? -1 : this.keyEnd + 4
    if (this.valueEnd !== end) throw corrupt(start, 'its value ends before it does')
    return end
  }

  /** Goes into the wrapper that was just read. */
  #open(): void {
    const { codec, magic } = this
    if (codec === 'zstd') throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', `zstd is not in magic ${magic}`)
    if (this.valueStart === -1) throw invalidWrapper('its value is null')
    const value = this.source.subarray(this.valueStart, this.valueEnd)
    const room = Math.max(this.#room, 1)
    const inner = decompress(codec, magic === 0 && codec === 'lz4' ? mendHeaderChecksum(value) : value, room)
    if (inner.length === 0) throw invalidWrapper('it holds no messages')
    this.#room -= Math.max(inner.length, WRAPPER_COST)
    if (inner.length > room || (this.#room < 0 && this.#position < this.#set.length))
      throw new KafkaError('MESSAGE_TOO_LARGE', `the wrappers decompress to more than ${this.#maxBytes} bytes`)
    this.#inner = inner
    this.#innerPosition = 0
    // Magic 1 counts offsets from the wrapper's first message; the wrapper's own is its last message's.
    this.#offsetShift = magic === 1 ? this.offset - lastOffsetOf(inner) : 0
    this.#appendTime = this.isAppendTime ? this.timestamp : null
  }

  #readInner(inner: Buffer): void {
    const { magic, codec } = this
    this.#innerPosition = this.#read(inner, this.#innerPosition)
    if (this.codec !== 'none') throw invalidWrapper('it holds a wrapper')
    if (this.magic !== magic) throw invalidWrapper(`magic ${magic} holds magic ${this.magic}`)
    this.codec = codec
    this.offset += this.#offsetShift
    this.isAppendTime = this.#appendTime !== null
    if (this.#appendTime !== null) this.timestamp = this.#appendTime
    if (this.#innerPosition === inner.length) this.#inner = null
  }
}

const corrupt = (start: number, what: string): KafkaError =>
  new KafkaError('CORRUPT_MESSAGE', `message at byte ${start}: ${what}`)

const invalidWrapper = (what: string): KafkaError => new KafkaError('INVALID_RECORD', `compressed message: ${what}`)

/** End of the bytes whose length stands at `position`, within `limit`. */
const bytesEnd = (set: Buffer, position: number, limit: number, start: number): number => {
  const size = readInt32(set, position)
  if (size < 0) return position + 4
  if (size > limit - position - 4) throw corrupt(start, `${size} bytes go beyond it`)
  return position + 4 + size
}

/** Offset of the last message in a set; the messages are read, and checked, later. */
const lastOffsetOf = (set: Buffer): number => {
  let last = 0
  for (let position = 0; position < set.length; ) {
    last = position
    if (set.length - position < message.ATTRIBUTES) throw corrupt(position, 'it is cut')
    const size = readInt32(set, position + message.SIZE) + message.CRC
    if (size < message.ATTRIBUTES) throw corrupt(position, `its size ${size} is impossible`)
    position += size
  }
  return readInt64(set, last)
}
