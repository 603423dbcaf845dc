/**
 * The memory that messages are written into: a slab that many messages share, large slices by reference between its
 * parts. `Writer` knows the wire's types.
 */

/** Slices of at least this many bytes go by reference, smaller ones are copied. */
export const referenceBytes = 1024
/** Size of a slab. A chunk keeps its whole slab alive, so it is small. */
const slabBytes = 16 * 1024

/**
 * Collects messages as chunks that a socket takes as they are: `finish` hands out what was written since the last one,
 * and the rest of the slab serves the next message.
 */
export class ChunkWriter {
  /** The slab being filled. */
  buffer: Buffer = Buffer.allocUnsafeSlow(slabBytes)
  /** The slab's bytes. */
  view: DataView = viewOf(this.buffer)
  /** Index in the slab of the next byte. */
  position = 0
  #mark = 0
  #chunks: Buffer[] = []
  #sealedBytes = 0
  #openSizes = 0

  /** Bytes written since the last `finish` or `clear`. */
  get length(): number {
    return this.#sealedBytes + this.position - this.#mark
  }

  /** Drops what was written since the last `finish`. */
  clear(): void {
    this.position = this.#mark
    this.#chunks = []
    this.#sealedBytes = 0
    this.#openSizes = 0
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

  /** The bytes alone: by reference if they are many (don't change them until the socket took them), else a copy. */
  raw(value: Buffer): void {
    if (value.length < referenceBytes || this.#openSizes > 0) {
      this.need(value.length)
      value.copy(this.buffer, this.position)
      this.position += value.length
      return
    }
    this.#seal()
    this.#chunks.push(value)
    this.#sealedBytes += value.length
  }

  /** Leaves a byte for the size of a tagged field, which isn't known yet; gives a place for `closeSize`. */
  openSize(): number {
    this.need(1)
    this.position++
    this.#openSizes++
    return this.position - this.#mark
  }

  /** Puts the size before what was written since `openSize`, which moves on if the size takes more than one byte. */
  closeSize(place: number): void {
    this.#openSizes--
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

const viewOf = (buffer: Buffer): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.length)

/** Bytes that an unsigned varint of `value` (0 to 2^32−1) takes. */
export function uvarintBytes(value: number): number {
  let bytes = 1
  for (; value > 127; value >>>= 7) bytes++
  return bytes
}
