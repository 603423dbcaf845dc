/**
 * Time for a machine without a shard: it passes when told, and its timers fire then.
 */
import type { Effect, Now } from './machine.ts'

const WALL_AT_START = 1_700_000_000_000

/** A timer that fires. */
export interface Fired {
  readonly key: string
  /** Its deadline, monotonic ms. */
  readonly at: number
  /** How much of the time that was to pass has passed until it fired. */
  readonly passedMs: number
}

/** Both clocks, and the timers that a machine's effects have set. */
export class ToldTime {
  readonly #timers = new Map<string, number>()
  #elapsedMs = 0

  /** Ms since the start. */
  get elapsedMs(): number {
    return this.#elapsedMs
  }

  get now(): Now {
    return { wall: WALL_AT_START + this.#elapsedMs, monotonic: this.#elapsedMs }
  }

  /** Sets and cancels the timers that the effects say. */
  keep(effects: readonly Effect<unknown>[]): void {
    for (const effect of effects) {
      if (effect.type === 'wake') this.#timers.set(effect.key, effect.at)
      else if (effect.type === 'cancel') this.#timers.delete(effect.key)
    }
  }

  /** The machine is lost, and its timers with it. */
  forget(): void {
    this.#timers.clear()
  }

  /** Time passes up to the next timer that is due within `ms`, which fires; or by all of `ms`, and null. */
  pass(ms: number): Fired | null {
    let due: { key: string; at: number } | null = null
    for (const [key, at] of this.#timers) if (due === null || at < due.at) due = { key, at }
    if (due === null || due.at > this.#elapsedMs + ms) {
      this.#elapsedMs += ms
      return null
    }
    const passedMs = Math.max(0, due.at - this.#elapsedMs)
    this.#elapsedMs += passedMs
    this.#timers.delete(due.key)
    return { ...due, passedMs }
  }
}
