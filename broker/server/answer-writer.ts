/**
 * Hands answers to the socket: those of one turn in one system call, with the bytes that the peer hasn't taken counted.
 */
import type { Socket } from 'node:net'
import type { Budget } from './budget.ts'
import type { PendingRequest } from './requests.ts'

interface Written {
  readonly request: PendingRequest
  readonly sizeBytes: number
}

/** The way out of one connection. */
export class AnswerWriter {
  readonly #socket: Socket
  readonly #budget: Budget
  readonly #onDrained: () => void
  /** In the order of the socket's write callbacks. */
  readonly #written: Written[] = []
  #unsentBytes = 0
  #corked = false
  #ended = false

  /** @param onDrained called when the socket took all that was written. */
  constructor(socket: Socket, budget: Budget, onDrained: () => void) {
    this.#socket = socket
    this.#budget = budget
    this.#onDrained = onDrained
  }

  /** Answer bytes that the peer hasn't taken. */
  get unsentBytes(): number {
    return this.#unsentBytes
  }

  /** Writes the answer of a request that has its turn, and finishes the request when the socket took it. */
  write(request: PendingRequest): void {
    const answer = request.answer
    if (answer === null || answer.length === 0 || this.#ended) return request.finish(this.#budget)
    if (!this.#corked) {
      this.#corked = true
      this.#socket.cork()
      process.nextTick(this.#uncork)
    }
    let sizeBytes = 0
    const last = answer.length - 1
    for (let i = 0; i < last; i++) {
      const chunk = answer[i] as Buffer
      sizeBytes += chunk.length
      this.#socket.write(chunk)
    }
    const chunk = answer[last] as Buffer
    sizeBytes += chunk.length
    this.#unsentBytes += sizeBytes
    // What the handler didn't reserve counts all the same.
    if (sizeBytes > request.reservedBytes) {
      this.#budget.take(sizeBytes - request.reservedBytes)
      request.reservedBytes = sizeBytes
    }
    request.answer = null
    this.#written.push({ request, sizeBytes })
    this.#socket.write(chunk, this.#onWritten)
  }

  /** The connection is over: finishes what was written and not taken. */
  end(): void {
    this.#ended = true
    this.#unsentBytes = 0
    for (const { request } of this.#written.splice(0)) request.finish(this.#budget)
  }

  readonly #uncork = (): void => {
    this.#corked = false
    this.#socket.uncork()
  }

  readonly #onWritten = (): void => {
    const done = this.#written.shift()
    if (done === undefined) return
    this.#unsentBytes -= done.sizeBytes
    done.request.finish(this.#budget)
    if (this.#written.length === 0) this.#onDrained()
  }
}
