/**
 * Cuts a connection's bytes into frames (int32 length, then that many bytes). A declared length reserves no memory: what
 * is held is at most twice what arrived, and bytes that drip in are gathered into blocks so that tiny chunks cost no more
 * than large ones.
 */

const BLOCK_BYTES = 16 * 1024

/** Why a connection's bytes can't be frames. */
export class BadFrame {
  readonly detail: string
  constructor(detail: string) {
    this.detail = detail
  }
}

/** The way in of one connection. */
export class FrameReader {
  readonly #maxBytes: number
  /** The frame's length; null while its four bytes are not complete. */
  #length: number | null = null
  #prefix = 0
  #prefixBytes = 0
  #received = 0
  #chunks: Buffer[] = []
  /** Once half has arrived: the whole frame's memory. */
  #whole: Buffer | null = null
  #block: Buffer | null = null
  #blockUsed = 0

  /** @param maxBytes `socket.request.max.bytes`. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes that arrived of the frame that isn't complete. */
  get partialBytes(): number {
    return this.#received
  }

  /** Its declared length; 0 between frames. */
  get declaredBytes(): number {
    return this.#length ?? 0
  }

  /**
   * Takes a chunk and calls `frame` with each frame that it completes: a slice of the chunk, or memory of its own.
   * Returns what is wrong with the bytes, if so; the connection is then of no more use.
   */
  push(chunk: Buffer, frame: (body: Buffer) => void): BadFrame | null {
    let at = 0
    while (at < chunk.length) {
      if (this.#length === null) {
        at = this.#readLength(chunk, at)
        if (this.#length === null) return null
        const bad = this.#checkLength(this.#length)
        if (bad !== null) return bad
      }
      at = this.#readBody(chunk, at, this.#length, frame)
    }
    return null
  }

  #readBody(chunk: Buffer, at: number, length: number, frame: (body: Buffer) => void): number {
    const end = Math.min(chunk.length, at + length - this.#received)
    const part = chunk.subarray(at, end)
    if (part.length === length) {
      this.#reset()
      frame(part)
      return end
    }
    this.#gather(part, length)
    if (this.#received === length) {
      const body = this.#whole as Buffer
      this.#reset()
      frame(body)
    }
    return end
  }

  #readLength(chunk: Buffer, at: number): number {
    if (this.#prefixBytes === 0 && chunk.length - at >= 4) {
      this.#length = chunk.readInt32BE(at)
      return at + 4
    }
    while (at < chunk.length && this.#prefixBytes < 4) {
      this.#prefix = (this.#prefix << 8) | (chunk[at++] as number)
      this.#prefixBytes++
    }
    if (this.#prefixBytes === 4) this.#length = this.#prefix
    return at
  }

  #checkLength(length: number): BadFrame | null {
    if (length > this.#maxBytes) {
      return new BadFrame(`a request of ${length} bytes, more than socket.request.max.bytes=${this.#maxBytes}`)
    }
    // The smallest request header: API key, version, correlation id.
    if (length < 8) return new BadFrame(`a request of ${length} bytes, less than a request header`)
    return null
  }

  #gather(part: Buffer, length: number): void {
    this.#received += part.length
    if (this.#whole === null && this.#received * 2 >= length) this.#allocate(length)
    if (this.#whole !== null) {
      part.copy(this.#whole, this.#received - part.length)
    } else if (part.length >= BLOCK_BYTES) {
      this.#closeBlock()
      this.#chunks.push(part)
    } else {
      this.#gatherSmall(part)
    }
  }

  #gatherSmall(part: Buffer): void {
    if (this.#block !== null && this.#blockUsed + part.length > BLOCK_BYTES) this.#closeBlock()
    this.#block ??= Buffer.allocUnsafe(BLOCK_BYTES)
    part.copy(this.#block, this.#blockUsed)
    this.#blockUsed += part.length
  }

  #closeBlock(): void {
    if (this.#block === null) return
    this.#chunks.push(this.#block.subarray(0, this.#blockUsed))
    this.#block = null
    this.#blockUsed = 0
  }

  #allocate(length: number): void {
    this.#closeBlock()
    this.#whole = Buffer.allocUnsafeSlow(length)
    let at = 0
    for (const chunk of this.#chunks) at += chunk.copy(this.#whole, at)
    this.#chunks = []
  }

  #reset(): void {
    this.#length = null
    this.#prefix = 0
    this.#prefixBytes = 0
    this.#received = 0
    this.#chunks = []
    this.#whole = null
  }
}
