/** Carries out the schedules of faults. */
import { setTimeout as delay } from 'node:timers/promises'
import { SeededRandom } from '../seeded-random.ts'
import { type Fault, faults, type Victims } from './faults.ts'
import { scheduleOf } from './schedule.ts'

/** Which faults a run can have, and for how long. */
export interface NemesisOptions {
  readonly seed: number
  readonly durationMs: number
  /** Names of faults; all that are possible where undefined. */
  readonly only: readonly string[] | undefined
  readonly ownBroker: boolean
  readonly durable: boolean
  readonly transactions: boolean
}

/** Hurts the victims until the time is over, and heals them: when {@link run} resolves, no fault is left. */
export class Nemesis {
  readonly #victims: Victims
  readonly #options: NemesisOptions
  /** How often each fault came. */
  readonly counts = new Map<string, number>()

  constructor(victims: Victims, options: NemesisOptions) {
    this.#victims = victims
    this.#options = options
  }

  /** Rejects where a fault can't be undone, as when the broker doesn't start again. */
  async run(): Promise<void> {
    await Promise.all([this.#lane('broker', 1), this.#lane('clients', 2)])
  }

  async #lane(lane: Fault['lane'], number: number): Promise<void> {
    const { seed, durationMs } = this.#options
    const possible = faults.filter(fault => fault.lane === lane && this.#isPossible(fault))
    const until = performance.now() + durationMs
    for (const step of scheduleOf(seed * 10 + number, possible, durationMs)) {
      await delay(Math.max(0, Math.min(step.waitMs, until - performance.now())))
      if (performance.now() >= until) return
      const fault = possible.find(({ name }) => name === step.fault) as Fault
      this.#victims.history.note({ do: 'fault', fault: fault.name, state: 'begins', detail: `for ${step.ms} ms` })
      const detail = await fault.play(this.#victims, step.ms, new SeededRandom(step.seed))
      this.#victims.history.note({ do: 'fault', fault: fault.name, state: 'over', detail })
      this.counts.set(fault.name, (this.counts.get(fault.name) ?? 0) + 1)
    }
    const rest = until - performance.now()
    if (rest > 0) await delay(rest)
  }

  #isPossible({ name, needs }: Fault): boolean {
    const { only, ownBroker, durable, transactions } = this.#options
    if (only !== undefined && !only.includes(name)) return false
    const there = { nothing: true, transactions, broker: ownBroker, durable: ownBroker && durable }
    return there[needs]
  }
}
