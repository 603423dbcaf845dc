/** Where Samsa answers otherwise than Kafka, on purpose. What isn't listed here must be the same. */
import type { Difference } from './transcript.ts'

/** One difference that is meant to be. */
export interface Deviation {
  /** Id of the exchange. */
  readonly exchange: string
  /** The step's label, API included. */
  readonly step: string
  /** Versions it occurs in, both ends included; all of the step by default. */
  readonly versions?: readonly [from: number, to: number]
  /** A part of Samsa's answer that Kafka's doesn't have. */
  readonly samsa: string
  readonly reason: string
}

/** All of them, by exchange. */
export const deviations: readonly Deviation[] = []

/** Whether a deviation explains a difference. */
export const explains = (
  deviation: Deviation,
  { exchange, step, version, recorded, answered }: Difference,
): boolean => {
  const [from, to] = deviation.versions ?? [0, Number.POSITIVE_INFINITY]
  return (
    deviation.exchange === exchange &&
    deviation.step === step &&
    from <= version &&
    version <= to &&
    answered.includes(deviation.samsa) &&
    !recorded.includes(deviation.samsa)
  )
}
