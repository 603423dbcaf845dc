/**
 * A Kafka client that does no more than it is told: one connection, raw frames, typed requests. For tests of the whole
 * server, and for asking a broker what it answers.
 */
import { connect, type Socket } from 'node:net'
import type { Api, RequestWrite, ResponseRead } from '../../protocol/schema/notation.ts'
import { decodeResponse, encodeRequest } from '../../protocol/wire/frames.ts'

interface Waiting {
  resolve(body: Buffer): void
  reject(error: Error): void
}

export class RawClient {
  readonly #socket: Socket
  readonly #waiting: Waiting[] = []
  readonly #closed: Promise<void>
  #received: Buffer = Buffer.alloc(0)
  #correlationId = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', chunk => this.#take(chunk))
    socket.on('error', () => {})
    this.#closed = new Promise(resolve => {
      socket.on('close', () => {
        for (const { reject } of this.#waiting.splice(0)) reject(new Error('the broker closed the connection'))
        resolve()
      })
    })
  }

  /** Connects; `address` is `host:port`. */
  static connect(address: string): Promise<RawClient> {
    const colon = address.lastIndexOf(':')
    return new Promise((resolve, reject) => {
      const socket = connect(Number(address.slice(colon + 1)), address.slice(0, colon).replace(/^\[|\]$/g, ''))
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        socket.setNoDelay(true)
        resolve(new RawClient(socket))
      })
    })
  }

  /** Resolves when the connection is over, by either side. */
  get closed(): Promise<void> {
    return this.#closed
  }

  /** The connection's own port. */
  get localPort(): number {
    return this.#socket.localPort ?? 0
  }

  /** Sends a request and resolves to its answer; rejects if the connection ends first. */
  async request<A extends Api>(api: A, version: number, request: RequestWrite<A>): Promise<ResponseRead<A>> {
    const correlationId = ++this.#correlationId
    const body = await this.exchange(encodeRequest(api, version, correlationId, 'raw-client', request))
    const decoded = decodeResponse(api, version, body)
    if (decoded.correlationId !== correlationId) {
      throw new Error(`answer ${decoded.correlationId} came where ${correlationId} was awaited`)
    }
    return decoded.response
  }

  /** Sends a request that has no answer (Produce with acks=0). */
  send<A extends Api>(api: A, version: number, request: RequestWrite<A>): void {
    this.write(...encodeRequest(api, version, ++this.#correlationId, 'raw-client', request))
  }

  /** Sends a whole frame as it is and resolves to the next answer's body (header included, length not). */
  exchange(frame: readonly Buffer[]): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error('the connection is closed'))
      this.#waiting.push({ resolve, reject })
      this.write(...frame)
    })
  }

  /** Sends bytes as they are. */
  write(...chunks: readonly Buffer[]): void {
    for (const chunk of chunks) this.#socket.write(chunk)
  }

  /** Stops or goes on taking what the broker sends. */
  pause(paused: boolean): void {
    if (paused) this.#socket.pause()
    else this.#socket.resume()
  }

  async close(): Promise<void> {
    this.#socket.destroy()
    await this.#closed
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    while (this.#received.length >= 4) {
      const length = this.#received.readInt32BE(0)
      if (this.#received.length < 4 + length) return
      const body = this.#received.subarray(4, 4 + length)
      this.#received = this.#received.subarray(4 + length)
      this.#waiting.shift()?.resolve(body)
    }
  }
}
