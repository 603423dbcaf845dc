/**
 * Holds background work to a rate (`log.cleaner.io.max.bytes.per.second`).
 */
import type { Cancel, Clock } from '../../clock.ts'

/** What was spent is paid for in pieces no shorter than this, ms. */
const MIN_WAIT_MS = 10

/** One rate for all who spend. */
export class Throttle {
  readonly #clock: Clock
  readonly #bytesPerSecond: () => number
  readonly #waiting = new Map<() => void, Cancel>()
  /** Monotonic, ms: until then what was spent isn't made up for. */
  #paidMs = 0
  #open = false

  /** @param bytesPerSecond as it is now; Infinity or so for none. */
  constructor(clock: Clock, bytesPerSecond: () => number) {
    this.#clock = clock
    this.#bytesPerSecond = bytesPerSecond
  }

  /** Counts bytes that were read or written; null if the work may go on, else it waits. */
  spend(bytes: number): Promise<void> | null {
    const now = this.#clock.monotonic()
    this.#paidMs = Math.max(this.#paidMs, now) + (bytes * 1000) / this.#bytesPerSecond()
    const waitMs = this.#paidMs - now
    if (waitMs < MIN_WAIT_MS || this.#open) return null
    return new Promise(resolve => {
      const go = (): void => {
        this.#waiting.delete(go)
        resolve()
      }
      this.#waiting.set(go, this.#clock.after(waitMs, go))
    })
  }

  /** Nobody waits any more. */
  lift(): void {
    this.#open = true
    for (const [go, cancel] of [...this.#waiting]) {
      cancel()
      go()
    }
  }
}
