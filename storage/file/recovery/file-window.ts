/**
 * A file seen through one buffer that moves over it.
 */

/** Reads up to `length` bytes from `position` on into the start of `into`; returns how many: fewer at the end of the file only. */
export type ReadAt = (into: Buffer, length: number, position: number) => number

/** The buffer, and which bytes of the file it holds. */
export class FileWindow {
  readonly buffer: Buffer
  readonly #read: ReadAt
  readonly #sizeBytes: number
  #from = 0
  #to = 0

  /** @param sizeBytes of the file, as far as it counts. */
  constructor(buffer: Buffer, read: ReadAt, sizeBytes: number) {
    this.buffer = buffer
    this.#read = read
    this.#sizeBytes = sizeBytes
  }

  /** Where in the buffer the byte at `position` is, with `length` bytes (at most the buffer's) behind it; −1 if the file ends before. */
  at(position: number, length: number): number {
    if (position < this.#from || position + length > this.#to) {
      if (position + length > this.#sizeBytes) return -1
      this.#from = position
      const wanted = Math.min(this.buffer.length, this.#sizeBytes - position)
      this.#to = position + this.#read(this.buffer, wanted, position)
      if (position + length > this.#to) return -1
    }
    return position - this.#from
  }

  /** The position behind the last byte in the buffer. */
  get end(): number {
    return this.#to
  }
}
