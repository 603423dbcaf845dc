/**
 * Buffers for reads. A fresh megabyte costs as much in page faults as reading it from the page cache, so buffers come back to be used again.
 */

const SMALLEST_POOLED_BYTES = 4096
const LARGEST_POOLED_BYTES = 4 * 1024 * 1024

/** Buffers by power of two; what lies idle here is bounded. */
export class BufferPool {
  readonly #maxIdleBytes: number
  readonly #idle = new Map<number, Buffer[]>()
  #idleBytes = 0

  constructor(maxIdleBytes: number) {
    this.#maxIdleBytes = maxIdleBytes
  }

  get idleBytes(): number {
    return this.#idleBytes
  }

  /** A buffer of at least `sizeBytes`, with anything in it. */
  take(sizeBytes: number): Buffer {
    if (sizeBytes < SMALLEST_POOLED_BYTES) return Buffer.allocUnsafe(sizeBytes)
    if (sizeBytes > LARGEST_POOLED_BYTES) return Buffer.allocUnsafeSlow(sizeBytes)
    const size = 2 ** (32 - Math.clz32(sizeBytes - 1))
    const buffer = this.#idle.get(size)?.pop()
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size)
    this.#idleBytes -= size
    return buffer
  }

  /** Gives a buffer of `take` back; nobody may look at it any more. Without this call it is garbage-collected. */
  give(buffer: Buffer): void {
    const size = buffer.length
    if (size < SMALLEST_POOLED_BYTES || size > LARGEST_POOLED_BYTES) return
    if (this.#idleBytes + size > this.#maxIdleBytes) return
    const idle = this.#idle.get(size)
    if (idle === undefined) this.#idle.set(size, [buffer])
    else idle.push(buffer)
    this.#idleBytes += size
  }
}
