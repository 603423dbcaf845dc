/**
 * What a journal's groups hold, as bytes. Each entry has a part in the group's head, which the group's checksum covers; batches follow as
 * payload. Batches bring a checksum of their own for all but their first 21 bytes, so these stand in the head a second time.
 *
 *     kind u8, length of the log's id u16, the id, then
 *     appended  segment i64, position i64, batches u32, the first 21 bytes of each      payload: the batches
 *     created   name (u16 length, bytes)
 *     deleted
 *     trimmed   start i64
 *     rewritten from i64, to i64
 */
import * as batch from '../../../protocol/records/batch.ts'
import type { Batch, LogId, Offset } from '../../engine.ts'

/** Bytes of a batch that its own checksum doesn't cover, with that checksum. */
export const STAMP_BYTES = batch.ATTRIBUTES

const APPENDED = 1
const CREATED = 2
const DELETED = 3
const TRIMMED = 4
const REWRITTEN = 5

/** What is written of an entry. */
export interface EntryBytes {
  /** As how many entries it is read. */
  readonly entries: number
  readonly headBytes: number
  readonly payloadBytes: number
  /** Writes its part of the head at `at`, where there is room for `headBytes`. */
  encode(head: Buffer, at: number): void
  addPayload(payload: Buffer[]): void
}

/** Batches `[from, to)` of an append, which lie in the segment from `position` on. */
export interface AppendedRun {
  readonly segment: { readonly start: Offset }
  readonly position: number
  readonly from: number
  readonly to: number
}

/** A log's id as entries hold it; made once for each log. */
export const encodeId = (id: LogId): Buffer => {
  const text = Buffer.from(id, 'utf8')
  const key = Buffer.allocUnsafeSlow(2 + text.length)
  key.writeUInt16BE(text.length)
  text.copy(key, 2)
  return key
}

/** Batches of one log that were written into its segments. */
export class AppendedBytes implements EntryBytes {
  readonly entries: number
  readonly headBytes: number
  readonly payloadBytes: number
  readonly #key: Buffer
  readonly #runs: readonly AppendedRun[]
  readonly #batches: readonly Batch[]

  /** @param key of `encodeId` */
  constructor(key: Buffer, runs: readonly AppendedRun[], batches: readonly Batch[]) {
    this.#key = key
    this.#runs = runs
    this.#batches = batches
    let payloadBytes = 0
    for (const { bytes } of batches) payloadBytes += bytes.length
    this.payloadBytes = payloadBytes
    this.entries = runs.length
    this.headBytes = runs.length * (1 + key.length + 20) + batches.length * STAMP_BYTES
  }

  encode(head: Buffer, at: number): void {
    let next = at
    for (const { segment, position, from, to } of this.#runs) {
      head[next] = APPENDED
      next += 1 + this.#key.copy(head, next + 1)
      batch.writeInt64(head, next, segment.start)
      batch.writeInt64(head, next + 8, position)
      head.writeUInt32BE(to - from, next + 16)
      next += 20
      for (let index = from; index < to; index++) next += this.#batches[index]!.bytes.copy(head, next, 0, STAMP_BYTES)
    }
  }

  addPayload(payload: Buffer[]): void {
    for (const { bytes } of this.#batches) payload.push(bytes)
  }
}

/** An entry without batches. */
class SmallBytes implements EntryBytes {
  readonly entries = 1
  readonly payloadBytes = 0
  readonly #head: Buffer

  constructor(kind: number, id: LogId, rest: Buffer) {
    this.#head = Buffer.concat([Buffer.from([kind]), encodeId(id), rest])
  }

  get headBytes(): number {
    return this.#head.length
  }

  encode(head: Buffer, at: number): void {
    this.#head.copy(head, at)
  }

  addPayload(): void {
    // It has none.
  }
}

const integers = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(8 * values.length)
  for (const [index, value] of values.entries()) batch.writeInt64(bytes, 8 * index, value)
  return bytes
}

/** A log came to be, in the directory `name`. */
export const createdBytes = (id: LogId, name: string): EntryBytes => new SmallBytes(CREATED, id, encodeId(name))

/** A log was deleted: nothing that stands before in the journal is of the log that may come to have the id. */
export const deletedBytes = (id: LogId): EntryBytes => new SmallBytes(DELETED, id, Buffer.alloc(0))

/** What lies below `start` was trimmed. */
export const trimmedBytes = (id: LogId, start: Offset): EntryBytes => new SmallBytes(TRIMMED, id, integers(start))

/** Segments that begin in [from, to) are no longer as they were appended. */
export const rewrittenBytes = (id: LogId, from: Offset, to: Offset): EntryBytes =>
  new SmallBytes(REWRITTEN, id, integers(from, to))

/** Where in the journal's file an entry's payload is. */
export interface Payload {
  readonly at: number
  readonly sizeBytes: number
}

/** An entry without batches, as it is read. */
export type SmallEntry =
  | { readonly kind: 'created'; readonly id: LogId; readonly name: string }
  | { readonly kind: 'deleted'; readonly id: LogId }
  | { readonly kind: 'trimmed'; readonly id: LogId; readonly start: Offset }
  | { readonly kind: 'rewritten'; readonly id: LogId; readonly from: Offset; readonly to: Offset }

/** Batches that were written into one segment. */
export interface AppendedEntry {
  readonly kind: 'appended'
  readonly id: LogId
  readonly segment: Offset
  readonly position: number
  readonly payload: Payload
}

/** Such an entry, with the first `STAMP_BYTES` bytes of each batch: its payload isn't checked yet. */
export interface AppendedHead extends AppendedEntry {
  readonly stamps: Buffer
}

/**
 * The entries of a head `[at, head.length)`, whose checksum was right. Their payloads follow one another from `payloadAt` on.
 * Throws a RangeError for what isn't entries.
 */
export const decodeEntries = (
  head: Buffer,
  at: number,
  count: number,
  payloadAt: number,
): (AppendedHead | SmallEntry)[] => {
  const entries: (AppendedHead | SmallEntry)[] = []
  const reader = new EntryReader(head, at, payloadAt)
  for (let index = 0; index < count; index++) entries.push(reader.entry())
  return entries
}

class EntryReader {
  readonly #head: Buffer
  #at: number
  #payloadAt: number

  constructor(head: Buffer, at: number, payloadAt: number) {
    this.#head = head
    this.#at = at
    this.#payloadAt = payloadAt
  }

  entry(): AppendedHead | SmallEntry {
    const kind = this.#head.readUInt8(this.#at++)
    const id = this.#text()
    switch (kind) {
      case APPENDED:
        return this.#appended(id)
      case CREATED:
        return { kind: 'created', id, name: this.#text() }
      case DELETED:
        return { kind: 'deleted', id }
      case TRIMMED:
        return { kind: 'trimmed', id, start: this.#integer() }
      case REWRITTEN:
        return { kind: 'rewritten', id, from: this.#integer(), to: this.#integer() }
      default:
        throw new RangeError(`a journal's entry of kind ${kind}`)
    }
  }

  #appended(id: LogId): AppendedHead {
    const segment = this.#integer()
    const position = this.#integer()
    const stamps = this.#bytes(this.#uint32() * STAMP_BYTES)
    let sizeBytes = 0
    for (let at = 0; at < stamps.length; at += STAMP_BYTES) {
      const size = batch.sizeInBytes(stamps, at)
      if (size < batch.HEADER_SIZE) throw new RangeError(`a batch of ${size} bytes`)
      sizeBytes += size
    }
    return { kind: 'appended', id, segment, position, stamps, payload: this.#payload(sizeBytes) }
  }

  #payload(sizeBytes: number): Payload {
    const payload = { at: this.#payloadAt, sizeBytes }
    this.#payloadAt += sizeBytes
    return payload
  }

  #text(): string {
    const length = this.#head.readUInt16BE(this.#at)
    this.#at += 2
    return this.#bytes(length).toString('utf8')
  }

  #uint32(): number {
    const value = this.#head.readUInt32BE(this.#at)
    this.#at += 4
    return value
  }

  #integer(): number {
    const value = Number(this.#head.readBigInt64BE(this.#at))
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no position`)
    this.#at += 8
    return value
  }

  #bytes(length: number): Buffer {
    if (length > this.#head.length - this.#at) throw new RangeError(`${length} bytes where there are fewer`)
    const bytes = this.#head.subarray(this.#at, this.#at + length)
    this.#at += length
    return bytes
  }
}
