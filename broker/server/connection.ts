/**
 * One client's connection: frames in, answers out in request order, within the bounds. What a request means is
 * dispatch's; which may start is `Requests`'.
 */
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import type { Client } from '../client.ts'
import { AnswerWriter } from './answer-writer.ts'
import type { Waiter } from './budget.ts'
import type { Dispatch } from './dispatch.ts'
import { FrameReader } from './frame-reader.ts'
import { type Limits, MAX_PENDING, MAX_UNSENT_BYTES, RESERVE_BYTES } from './limits.ts'
import { type PendingRequest, Requests } from './requests.ts'

/** What a connection shares with the broker's others. */
export interface ConnectionHost {
  readonly limits: Limits
  readonly dispatch: Dispatch
  readonly logger: Logger
  /** Monotonic ms. */
  monotonic(): number
  /** The connection is over. */
  closed(connection: Connection): void
}

/** An address as people write it: an IPv4 address that came by an IPv6 socket loses its prefix. */
export const plainAddress = (address: string | undefined): string =>
  address?.replace(/^::ffff:(?=\d+\.)/, '') ?? 'unknown'

/** A connection from accept to end. Dispatch calls back its `placed`, `parked`, `reserve` and `answered`. */
export class Connection implements Client {
  readonly id: number
  readonly host: string
  readonly listener: string
  readonly localHost: string
  readonly localPort: number
  /** Sweeps since the last byte in; the server closes the idle. */
  idleSweeps = 0
  readonly #socket: Socket
  readonly #shared: ConnectionHost
  readonly #frames: FrameReader
  readonly #requests = new Requests()
  readonly #answers: AnswerWriter
  readonly #closeListeners = new Set<() => void>()
  #workingBytes = 0
  /** Of the frame being read: bytes taken from the bound on requests being read, and when. */
  #admittedBytes = 0
  #admittedAt = 0
  #waitsToRead = false
  #waitsToWork = false
  #starting = false
  #paused = false
  #closed = false

  /** Takes the socket over. */
  constructor(socket: Socket, id: number, listener: string, shared: ConnectionHost) {
    this.id = id
    this.listener = listener
    this.host = plainAddress(socket.remoteAddress)
    this.localHost = plainAddress(socket.localAddress)
    this.localPort = socket.localPort ?? 0
    this.#socket = socket
    this.#shared = shared
    this.#frames = new FrameReader(shared.limits.maxRequestBytes)
    this.#answers = new AnswerWriter(socket, shared.limits.answers, () => this.#drained())
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#received(chunk))
    socket.on('close', () => this.#ended())
    // A reset or a broken pipe: 'close' follows, and a client that goes away is nothing to log.
    socket.on('error', () => socket.destroy())
  }

  onClose(listener: () => void): () => void {
    if (this.#closed) {
      listener()
      return () => {}
    }
    this.#closeListeners.add(listener)
    return () => {
      this.#closeListeners.delete(listener)
    }
  }

  close(reason: string): void {
    if (this.#closed) return
    const client = `${this.host}:${this.#socket.remotePort ?? 0}`
    this.#shared.logger.warn({ client, listener: this.listener }, `closing the connection: ${reason}`)
    this.end()
  }

  /** Ends without a log line: the broker stops, or the peer was idle. */
  end(): void {
    this.#socket.destroy()
    this.#ended()
  }

  /** Whether the peer waits for nothing. */
  get quiet(): boolean {
    return this.#requests.size === 0 && this.#answers.unsentBytes === 0
  }

  /** Bytes a ms at which the frame that holds a part of the bound has come in; infinite if there is none. */
  readingPace(now: number): number {
    if (this.#admittedBytes === 0) return Number.POSITIVE_INFINITY
    return this.#frames.partialBytes / Math.max(1, now - this.#admittedAt)
  }

  #received(chunk: Buffer): void {
    if (this.#closed) return
    this.idleSweeps = 0
    const bad = this.#frames.push(chunk, this.#onFrame)
    if (bad !== null) return this.close(bad.detail)
    if (this.#closed) return
    this.#admitFrame()
    this.#startRequests()
    this.#applyPressure()
  }

  readonly #onFrame = (frame: Buffer): void => {
    if (this.#closed) return
    this.#giveAdmitted()
    this.#requests.add(this.#shared.dispatch.accept(frame))
    this.#workingBytes += frame.length
    this.#shared.limits.working.take(frame.length)
  }

  /** A frame larger than the reserve goes on only when its declared length fits in the bound on requests being read. */
  #admitFrame(): void {
    const declared = this.#frames.declaredBytes
    if (declared <= RESERVE_BYTES || this.#admittedBytes > 0 || this.#waitsToRead) return
    if (this.#shared.limits.reading.admit(this.#readWaiter, declared, this.#shared.monotonic()))
      this.#admitted(declared)
    else this.#waitsToRead = true
  }

  readonly #readWaiter: Waiter = {
    admitted: () => {
      this.#waitsToRead = false
      this.#admitted(this.#frames.declaredBytes)
      this.#applyPressure()
    },
  }

  readonly #workWaiter: Waiter = {
    admitted: () => {
      this.#waitsToWork = false
      this.#shared.limits.working.give(1)
      this.#applyPressure()
    },
  }

  #admitted(declared: number): void {
    this.#admittedBytes = declared
    this.#admittedAt = this.#shared.monotonic()
  }

  #giveAdmitted(): void {
    if (this.#admittedBytes === 0) return
    const sizeBytes = this.#admittedBytes
    this.#admittedBytes = 0
    this.#shared.limits.reading.give(sizeBytes)
  }

  /** Pauses the socket while this connection is beyond its share or waits for a bound. */
  #applyPressure(): void {
    if (this.#closed) return
    const { working, workingShareBytes } = this.#shared.limits
    if (this.#workingBytes > 0 && working.free === 0 && !this.#waitsToWork) {
      this.#waitsToWork = !working.admit(this.#workWaiter, 1, this.#shared.monotonic())
    }
    const pause =
      this.#waitsToRead ||
      this.#waitsToWork ||
      this.#workingBytes > workingShareBytes ||
      this.#requests.size >= MAX_PENDING ||
      this.#answers.unsentBytes > MAX_UNSENT_BYTES
    if (pause === this.#paused) return
    this.#paused = pause
    if (pause) this.#socket.pause()
    else this.#socket.resume()
  }

  #drained(): void {
    if (this.#closed) return
    this.#startRequests()
    this.#applyPressure()
  }

  /** Starts what may start. Dispatch may answer while this runs: the loop sees to what that sets free. */
  #startRequests(): void {
    if (this.#starting) return
    this.#starting = true
    while (!this.#closed && this.#answers.unsentBytes <= MAX_UNSENT_BYTES) {
      const request = this.#requests.start()
      if (request === null) break
      this.#shared.dispatch.run(request, this)
    }
    this.#starting = false
  }

  /** For dispatch: the request has its place in the log, a following Produce may start. */
  placed(request: PendingRequest): void {
    this.#requests.placed(request)
    this.#startRequests()
  }

  /** For dispatch: the request waits for something that may take long, others may start, its frame is no longer in work. */
  parked(request: PendingRequest): void {
    this.#requests.parked(request)
    this.#discharge(request)
    this.#startRequests()
  }

  /** For dispatch: the answer's chunks, or null for none. */
  answered(request: PendingRequest, answer: readonly Buffer[] | null): void {
    if (this.#closed) return request.finish(this.#shared.limits.answers)
    this.#requests.answered(request, answer)
    this.#discharge(request)
    for (let done = this.#requests.shift(); done !== null; done = this.#requests.shift()) this.#answers.write(done)
    this.#startRequests()
    if (this.#paused) this.#applyPressure()
  }

  /** For dispatch: answer bytes left in the broker's bound and this connection's share. */
  room(): number {
    const { answers, answerShareBytes } = this.#shared.limits
    return this.#closed ? 0 : Math.max(0, Math.min(answers.free, answerShareBytes - this.#answers.unsentBytes))
  }

  /** For dispatch: takes up to so many of them. */
  reserve(request: PendingRequest, wantedBytes: number): number {
    const granted = Math.min(wantedBytes, this.room())
    request.reservedBytes += granted
    this.#shared.limits.answers.take(granted)
    return granted
  }

  #discharge(request: PendingRequest): void {
    if (!request.charged) return
    request.charged = false
    this.#workingBytes -= request.frame.length
    this.#shared.limits.working.give(request.frame.length)
  }

  #ended(): void {
    if (this.#closed) return
    this.#closed = true
    const { reading, working, answers } = this.#shared.limits
    reading.leave(this.#readWaiter)
    working.leave(this.#workWaiter)
    this.#giveAdmitted()
    for (const request of this.#requests.clear()) {
      this.#discharge(request)
      // One in work may still use what it holds: its answer, which nobody takes, finishes it.
      if (request.state === 'queued' || request.state === 'answered') request.finish(answers)
    }
    this.#answers.end()
    for (const listener of this.#closeListeners) listener()
    this.#closeListeners.clear()
    this.#shared.closed(this)
  }
}
