/**
 * Reads one partition for a Fetch: the checks that Kafka makes, in its order, then the batches.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import type { Slice } from '../../../storage/engine.ts'
import type { Topic } from '../../cluster/topic.ts'
import type { EpochEnd } from '../folds/epoch-starts.ts'
import type { FetchTarget } from './fetch-target.ts'
import type { Partition } from '../partition.ts'
import type { Partitions } from '../partitions.ts'
import type { AbortedTransaction } from '../folds/transaction-state.ts'
import type { Isolation } from '../waiters.ts'

/** What one partition has for a Fetch. Offsets are −1 where there is an error. */
export interface FetchResult {
  readonly target: FetchTarget
  readonly error: KafkaError | null
  readonly partition: Partition | null
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  /** The client's history leaves the log's here (KIP-595): it must truncate. */
  readonly diverging: EpochEnd | null
  /** Null unless asked for by read_committed. */
  readonly aborted: readonly AbortedTransaction[] | null
  /** Released by who takes the result. */
  readonly slice: Slice | null
}

/** How a Fetch reads, the same for all its partitions. */
export interface FetchReading {
  readonly partitions: Partitions
  readonly topics: { topic(name: string): Topic | undefined; topicById(id: string): Topic | undefined }
  readonly byTopicId: boolean
  readonly isolation: Isolation
  /** The broker that asks; below 0 it is a consumer. */
  readonly replicaId: number
}

/** The result of a partition that can't be read. */
export const failedResult = (target: FetchTarget, error: KafkaError): FetchResult => ({
  target,
  error,
  partition: null,
  highWatermark: -1,
  lastStableOffset: -1,
  logStartOffset: -1,
  diverging: null,
  // As Kafka answers what has no partition to be read (observed with Kafka 4.3).
  aborted: error.name === 'UNKNOWN_TOPIC_OR_PARTITION' || error.name === 'UNKNOWN_TOPIC_ID' ? [] : null,
  slice: null,
})

/** Reads at most `maxBytes` (or one batch with `atLeastOne`). Errors of the partition become its result; anything else is a bug and thrown. */
export const readTarget = (
  reading: FetchReading,
  target: FetchTarget,
  maxBytes: number,
  atLeastOne: boolean,
): FetchResult | Promise<FetchResult> => {
  try {
    const found = reading.partitions.find(topicOf(reading, target), target.index)
    if (found instanceof Promise)
      return found
        .then(partition => readPartition(reading, target, partition, maxBytes, atLeastOne))
        .catch((error: unknown) => failed(target, error))
    const result = readPartition(reading, target, found, maxBytes, atLeastOne)
    return result instanceof Promise ? result.catch((error: unknown) => failed(target, error)) : result
  } catch (error) {
    return failed(target, error)
  }
}

const failed = (target: FetchTarget, error: unknown): FetchResult => {
  if (error instanceof KafkaError) return failedResult(target, error)
  throw error
}

const topicOf = ({ topics, byTopicId }: FetchReading, target: FetchTarget): Topic => {
  if (!byTopicId) {
    const topic = topics.topic(target.topicName)
    if (topic !== undefined) return topic
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `no topic ${target.topicName}`)
  }
  const topic = topics.topicById(target.topicId)
  if (topic !== undefined) {
    target.topic = topic
    return topic
  }
  if (target.topic === null) throw new KafkaError('UNKNOWN_TOPIC_ID', `no topic has the id ${target.topicId}`)
  // The session knew it: another topic may have its name by now (KIP-516).
  if (topics.topic(target.topic.name) !== undefined)
    throw new KafkaError('INCONSISTENT_TOPIC_ID', `${target.topic.name} no longer has the id ${target.topicId}`)
  throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `${target.topic.name} was deleted`)
}

const readPartition = (
  reading: FetchReading,
  target: FetchTarget,
  partition: Partition,
  maxBytes: number,
  atLeastOne: boolean,
): FetchResult | Promise<FetchResult> => {
  const { isolation } = reading
  // Fetch alone takes every negative epoch for none (observed with Kafka 4.3).
  if (target.currentLeaderEpoch >= 0) checkLeaderEpoch(partition, target.currentLeaderEpoch)
  if (reading.replicaId >= 0)
    throw new KafkaError('NOT_LEADER_OR_FOLLOWER', `broker ${reading.replicaId} is no replica of ${partition.name}`)
  const diverging = divergingEpoch(partition, target)
  if (diverging !== null) return resultOf(target, partition, null, diverging, isolation)
  const { fetchOffset } = target
  if (fetchOffset < partition.logStartOffset || fetchOffset > partition.logEndOffset)
    throw new KafkaError(
      'OFFSET_OUT_OF_RANGE',
      `${partition.name} has offsets ${partition.logStartOffset} to ${partition.logEndOffset}, asked was ${fetchOffset}`,
    )
  if (fetchOffset >= partition.readableEnd(isolation)) return resultOf(target, partition, null, null, isolation)
  const slice = partition.read(fetchOffset, { maxBytes, isolation, atLeastOne })
  if (slice instanceof Promise) return slice.then(read => resultOf(target, partition, read, null, isolation))
  return resultOf(target, partition, slice, null, isolation)
}

/** Throws FENCED_LEADER_EPOCH for a client that knows an older epoch, UNKNOWN_LEADER_EPOCH for one that knows a newer (KIP-320); −1 passes. */
export const checkLeaderEpoch = (partition: Partition, known: number): void => {
  if (known === -1 || known === partition.leaderEpoch) return
  throw new KafkaError(
    known < partition.leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH',
    `${partition.name} has leader epoch ${partition.leaderEpoch}, the request ${known}`,
  )
}

const divergingEpoch = (partition: Partition, target: FetchTarget): EpochEnd | null => {
  const { lastFetchedEpoch, fetchOffset } = target
  if (lastFetchedEpoch < 0) return null
  const end = partition.folds.epochs.endOf(lastFetchedEpoch, partition.logEndOffset)
  if (end.epoch < 0 || fetchOffset < partition.logStartOffset)
    throw new KafkaError('OFFSET_OUT_OF_RANGE', `${partition.name} doesn't reach back to epoch ${lastFetchedEpoch}`)
  return end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset ? end : null
}

const resultOf = (
  target: FetchTarget,
  partition: Partition,
  slice: Slice | null,
  diverging: EpochEnd | null,
  isolation: Isolation,
): FetchResult => ({
  target,
  error: null,
  partition,
  highWatermark: partition.highWatermark,
  lastStableOffset: partition.lastStableOffset,
  logStartOffset: partition.logStartOffset,
  diverging,
  aborted: isolation === 'read_committed' ? abortedIn(partition, target.fetchOffset, slice) : null,
  slice,
})

const abortedIn = (partition: Partition, from: number, slice: Slice | null): readonly AbortedTransaction[] =>
  slice === null || slice.sizeBytes === 0 ? [] : partition.folds.transactions.abortedIn(from, slice.next)
