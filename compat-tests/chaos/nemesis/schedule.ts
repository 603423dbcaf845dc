/** When which fault comes: decided by the seed, before anything runs. */
import { SeededRandom } from '../seeded-random.ts'

/** What a schedule needs to know of a fault. */
export interface Plannable {
  readonly name: string
  /** How often it comes, beside the others. */
  readonly weight: number
  /** The longest that it lasts; short ones are more frequent. */
  readonly maxMs: number
}

/** One fault of a schedule. */
export interface Step {
  /** From the end of the step before. */
  readonly waitMs: number
  readonly fault: string
  /** How long it lasts. */
  readonly ms: number
  /** For what the fault decides itself. */
  readonly seed: number
}

/** The pauses between faults: sometimes none, so that a fault hits what still suffers from the one before. */
const maxWaitMs = 4000

/** Faults for about `durationMs`, the same ones for the same seed. */
export function scheduleOf(seed: number, faults: readonly Plannable[], durationMs: number): readonly Step[] {
  const random = new SeededRandom(seed)
  const lots = faults.flatMap(fault => Array.from({ length: fault.weight }, () => fault))
  const steps: Step[] = []
  for (let atMs = 0; atMs < durationMs && lots.length > 0; ) {
    const { name, maxMs } = random.pick(lots)
    const waitMs = random.fraction() < 0.15 ? 0 : random.between(300, maxWaitMs)
    const ms = Math.round(random.fraction() ** 2 * maxMs)
    steps.push({ waitMs, fault: name, ms, seed: random.between(0, 2 ** 31) })
    atMs += waitMs + ms
  }
  return steps
}
