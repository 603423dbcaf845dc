/**
 * The lease under which one broker appends to a log. It makes fast, the expected end makes safe: a broker that lost its
 * lease can't write a wrong byte, it only learns sooner that it isn't the one.
 */
import type { Leases } from '../../storage/engine.ts'
import type { Clock } from '../clock.ts'

/** How long a broker that says nothing keeps a lease. */
const TIME_TO_LIVE_MS = 10_000
/** A confirmation is good for so long: less than the lease lives, for clocks that run apart and answers that take time. */
const GOOD_FOR_MS = TIME_TO_LIVE_MS / 2

/** What a lease is of. */
export interface LogLeaseOptions {
  readonly leases: Leases
  readonly clock: Clock
  /** The lease's name: the log's id. */
  readonly name: string
  /** Who holds it: the broker's id. */
  readonly holder: string
}

/** One broker's hold on one log. */
export class LogLease {
  readonly #options: LogLeaseOptions
  /** Monotonic ms until which it needs no confirmation. */
  #goodUntilMs = Number.NEGATIVE_INFINITY
  #fence = 0

  constructor(options: LogLeaseOptions) {
    this.#options = options
  }

  /** Whether the broker holds the lease: taken if it is free, renewed if it is due. At once while the last time is good. */
  confirm(): boolean | Promise<boolean> {
    return this.#options.clock.monotonic() < this.#goodUntilMs || this.#acquire()
  }

  /** The number of the hold, which is higher than that of all holders before; 0 before the first. */
  get fence(): number {
    return this.#fence
  }

  /** Gives it back, for another to take at once. */
  async release(): Promise<void> {
    this.#goodUntilMs = Number.NEGATIVE_INFINITY
    await this.#options.leases.release(this.#options.name, this.#options.holder)
  }

  async #acquire(): Promise<boolean> {
    const { leases, clock, name, holder } = this.#options
    // From before the question: the time that the answer takes is the lease's, not ours.
    const askedMs = clock.monotonic()
    const lease = await leases.acquire(name, holder, TIME_TO_LIVE_MS)
    if (lease.holder !== holder) return false
    this.#fence = lease.fence
    this.#goodUntilMs = askedMs + GOOD_FOR_MS
    return true
  }
}
