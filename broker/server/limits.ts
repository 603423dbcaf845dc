/**
 * The bounds that all connections of a broker share. Requests being read, requests in work and answers not yet taken each
 * have one of their own, so that no peer's behaviour in one can starve the others.
 */
import { Budget } from './budget.ts'

/**
 * Requests up to this size are read whatever the bound says: the reserve that keeps small requests flowing. It is what
 * one read of a socket may bring anyway.
 */
export const RESERVE_BYTES = 64 * 1024

/** Requests of one connection that may be in work or wait for their turn. */
export const MAX_PENDING = 256

/** Unsent answer bytes of one connection beyond which none of its requests starts. */
export const MAX_UNSENT_BYTES = 1024 * 1024

/** The bounds, in bytes, by the settings they come from. */
export interface LimitOptions {
  /** `socket.request.max.bytes` */
  readonly maxRequestBytes: number
  /** `queued.max.request.bytes`: for requests being read, and again for requests in work. */
  readonly queuedBytes: number
  /** `samsa.queued.max.response.bytes`: for answers not yet taken. */
  readonly answerBytes: number
}

/** The shared bounds of one broker. */
export class Limits {
  readonly maxRequestBytes: number
  readonly reading: Budget
  readonly working: Budget
  readonly answers: Budget
  /** Of the requests in work, one connection's share: beyond it its socket is paused. */
  readonly workingShareBytes: number
  /** Of the answers not yet taken, what one connection may reserve. */
  readonly answerShareBytes: number

  constructor(options: LimitOptions) {
    this.maxRequestBytes = options.maxRequestBytes
    this.reading = new Budget(options.queuedBytes)
    this.working = new Budget(options.queuedBytes)
    this.answers = new Budget(options.answerBytes)
    this.workingShareBytes = Math.max(1, Math.floor(options.queuedBytes / 4))
    this.answerShareBytes = Math.max(1, Math.floor(options.answerBytes * 0.75))
  }
}
