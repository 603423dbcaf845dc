import type { Cancel, Clock } from '../clock.ts'

/** A clock that moves only when told; timers fire in the order of their deadlines. */
export class ManualClock implements Clock {
  #wall: number
  #monotonic = 0
  #sequence = 0
  readonly #timers = new Map<number, { readonly at: number; readonly fire: () => void }>()

  /** @param wall ms since the epoch at the start. */
  constructor(wall = 1_700_000_000_000) {
    this.#wall = wall
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#monotonic
  }

  after(delayMs: number, fire: () => void): Cancel {
    const id = ++this.#sequence
    this.#timers.set(id, { at: this.#monotonic + Math.max(0, delayMs), fire })
    return () => {
      this.#timers.delete(id)
    }
  }

  /** Timers not yet fired. */
  get pending(): number {
    return this.#timers.size
  }

  /** Moves both clocks by `ms`, firing what falls due on the way, and lets promises settle after each timer. */
  async advance(ms: number): Promise<void> {
    const target = this.#monotonic + ms
    for (;;) {
      await settled()
      const due = this.#nextDue(target)
      if (due === null) break
      this.#move(Math.max(this.#monotonic, due.at))
      this.#timers.delete(due.id)
      due.fire()
    }
    this.#move(target)
    await settled()
  }

  #nextDue(target: number): { id: number; at: number; fire: () => void } | null {
    let due: { id: number; at: number; fire: () => void } | null = null
    for (const [id, timer] of this.#timers) {
      if (timer.at <= target && (due === null || timer.at < due.at)) due = { id, ...timer }
    }
    return due
  }

  #move(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic
    this.#monotonic = monotonic
  }
}

/** Resolves when the promises and immediates that were ready have run. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>(resolve => setImmediate(resolve))
}
