import type { Random } from '../clock.ts'

/** The same sequence for the same seed (mulberry32): for tests and simulations, which print their seed. */
export class SeededRandom implements Random {
  #state: number

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

  integer(below: number): number {
    return Math.floor(this.fraction() * below)
  }

  uuid(): string {
    for (;;) {
      const id = Buffer.from(Array.from({ length: 16 }, () => this.integer(256))).toString('base64url')
      if (!id.startsWith('-')) return id
    }
  }
}
