/**
 * The order of one connection: which request may start while others are unanswered, and that answers leave in request
 * order. Pure bookkeeping, no sockets.
 *
 * A Produce may start behind an unanswered Produce once that one has its place in the log; anything may start behind a
 * parked wait (long-poll Fetch, JoinGroup); all else waits its turn, so that clients read their own writes.
 */
import type { Budget } from './budget.ts'

type State = 'queued' | 'running' | 'placed' | 'parked' | 'answered'

/** A request from the arrival of its frame to the moment its answer is handed to the socket. */
export class PendingRequest {
  readonly frame: Buffer
  readonly produce: boolean
  state: State = 'queued'
  /** The answer's chunks when answered; null is no answer. */
  answer: readonly Buffer[] | null = null
  /** Called when the socket took the answer or the connection ended. */
  sent: (() => void)[] | null = null
  /** Bytes of the answers' bound held by this request. */
  reservedBytes = 0
  /** Whether the frame still counts among the requests in work. */
  charged = true

  #finished = false

  /** @param produce whether it is a Produce request: those may follow each other closer. */
  constructor(frame: Buffer, produce: boolean) {
    this.frame = frame
    this.produce = produce
  }

  /** Its answer was taken or nobody is there to take it: gives back what it held. */
  finish(answers: Budget): void {
    if (this.#finished) return
    this.#finished = true
    if (this.reservedBytes > 0) answers.give(this.reservedBytes)
    this.reservedBytes = 0
    if (this.sent === null) return
    for (const listener of this.sent) listener()
    this.sent = null
  }

  /** Whether `finish` was called. */
  get finished(): boolean {
    return this.#finished
  }
}

/** The requests of one connection that aren't answered, in order. */
export class Requests {
  /** In order of arrival; from the first unanswered one on. */
  readonly #queue: PendingRequest[] = []
  /** Index of the first that has not started. */
  #next = 0
  #running = 0
  #placed = 0

  get size(): number {
    return this.#queue.length
  }

  add(request: PendingRequest): void {
    this.#queue.push(request)
  }

  /** The next request if it may start now; it is then running. */
  start(): PendingRequest | null {
    const request = this.#queue[this.#next]
    if (request === undefined || this.#running > 0 || (this.#placed > 0 && !request.produce)) return null
    this.#next++
    request.state = 'running'
    this.#running++
    return request
  }

  /** It has its place in the log. */
  placed(request: PendingRequest): void {
    if (request.state !== 'running') return
    this.#leave(request)
    request.state = 'placed'
    this.#placed++
  }

  /** It waits for something that may take long. */
  parked(request: PendingRequest): void {
    if (request.state === 'answered' || request.state === 'parked') return
    this.#leave(request)
    request.state = 'parked'
  }

  answered(request: PendingRequest, answer: readonly Buffer[] | null): void {
    this.#leave(request)
    request.state = 'answered'
    request.answer = answer
  }

  /** Takes the first request off if it is answered. */
  shift(): PendingRequest | null {
    if (this.#queue[0]?.state !== 'answered') return null
    this.#next--
    return this.#queue.shift() as PendingRequest
  }

  /** All that are not taken off, for a connection that ends. */
  clear(): readonly PendingRequest[] {
    this.#next = 0
    this.#running = 0
    this.#placed = 0
    return this.#queue.splice(0)
  }

  #leave(request: PendingRequest): void {
    if (request.state === 'running') this.#running--
    else if (request.state === 'placed') this.#placed--
  }
}
