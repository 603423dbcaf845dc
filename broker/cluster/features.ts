/** A feature of the cluster (KIP-584): the levels this software can run with, and the one it runs with. */
export interface Feature {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly level: number
}

/**
 * The features that ApiVersions tells clients. Only what is served is named; `metadata.version` is that of Kafka 4.3
 * (level 30), by which tools know what the admin APIs can do.
 */
export const features: readonly Feature[] = [{ name: 'metadata.version', min: 7, max: 30, level: 30 }]
