/** Randomness that a seed decides. */
export class SeededRandom {
  #state: number

  /** @param seed a whole number; the same seed gives the same sequence (mulberry32) */
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** In [0, 1). */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  /** A whole number in [from, to). */
  between(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from))
  }

  /** One of `items`, of which there is one at least. */
  pick<T>(items: readonly T[]): T {
    return items[this.between(0, items.length)] as T
  }
}
