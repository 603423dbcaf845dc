/**
 * Where a transactional id stands: its producer and the transaction that it has open or had last.
 */
import type { TopicPartition } from '../cluster/peers.ts'

/** Kafka's names of the states, as the tools show them. A state's number in the log is its place here. */
export const transactionStates = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
] as const

/** One of them. `Dead` and `PrepareEpochFence` are never in the log of this broker: it changes state in one write. */
export type TransactionState = (typeof transactionStates)[number]

/** Partition indexes by topic. */
export type PartitionsByTopic = ReadonlyMap<string, ReadonlySet<number>>

/** No id of a producer, no epoch, no time. */
export const NONE = -1

/** The last epoch that a producer is given; the one above it is for the marker that ends the last transaction of its id. */
export const LAST_EPOCH = 0x7ffe

/** A snapshot; a change makes another one. Times are wall ms. */
export interface Transaction {
  readonly transactionalId: string
  readonly producerId: number
  /** The id before the present one, whose last EndTxn may still be repeated; the present one if there was none. */
  readonly previousProducerId: number
  /** The id to go on with when the transaction that is being ended was the last of this one. −1: none. */
  readonly nextProducerId: number
  readonly producerEpoch: number
  /** The epoch before the present one, if its owner may ask again; known until the next load. −1: none. */
  readonly lastProducerEpoch: number
  readonly timeoutMs: number
  readonly state: TransactionState
  /** Of the open transaction, and until all have their markers. */
  readonly partitions: PartitionsByTopic
  readonly lastUpdateMs: number
  /** Of the open or last transaction; −1: there was none. */
  readonly startMs: number
  /** What the client of this transaction goes by: 2 (KIP-890) or less. */
  readonly clientVersion: number
}

/** Whether no epoch is left for another producer of this id. */
export const isExhausted = (producerEpoch: number): boolean => producerEpoch >= LAST_EPOCH

/** Whether the epoch is the present producer's: nobody is given the one that only markers have. */
export const isCurrent = ({ producerEpoch }: Transaction, asked: number): boolean =>
  asked === producerEpoch && asked <= LAST_EPOCH

/** Whether the transaction is being ended: its decision is durable, its markers aren't yet. */
export const isPrepared = (state: TransactionState): boolean => state === 'PrepareCommit' || state === 'PrepareAbort'

/** Whether all of `partitions` are among those of the transaction. */
export const hasAll = (of: PartitionsByTopic, partitions: readonly TopicPartition[]): boolean =>
  partitions.every(({ topic, partition }) => of.get(topic)?.has(partition) === true)

/** Both together. */
export const withPartitions = (of: PartitionsByTopic, partitions: readonly TopicPartition[]): PartitionsByTopic => {
  const joined = new Map<string, Set<number>>(Array.from(of, ([topic, indexes]) => [topic, new Set(indexes)]))
  for (const { topic, partition } of partitions) {
    const indexes = joined.get(topic)
    if (indexes === undefined) joined.set(topic, new Set([partition]))
    else indexes.add(partition)
  }
  return joined
}

/** One by one. */
export const listed = (of: PartitionsByTopic): TopicPartition[] =>
  [...of].flatMap(([topic, indexes]) => Array.from(indexes, partition => ({ topic, partition })))
