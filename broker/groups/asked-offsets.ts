/**
 * What OffsetCommit and TxnOffsetCommit have in common: offsets by topic and partition as a client asks, and the errors that it is answered, in the
 * same order.
 */
import { codeOf, type ErrorName } from '../../protocol/errors.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { OffsetToCommit } from './group-events.ts'

/** A topic as it is asked: by name, or by id. */
export interface AskedTopic {
  readonly name: string
  readonly topicId: string
  readonly partitions: readonly {
    readonly partitionIndex: number
    readonly committedOffset: number
    readonly committedLeaderEpoch: number
    readonly committedMetadata: string | null
    /** ms since the epoch; −1, or not there: the time of the commit. */
    readonly commitTimestamp?: number
  }[]
}

/** By topic and partition as asked: what is wrong with it, null while nothing is known to be. */
export type OffsetErrors = readonly (readonly (ErrorName | null)[])[]

/** Which of the offsets can be committed, UNKNOWN_TOPIC_OR_PARTITION or UNKNOWN_TOPIC_ID for the others. The offsets stand in the order of the nulls. */
export const resolveOffsets = (
  topics: readonly AskedTopic[],
  cluster: Pick<Cluster, 'topic' | 'topicById'>,
  byId: boolean,
): { readonly errors: OffsetErrors; readonly offsets: readonly OffsetToCommit[] } => {
  const offsets: OffsetToCommit[] = []
  const errors = topics.map(({ name, topicId, partitions }) => {
    const topic = byId ? cluster.topicById(topicId) : cluster.topic(name)
    return partitions.map((asked): ErrorName | null => {
      if (byId && topic === undefined) return 'UNKNOWN_TOPIC_ID'
      if (topic?.partitions[asked.partitionIndex] === undefined) return 'UNKNOWN_TOPIC_OR_PARTITION'
      offsets.push({
        topic: topic.name,
        topicId: topic.id,
        partition: asked.partitionIndex,
        offset: asked.committedOffset,
        leaderEpoch: asked.committedLeaderEpoch,
        metadata: asked.committedMetadata ?? '',
        commitTimestamp: asked.commitTimestamp ?? -1,
      })
      return null
    })
  })
  return { errors, offsets }
}

/** The errors with the outcomes of the commit in the place of the nulls. @param committed in their order, or one for all */
export const withOutcomes = (errors: OffsetErrors, committed: readonly ErrorName[] | ErrorName): OffsetErrors => {
  let next = 0
  return errors.map(partitions =>
    partitions.map(error => error ?? (typeof committed === 'string' ? committed : committed[next++]!)),
  )
}

/** One error for every partition that was asked. */
export const allOffsets = (topics: readonly AskedTopic[], error: ErrorName): OffsetErrors =>
  topics.map(({ partitions }) => partitions.map(() => error))

/** The topics of the answer. */
export const answeredOffsets = (topics: readonly AskedTopic[], errors: OffsetErrors) =>
  topics.map(({ name, topicId, partitions }, topicIndex) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }, index) => ({
      partitionIndex,
      errorCode: codeOf(errors[topicIndex]![index] ?? 'NONE'),
    })),
  }))
