/**
 * The features that a cluster agrees on (KIP-584): what is served at which level, so that tools and clients know.
 */

/** A feature: the levels that this software can run with. */
export interface Feature {
  readonly name: FeatureName
  /** Lowest and highest level, inclusive; 0 is off. */
  readonly min: number
  readonly max: number
  /** The level of a cluster that has said nothing else. */
  readonly initial: number
}

/** What has levels here. */
export type FeatureName = 'metadata.version' | 'transaction.version'

/**
 * Only what is served is named. `metadata.version` is that of Kafka 4.3 (level 30), by which tools know what the admin APIs
 * can do. `transaction.version`: 1 is flexible records, 2 the second version of transactions (KIP-890).
 */
export const supportedFeatures: readonly Feature[] = [
  { name: 'metadata.version', min: 7, max: 30, initial: 30 },
  { name: 'transaction.version', min: 0, max: 2, initial: 2 },
]

/** The levels that a cluster runs with; a frozen snapshot. */
export class Features {
  /** Rises with every change. */
  readonly epoch: number
  readonly #levels: ReadonlyMap<string, number>

  /** @param levels by name, where they aren't the initial ones; names that this software doesn't know are passed over */
  constructor(epoch: number, levels: ReadonlyMap<string, number>) {
    this.epoch = epoch
    this.#levels = levels
  }

  /** The feature's level, 0 if it is off. */
  level(name: FeatureName): number {
    return this.#levels.get(name) ?? supportedFeatures.find(feature => feature.name === name)!.initial
  }

  /** All levels that were ever said, by name. */
  get levels(): ReadonlyMap<string, number> {
    return this.#levels
  }
}
