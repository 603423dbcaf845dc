/**
 * Reads Kafka's wire types from a buffer. Nothing on the wire is believed before it is checked against what remains,
 * and nothing is copied. The codecs that `schema/compile.ts` generates read runs of fixed-size fields through `view`
 * and `position` themselves, after one check against `end`.
 */
import { KafkaError } from '../errors.ts'

/**
 * Array elements that one Reader gives out in total. It bounds what a small frame can grow into: an element costs a
 * peer a byte or two and us an object.
 */
export const maxElements = 250_000

/** A cursor over one frame (or one stored record). Malformed input is `KafkaError('INVALID_REQUEST')`. */
export class Reader {
  /** What is read; slices handed out share its memory. */
  readonly buffer: Buffer
  /** The same bytes; offset 0 is the buffer's start. */
  readonly view: DataView
  /** Index of the next byte. */
  position = 0
  /** Index after the last byte that may be read: the buffer's length, or the end of the tagged field being read. */
  end: number
  #elements = 0

  constructor(buffer: Buffer) {
    this.buffer = buffer
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
    this.end = buffer.length
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.end - this.position
  }

  /** Throws: the input isn't what its type says. */
  refuse(why: string): never {
    throw new KafkaError('INVALID_REQUEST', `${why}, at byte ${this.position} of ${this.buffer.length}`)
  }

  /** Throws: a value of `sizeBytes` doesn't fit in what remains. */
  short(sizeBytes: number): never {
    this.refuse(`${sizeBytes} bytes are wanted where ${this.remaining} remain`)
  }

  /** Moves `sizeBytes` on and gives the position before. */
  #take(sizeBytes: number): number {
    const position = this.position
    if (sizeBytes > this.end - position) this.short(sizeBytes)
    this.position = position + sizeBytes
    return position
  }

  /** Skips `sizeBytes`, which isn't negative. */
  skip(sizeBytes: number): void {
    this.#take(sizeBytes)
  }

  /** Any byte but 0 is true, as in Kafka. */
  bool(): boolean {
    return this.view.getInt8(this.#take(1)) !== 0
  }

  int8(): number {
    return this.view.getInt8(this.#take(1))
  }

  int16(): number {
    return this.view.getInt16(this.#take(2))
  }

  uint16(): number {
    return this.view.getUint16(this.#take(2))
  }

  int32(): number {
    return this.view.getInt32(this.#take(4))
  }

  uint32(): number {
    return this.view.getUint32(this.#take(4))
  }

  /** A safe integer: values beyond ±(2^53−1) saturate to that bound. */
  int64(): number {
    return getInt64(this.view, this.#take(8))
  }

  /** All 64 bits, signed. */
  bigint64(): bigint {
    return this.view.getBigInt64(this.#take(8))
  }

  float64(): number {
    return this.view.getFloat64(this.#take(8))
  }

  /** 16 bytes as 22 characters of base64url. */
  uuid(): string {
    const start = this.#take(16)
    return this.buffer.toString('base64url', start, start + 16)
  }

  /** An unsigned varint of at most 5 bytes, 0 to 2^32−1. */
  uvarint(): number {
    if (this.position < this.end) {
      const first = this.buffer[this.position] as number
      if (first < 128) {
        this.position++
        return first
      }
    }
    return this.#longUvarint()
  }

  #longUvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.#take(1)] as number
      value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
    return this.refuse('a varint of more than 5 bytes')
  }

  /** A zigzag varint: int32 as in the records of a batch. */
  varint(): number {
    const raw = this.uvarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Invalid UTF-8 reads as U+FFFD, as in Kafka. */
  #text(sizeBytes: number): string {
    if (sizeBytes > 32767) this.refuse(`a string of ${sizeBytes} bytes; 32767 are allowed`)
    const start = this.#take(sizeBytes)
    return this.buffer.toString('utf8', start, start + sizeBytes)
  }

  /** A string behind an int16 length; null where that is negative. */
  string(): string | null {
    const sizeBytes = this.int16()
    return sizeBytes < 0 ? null : this.#text(sizeBytes)
  }

  /** A string behind a varint of its length plus one; null where that is 0. */
  compactString(): string | null {
    const sizeBytes = this.uvarint() - 1
    return sizeBytes < 0 ? null : this.#text(sizeBytes)
  }

  /** The next `sizeBytes` as a slice that shares the frame's memory. */
  slice(sizeBytes: number): Buffer {
    if (sizeBytes === 0) return empty
    const start = this.#take(sizeBytes)
    return this.buffer.subarray(start, start + sizeBytes)
  }

  /** A slice of the frame behind an int32 length; null where that is negative. */
  bytes(): Buffer | null {
    const sizeBytes = this.int32()
    return sizeBytes < 0 ? null : this.slice(sizeBytes)
  }

  /** A slice of the frame behind a varint of its length plus one; null where that is 0. */
  compactBytes(): Buffer | null {
    const sizeBytes = this.uvarint() - 1
    return sizeBytes < 0 ? null : this.slice(sizeBytes)
  }

  /** Record batches as a list of one slice; see `bytes`. */
  records(): readonly Buffer[] | null {
    const slice = this.bytes()
    return slice === null ? null : [slice]
  }

  /** Record batches as a list of one slice; see `compactBytes`. */
  compactRecords(): readonly Buffer[] | null {
    const slice = this.compactBytes()
    return slice === null ? null : [slice]
  }

  /** How many elements follow, each of at least `elementBytes`; negative means null. Refused where they can't fit. */
  arrayLength(elementBytes: number): number {
    return this.#elementsOf(this.int32(), elementBytes)
  }

  /** As `arrayLength`, with the count plus one as a varint. */
  compactArrayLength(elementBytes: number): number {
    return this.#elementsOf(this.uvarint() - 1, elementBytes)
  }

  #elementsOf(count: number, elementBytes: number): number {
    if (count <= 0) return count
    if (count * elementBytes > this.remaining) {
      this.refuse(`${count} elements of ${elementBytes} bytes or more where ${this.remaining} bytes remain`)
    }
    this.#elements += count
    if (this.#elements > maxElements) this.refuse(`more than ${maxElements} elements in one message`)
    return count
  }

  /** Reads a tagged field's size and narrows `end` to it; gives the outer end for `closeTag`. */
  openTag(): number {
    const sizeBytes = this.uvarint()
    const outer = this.end
    if (sizeBytes > outer - this.position) this.short(sizeBytes)
    this.end = this.position + sizeBytes
    return outer
  }

  /** Ends a tagged field, which must have been read to its own end. */
  closeTag(outer: number): void {
    if (this.position !== this.end) this.refuse(`a tagged field is ${this.remaining} bytes longer than its value`)
    this.end = outer
  }

  /** Skips a section of tagged fields of which none is known. */
  skipTags(): void {
    for (let count = this.uvarint(); count > 0; count--) {
      this.uvarint()
      this.skip(this.uvarint())
    }
  }
}

/** For all slices of nothing: a list of them is the cheapest way to make us allocate. */
const empty = Buffer.alloc(0)

/** int64 at `position` as a safe integer; values beyond ±(2^53−1) saturate to that bound. The caller checks bounds. */
export function getInt64(view: DataView, position: number): number {
  const value = view.getInt32(position) * 4294967296 + view.getUint32(position + 4)
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value))
}
