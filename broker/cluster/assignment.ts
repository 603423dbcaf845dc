/**
 * Which brokers keep a partition.
 */
import { KafkaError } from '../../protocol/errors.ts'

/** What is asked of `assignReplicas`. */
export interface Placement {
  /** Ids of the live brokers, in any order. */
  readonly brokers: readonly number[]
  readonly replicationFactor: number
  /** Index of the first partition to place. */
  readonly from: number
  /** Partitions to place. */
  readonly count: number
  /** An integer ≥ 0 that spreads topics over brokers: the same for all partitions of a topic, random for each topic. */
  readonly spread: number
}

/**
 * Replicas for each of `count` partitions, the preferred leader first: leaders go round the brokers, and so do followers,
 * with a step that grows each round so that the followers of one leader are spread too.
 * Throws INVALID_REPLICATION_FACTOR when there are too few brokers.
 */
export const assignReplicas = ({ brokers, replicationFactor, from, count, spread }: Placement): number[][] => {
  if (replicationFactor > brokers.length) {
    throw new KafkaError(
      'INVALID_REPLICATION_FACTOR',
      `Unable to replicate the partition ${replicationFactor} time(s): there are ${brokers.length} broker(s)`,
    )
  }
  const ring = brokers.toSorted((a, b) => a - b)
  const assignment: number[][] = []
  for (let index = from; index < from + count; index++) {
    const leader = (index + spread) % ring.length
    const round = Math.floor(index / ring.length)
    const replicas = [ring[leader]!]
    for (let follower = 0; follower < replicationFactor - 1; follower++) {
      const step = 1 + ((round + follower) % (ring.length - 1))
      replicas.push(ring[(leader + step) % ring.length]!)
    }
    assignment.push(replicas)
  }
  return assignment
}

/** Throws INVALID_REPLICA_ASSIGNMENT unless `replicas` is a list of different live brokers. */
export const checkReplicas = (replicas: readonly number[], brokers: readonly number[]): void => {
  const invalid = (problem: string) =>
    new KafkaError('INVALID_REPLICA_ASSIGNMENT', `The manual partition assignment includes ${problem}.`)
  if (replicas.length === 0) throw invalid('an empty replica list')
  for (const [index, broker] of replicas.entries()) {
    if (replicas.indexOf(broker) < index) throw invalid(`the broker ${broker} more than once`)
    if (!brokers.includes(broker)) throw invalid(`broker ${broker}, but no such broker is registered`)
  }
}
