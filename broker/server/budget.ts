/**
 * A bound in bytes that many share, with those who wait for room in the order they came.
 */

/** Who waits for room. The same object waits at most once in a budget. */
export interface Waiter {
  /** There is room, and it was taken for the waiter. */
  admitted(): void
}

interface Place {
  readonly sizeBytes: number
  readonly since: number
}

/** A bound; single-threaded, so that taking needs no lock. */
export class Budget {
  readonly limit: number
  #used = 0
  readonly #waiting = new Map<Waiter, Place>()

  /** @param limit in bytes, finite. */
  constructor(limit: number) {
    this.limit = limit
  }

  get used(): number {
    return this.#used
  }

  /** Bytes that may still be taken; never negative. */
  get free(): number {
    return Math.max(0, this.limit - this.#used)
  }

  /** Counts bytes that are there already, whether or not they fit; the taker sees to it that no more come. */
  take(sizeBytes: number): void {
    this.#used += sizeBytes
  }

  /**
   * Takes `sizeBytes` if they fit and nobody waits; else the waiter is told when they were taken for it. What is larger
   * than the whole bound is let in alone, so that nobody waits for ever.
   * @param now monotonic ms
   */
  admit(waiter: Waiter, sizeBytes: number, now: number): boolean {
    if (this.#waiting.size === 0 && this.#fits(sizeBytes)) {
      this.#used += sizeBytes
      return true
    }
    if (!this.#waiting.has(waiter)) this.#waiting.set(waiter, { sizeBytes, since: now })
    return false
  }

  /** Gives bytes back and lets in those who wait, in order, as long as the next one fits. */
  give(sizeBytes: number): void {
    this.#used -= sizeBytes
    for (const [waiter, place] of this.#waiting) {
      if (!this.#fits(place.sizeBytes)) return
      this.#waiting.delete(waiter)
      this.#used += place.sizeBytes
      waiter.admitted()
    }
  }

  /** Takes back a wait. */
  leave(waiter: Waiter): void {
    this.#waiting.delete(waiter)
  }

  /** Since when (monotonic ms) the first in the line waits; null if nobody does. */
  get waitingSince(): number | null {
    for (const place of this.#waiting.values()) return place.since
    return null
  }

  #fits(sizeBytes: number): boolean {
    return this.#used === 0 || this.#used + sizeBytes <= this.limit
  }
}
