import type { Cancel, Clock } from '../clock.ts'

/** A timer that fires later than this saw a paused process: input that came before its deadline may still be unread. */
const LATE_MS = 1000
/** How long such a timer lets the waiting input go first. */
const GRACE_MS = 100

interface Timer {
  /** The deadline, monotonic ms. */
  at: number
  /** What the clock was asked for; earlier than `at` when the deadline moved on since. */
  armedFor: number
  deferred: boolean
  stop: Cancel
}

/**
 * A machine's timers, by key, on the monotonic clock. Moving a deadline on (a heartbeat renews a session) costs no new
 * timer of the clock. A timer that fires more than a second late is queued once more behind the input that waited.
 */
export class ShardTimers {
  readonly #clock: Clock
  readonly #expired: (key: string, at: number) => void
  readonly #timers = new Map<string, Timer>()

  /** @param expired gets the key and the deadline, once for each timer. */
  constructor(clock: Clock, expired: (key: string, at: number) => void) {
    this.#clock = clock
    this.#expired = expired
  }

  /** Timers that run. */
  get size(): number {
    return this.#timers.size
  }

  /** Sets or moves the timer to the deadline `at`, monotonic ms. */
  set(key: string, at: number): void {
    const timer = this.#timers.get(key)
    if (timer !== undefined && timer.armedFor <= at) {
      timer.at = at
      return
    }
    timer?.stop()
    const fresh: Timer = { at, armedFor: at, deferred: false, stop: () => {} }
    this.#timers.set(key, fresh)
    this.#arm(key, fresh)
  }

  cancel(key: string): void {
    this.#timers.get(key)?.stop()
    this.#timers.delete(key)
  }

  clear(): void {
    for (const timer of this.#timers.values()) timer.stop()
    this.#timers.clear()
  }

  #arm(key: string, timer: Timer): void {
    timer.deferred = false
    timer.armedFor = Math.max(timer.at, this.#clock.monotonic())
    timer.stop = this.#clock.after(timer.armedFor - this.#clock.monotonic(), () => this.#fired(key, timer))
  }

  #fired(key: string, timer: Timer): void {
    const now = this.#clock.monotonic()
    if (now < timer.at) {
      this.#arm(key, timer)
    } else if (now - timer.armedFor > LATE_MS && !timer.deferred) {
      timer.deferred = true
      timer.stop = this.#clock.after(GRACE_MS, () => this.#fired(key, timer))
    } else {
      this.#timers.delete(key)
      this.#expired(key, timer.at)
    }
  }
}
