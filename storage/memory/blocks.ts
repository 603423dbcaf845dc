/**
 * Where batches in memory lie. A batch is a slice of whatever came off the socket, and keeping the slice keeps all of that alive; so small
 * batches and small parts of large buffers are copied, one behind the other, into blocks of our own. That also makes neighbours contiguous:
 * a read returns one chunk for many of them.
 */

const SMALLEST_BLOCK_BYTES = 1024
const LARGEST_BLOCK_BYTES = 64 * 1024
/** Batches below are always copied: as a buffer of its own each costs more than the copy. */
const COPY_BELOW_BYTES = 8 * 1024

/** Whether keeping `bytes` by reference wastes at most as much memory as it uses. */
export const worthReferencing = (bytes: Buffer): boolean =>
  bytes.length >= COPY_BELOW_BYTES && bytes.buffer.byteLength <= 2 * bytes.length

/** The blocks of one segment. */
export class Blocks {
  #open: Buffer = Buffer.alloc(0)
  #used = 0

  /** Puts the batch somewhere it can stay; the result is its place: the `length` bytes of `block` from `at` on. Copies where `bytes` would pin more. */
  place(bytes: Buffer): { readonly block: Buffer; readonly at: number } {
    if (worthReferencing(bytes)) return { block: bytes, at: 0 }
    if (bytes.length > LARGEST_BLOCK_BYTES / 2) {
      const copy = Buffer.allocUnsafeSlow(bytes.length)
      bytes.copy(copy)
      return { block: copy, at: 0 }
    }
    if (this.#used + bytes.length > this.#open.length) this.#openBlock(bytes.length)
    const at = this.#used
    bytes.copy(this.#open, at)
    this.#used += bytes.length
    return { block: this.#open, at }
  }

  /** Blocks double from a small first one, so that a log of a few records stays small. */
  #openBlock(neededBytes: number): void {
    const doubled = Math.min(LARGEST_BLOCK_BYTES, Math.max(SMALLEST_BLOCK_BYTES, 2 * this.#open.length))
    this.#open = Buffer.allocUnsafeSlow(Math.max(doubled, neededBytes))
    this.#used = 0
  }
}
