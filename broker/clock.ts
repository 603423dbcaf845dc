/**
 * Time and randomness come in from outside, so that tests and simulations move them by hand.
 */
import { randomBytes, randomInt } from 'node:crypto'

/** Stops a timer; harmless when it has fired. */
export type Cancel = () => void

/** Time: two clocks, and timers on the monotonic one. */
export interface Clock {
  /** Wall clock, ms since the epoch: what records and retention are stamped and judged with. */
  now(): number
  /** Monotonic ms since an arbitrary start: what durations and deadlines are measured with. */
  monotonic(): number
  /** Calls `fire` once, `delayMs` from now on the monotonic clock. */
  after(delayMs: number, fire: () => void): Cancel
}

/** Chance. */
export interface Random {
  /** 22 characters of base64url: Kafka's form of a 16-byte id. Never the zero id, never with a leading dash (as Kafka's). */
  uuid(): string
  /** An integer in [0, below). */
  integer(below: number): number
}

/** The machine's own time. Its timers don't keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, fire) {
    const timer = setTimeout(fire, Math.min(delayMs, 0x7fffffff))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** The machine's own chance, fit for ids that nobody may guess. */
export const systemRandom: Random = {
  uuid() {
    for (;;) {
      const id = randomBytes(16).toString('base64url')
      if (!id.startsWith('-') && id !== 'AAAAAAAAAAAAAAAAAAAAAA') return id
    }
  },
  integer: below => randomInt(below),
}
