/**
 * Writes Kafka's wire types into chunks that a socket takes as they are. Small values go into a slab that many messages
 * share; large slices are passed on by reference. The codecs that `schema/compile.ts` generates write runs of
 * fixed-size fields through `view` and `position` themselves, after one `need`.
 */

/** Slices of at least this many bytes go by reference, smaller ones are copied. */
export const referenceBytes = 1024
/** Size of a slab. A chunk keeps its whole slab alive, so it is small. */
const slabBytes = 16 * 1024

/**
 * A reusable writer: `finish` hands out what was written since the last one, and the rest of the slab serves the next
 * message. Values are not checked here but in the codecs; out of range they throw a RangeError or wrap.
 */
export class Writer {
  /** The slab being filled. */
  buffer: Buffer = Buffer.allocUnsafeSlow(slabBytes)
  /** The slab's bytes. */
  view: DataView = viewOf(this.buffer)
  /** Index in the slab of the next byte. */
  position = 0
  #mark = 0
  #chunks: Buffer[] = []
  #sealedBytes = 0
  #openTags = 0

  /** Bytes written since the last `finish` or `clear`. */
  get length(): number {
    return this.#sealedBytes + this.position - this.#mark
  }

  /** Drops what was written since the last `finish`. */
  clear(): void {
    this.position = this.#mark
    this.#chunks = []
    this.#sealedBytes = 0
    this.#openTags = 0
  }

  /** The message as chunks, in order. They are the caller's; nothing writes to them again. Slices are by reference. */
  finish(): readonly Buffer[] {
    this.#seal()
    const chunks = this.#chunks
    this.#chunks = []
    this.#sealedBytes = 0
    if (this.buffer.length > slabBytes) this.#renew()
    return chunks
  }

  /** Starts a new slab: what is left of an outsized one isn't worth keeping it alive. */
  #renew(): void {
    this.buffer = Buffer.allocUnsafeSlow(slabBytes)
    this.view = viewOf(this.buffer)
    this.position = 0
    this.#mark = 0
  }

  /** The message as one buffer, which is a copy only if it has several chunks. */
  finishBuffer(): Buffer {
    const length = this.length
    const chunks = this.finish()
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length)
  }

  /** Makes `sizeBytes` contiguous bytes available at `position`. */
  need(sizeBytes: number): void {
    if (this.position + sizeBytes > this.buffer.length) this.#grow(sizeBytes)
  }

  #grow(sizeBytes: number): void {
    const used = this.position - this.#mark
    const buffer = Buffer.allocUnsafeSlow(Math.max(slabBytes, 2 * (used + sizeBytes)))
    this.buffer.copy(buffer, 0, this.#mark, this.position)
    this.buffer = buffer
    this.view = viewOf(buffer)
    this.#mark = 0
    this.position = used
  }

  #seal(): void {
    if (this.position === this.#mark) return
    this.#chunks.push(this.buffer.subarray(this.#mark, this.position))
    this.#sealedBytes += this.position - this.#mark
    this.#mark = this.position
  }

  bool(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  int8(value: number): void {
    this.need(1)
    this.view.setInt8(this.position, value)
    this.position += 1
  }

  int16(value: number): void {
    this.need(2)
    this.view.setInt16(this.position, value)
    this.position += 2
  }

  uint16(value: number): void {
    this.int16(value)
  }

  int32(value: number): void {
    this.need(4)
    this.view.setInt32(this.position, value)
    this.position += 4
  }

  uint32(value: number): void {
    this.int32(value)
  }

  /** A safe integer. */
  int64(value: number): void {
    this.need(8)
    setInt64(this.view, this.position, value)
    this.position += 8
  }

  bigint64(value: bigint): void {
    this.need(8)
    this.view.setBigInt64(this.position, value)
    this.position += 8
  }

  float64(value: number): void {
    this.need(8)
    this.view.setFloat64(this.position, value)
    this.position += 8
  }

  /** 22 characters of base64url as 16 bytes; false, and nothing written, if they are not that. */
  uuid(value: string): boolean {
    this.need(16)
    if (value.length !== 22 || this.buffer.write(value, this.position, 16, 'base64url') !== 16) return false
    this.position += 16
    return true
  }

  /** An unsigned varint, 0 to 2^32−1. */
  uvarint(value: number): void {
    this.need(5)
    const buffer = this.buffer
    let position = this.position
    while (value > 127) {
      buffer[position++] = (value & 127) | 128
      value >>>= 7
    }
    buffer[position++] = value
    this.position = position
  }

  /** A zigzag varint: int32 as in the records of a batch. */
  varint(value: number): void {
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** A string behind an int16 length; false, and nothing written, if it is longer than 32767 bytes. */
  string(value: string): boolean {
    const sizeBytes = byteLength(value)
    if (sizeBytes > 32767) return false
    this.int16(sizeBytes)
    this.#text(value, sizeBytes)
    return true
  }

  /** A string behind a varint of its length plus one; false, and nothing written, if it is longer than 32767 bytes. */
  compactString(value: string): boolean {
    const sizeBytes = byteLength(value)
    if (sizeBytes > 32767) return false
    this.uvarint(sizeBytes + 1)
    this.#text(value, sizeBytes)
    return true
  }

  #text(value: string, sizeBytes: number): void {
    this.need(sizeBytes)
    if (sizeBytes === value.length && sizeBytes < shortText) {
      const buffer = this.buffer
      const start = this.position
      for (let i = 0; i < sizeBytes; i++) buffer[start + i] = value.charCodeAt(i)
    } else {
      this.buffer.write(value, this.position, sizeBytes, 'utf8')
    }
    this.position += sizeBytes
  }

  /** The bytes alone: by reference if they are many (don't change them until the socket took them), else a copy. */
  raw(value: Buffer): void {
    if (value.length < referenceBytes || this.#openTags > 0) {
      this.need(value.length)
      value.copy(this.buffer, this.position)
      this.position += value.length
      return
    }
    this.#seal()
    this.#chunks.push(value)
    this.#sealedBytes += value.length
  }

  /** Bytes behind an int32 length; see `raw`. */
  bytes(value: Buffer): void {
    this.int32(value.length)
    this.raw(value)
  }

  /** Bytes behind a varint of their length plus one; see `raw`. */
  compactBytes(value: Buffer): void {
    this.uvarint(value.length + 1)
    this.raw(value)
  }

  /** Record batches, one after the other, behind an int32 length; see `raw`. */
  records(value: readonly Buffer[]): void {
    this.int32(totalLength(value))
    for (const batch of value) this.raw(batch)
  }

  /** Record batches, one after the other, behind a varint of their length plus one; see `raw`. */
  compactRecords(value: readonly Buffer[]): void {
    this.uvarint(totalLength(value) + 1)
    for (const batch of value) this.raw(batch)
  }

  /** Begins a tagged field, whose size isn't known yet; gives a place for `closeTag`. */
  openTag(tag: number): number {
    this.uvarint(tag)
    this.need(1)
    this.position++
    this.#openTags++
    return this.position - this.#mark
  }

  /** Ends a tagged field: puts its size before it, and moves it if the size takes more than one byte. */
  closeTag(place: number): void {
    this.#openTags--
    const sizeBytes = this.position - this.#mark - place
    if (sizeBytes > 127) {
      const more = uvarintBytes(sizeBytes) - 1
      this.need(more)
      const start = this.#mark + place
      this.buffer.copyWithin(start + more, start, this.position)
    }
    const buffer = this.buffer
    let at = this.#mark + place - 1
    let rest = sizeBytes
    for (; rest > 127; rest >>>= 7) buffer[at++] = (rest & 127) | 128
    buffer[at] = rest
    this.position = at + 1 + sizeBytes
  }
}

/** Below this many characters a loop is faster than a call into the runtime. */
const shortText = 40

const viewOf = (buffer: Buffer): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.length)

/** Bytes of a string in UTF-8. */
function byteLength(value: string): number {
  const length = value.length
  if (length >= shortText) return Buffer.byteLength(value)
  for (let i = 0; i < length; i++) if (value.charCodeAt(i) > 127) return Buffer.byteLength(value)
  return length
}

function totalLength(buffers: readonly Buffer[]): number {
  let length = 0
  for (const buffer of buffers) length += buffer.length
  return length
}

/** Bytes that an unsigned varint of `value` (0 to 2^32−1) takes. */
export function uvarintBytes(value: number): number {
  let bytes = 1
  for (; value > 127; value >>>= 7) bytes++
  return bytes
}

/** Puts a safe integer as int64 at `position`. The caller checks value and bounds. */
export function setInt64(view: DataView, position: number, value: number): void {
  const high = Math.floor(value / 4294967296)
  view.setInt32(position, high)
  view.setUint32(position + 4, value - high * 4294967296)
}
