/**
 * Reads the records of one batch, one after the other. Everything the bytes claim is checked.
 */
import { KafkaError } from '../errors.ts'
import * as batch from './batch.ts'
import { codecOf, decompress } from './compression.ts'
import { afterVarint, readVarint, readVarlong } from './varint.ts'
import { MIN_RECORD_SIZE } from './walk.ts'

/** A record's header (KIP-82). Keys may repeat. */
export interface Header {
  readonly key: string
  readonly value: Buffer | null
}

/** A record as consumers see it. `key`, `value` and header values are slices of the batch, or of what it was decompressed to. */
export interface KafkaRecord {
  readonly offset: number
  /** ms; −1 is none. In a LogAppendTime batch the append time. Saturates beyond ±(2^53−1). */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly Header[]
}

/** The bound for batches that were not decompressed before: 128 MiB. */
export const DEFAULT_MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024

const NO_HEADERS: readonly Header[] = []

/**
 * The records of the batch at `position`, uncompressed: a slice of the buffer, or decompressed to at most `maxBytes` (its codec must be
 * `ready`). Throws UNSUPPORTED_COMPRESSION_TYPE, MESSAGE_TOO_LARGE or CORRUPT_MESSAGE.
 */
export const recordsOf = (buffer: Buffer, position: number, maxBytes = DEFAULT_MAX_DECOMPRESSED_BYTES): Buffer => {
  const body = buffer.subarray(position + batch.HEADER_SIZE, position + batch.sizeInBytes(buffer, position))
  return decompress(codecOf(batch.codec(buffer, position)), body, maxBytes)
}

/** A place in the records of a batch: `next` gives them in order, `skim` only goes to them. */
export class RecordReader {
  /** The uncompressed records. */
  readonly body: Buffer
  /** The record that was gone to last is `[start, end)` of the body; its fields begin at `fieldsStart`, behind its length. */
  start = 0
  fieldsStart = 0
  end = 0
  #left: number
  #at = 0
  #offsetDelta = -1
  #timestampDelta = 0
  #keyStart = 0
  #keySize = -1
  #valueStart = 0
  #valueSize = -1
  #headersStart = 0
  readonly #baseOffset: number
  readonly #baseTimestamp: number
  readonly #appendTime: number | null

  /** Reads the batch at `position`, seen by `batchEnd`; `body` is what `recordsOf` gives. Throws as that does, and INVALID_RECORD. */
  constructor(buffer: Buffer, position: number, body = recordsOf(buffer, position)) {
    this.body = body
    this.#left = batch.recordCount(buffer, position)
    this.#baseOffset = batch.baseOffset(buffer, position)
    this.#baseTimestamp = batch.baseTimestamp(buffer, position)
    const type = batch.timestampType(buffer, position)
    this.#appendTime = type === 'LogAppendTime' ? batch.maxTimestamp(buffer, position) : null
    if (this.#left < 0 || this.#left * MIN_RECORD_SIZE > this.body.length)
      throw this.#invalid(`the batch claims ${this.#left} records in ${this.body.length} bytes`)
  }

  /** Of the record that was gone to last. */
  get offset(): number {
    return this.#baseOffset + this.#offsetDelta
  }

  /** As `KafkaRecord.timestamp`. */
  get timestamp(): number {
    if (this.#appendTime !== null) return this.#appendTime
    const timestamp = this.#baseTimestamp + this.#timestampDelta
    return Math.min(Math.max(timestamp, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
  }

  /** A slice of the body. */
  get key(): Buffer | null {
    return this.#slice(this.#keyStart, this.#keySize)
  }

  get hasValue(): boolean {
    return this.#valueSize >= 0
  }

  /** The next record, null after the last. Throws as `skim`. */
  next(): KafkaRecord | null {
    if (!this.skim()) return null
    const { offset, timestamp, key } = this
    return { offset, timestamp, key, value: this.#slice(this.#valueStart, this.#valueSize), headers: this.#headers() }
  }

  /**
   * Goes to the next record, of which the fields of this object tell then; false after the last. Offset deltas must rise, and no more: compaction
   * leaves gaps. Throws INVALID_RECORD where a record is malformed, or where the records don't end with the batch.
   */
  skim(): boolean {
    const { body } = this
    this.start = this.end
    if (this.#left === 0) {
      if (this.end === body.length) return false
      throw this.#invalid(`${body.length - this.end} bytes follow the last record`)
    }
    this.#at = this.start
    const size = this.#varint()
    this.fieldsStart = this.#at
    this.end = this.#at + size
    if (size < 0 || this.end > body.length) throw this.#invalid(`its size ${size} goes beyond the batch`)
    this.#timestampDelta = readVarlong(body, this.#at + 1)
    this.#at = afterVarint
    const offsetDelta = this.#varint()
    if (offsetDelta <= this.#offsetDelta) throw this.#invalid(`its offset delta is ${offsetDelta}`)
    this.#offsetDelta = offsetDelta
    this.#keySize = this.#sizeOfBytes()
    this.#keyStart = this.#at - Math.max(0, this.#keySize)
    this.#valueSize = this.#sizeOfBytes()
    this.#valueStart = this.#at - Math.max(0, this.#valueSize)
    this.#headersStart = this.#at
    this.#skimHeaders()
    if (this.#at !== this.end) throw this.#invalid('its fields end elsewhere than it does')
    this.#left--
    return true
  }

  #varint(): number {
    const value = readVarint(this.body, this.#at)
    this.#at = afterVarint
    return value
  }

  /** Goes behind a field of bytes; its size, below 0 for null. */
  #sizeOfBytes(): number {
    const size = this.#varint()
    if (size < 0) return size
    if (size > this.end - this.#at) throw this.#invalid(`${size} bytes go beyond it`)
    this.#at += size
    return size
  }

  #skimHeaders(): void {
    const count = this.#varint()
    if (count === 0) return
    if (count < 0 || count * 2 > this.end - this.#at) throw this.#invalid(`it claims ${count} headers`)
    for (let index = 0; index < count; index++) {
      if (this.#sizeOfBytes() < 0) throw this.#invalid(`the key of its header ${index} is null`)
      this.#sizeOfBytes()
    }
  }

  /** Those of the record that was gone to; they are sound. */
  #headers(): readonly Header[] {
    this.#at = this.#headersStart
    const count = this.#varint()
    if (count === 0) return NO_HEADERS
    const headers: Header[] = []
    for (let index = 0; index < count; index++) {
      const key = this.#bytes()
      headers.push({ key: key?.toString('utf8') ?? '', value: this.#bytes() })
    }
    return headers
  }

  #bytes(): Buffer | null {
    const size = this.#sizeOfBytes()
    return this.#slice(this.#at - Math.max(0, size), size)
  }

  #slice(start: number, size: number): Buffer | null {
    return size < 0 ? null : this.body.subarray(start, start + size)
  }

  #invalid(what: string): KafkaError {
    return new KafkaError('INVALID_RECORD', `record at byte ${this.start} of the batch's records: ${what}`)
  }
}
