import type { Clock } from '../../clock.ts'

/** How long a slice of background work holds the event loop, ms: what a request waits for it at most, besides its last step. */
const SLICE_MS = 4

/** Lets the event loop run when a slice of work was long enough: `if (slices.over) await slices.breathe()`. */
export class Slices {
  readonly #clock: Clock
  #startedMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startedMs = clock.monotonic()
  }

  get over(): boolean {
    return this.#clock.monotonic() - this.#startedMs >= SLICE_MS
  }

  /** Resolves when all else that was ready has run; the next slice begins then. */
  breathe(): Promise<void> {
    return new Promise(resolve =>
      setImmediate(() => {
        this.#startedMs = this.#clock.monotonic()
        resolve()
      }),
    )
  }
}
