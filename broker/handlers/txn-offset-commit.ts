import { codeOf, type ErrorName, KafkaError } from '../../protocol/errors.ts'
import { TxnOffsetCommit } from '../../protocol/messages/txn-offset-commit.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { OffsetToCommit } from '../groups/group-events.ts'
import { verifyOffsets } from '../groups/verify-offsets.ts'
import { handler } from './handler.ts'

/** From this version topics are named by their ids. */
const TOPIC_IDS_FROM = 6

type Request = RequestOf<typeof TxnOffsetCommit>
type Errors = (ErrorName | null)[][]

/**
 * TxnOffsetCommit: offsets that count when the producer's transaction commits. Per partition: UNKNOWN_TOPIC_OR_PARTITION,
 * UNKNOWN_TOPIC_ID, and of all others INVALID_GROUP_ID, those of `verifyOffsets` and of `groups/txn-offset-commit.ts`.
 */
export const txnOffsetCommit = handler(TxnOffsetCommit, {
  async handle(request, { apiVersion }, broker) {
    const { groupId, transactionalId, producerId: id, producerEpoch: epoch } = request
    const byId = apiVersion >= TOPIC_IDS_FROM
    const asked = resolved(request, broker.cluster, byId)
    if (asked.offsets.length === 0) return response(request, asked.errors)
    const producer = { id, epoch }
    try {
      if (groupId === '') throw new KafkaError('INVALID_GROUP_ID', 'the group has no name')
      const { generationIdOrMemberEpoch: generationId, memberId, groupInstanceId } = request
      const member = { generationId, memberId, groupInstanceId }
      for (let again = false; ; again = true) {
        const verified = await verifyOffsets(broker, { transactionalId, groupId, producer }, apiVersion)
        // Topics may have gone meanwhile, and their offsets with them.
        const { errors, offsets } = resolved(request, broker.cluster, byId)
        const commit = { type: 'txnCommit', groupId, producer, verified, ...member, offsets } as const
        const committed = await broker.groups.ask(commit)
        // A machine that was loaded again in between knows nothing of what was verified.
        if (verified === null || again || !committed.includes('INVALID_TXN_STATE'))
          return response(request, filled(errors, committed))
      }
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      return response(request, filled(asked.errors, error.name))
    }
  },
  refuse: (request, error) =>
    response(
      request,
      request.topics.map(({ partitions }) => partitions.map(() => error.name)),
    ),
})

/** By topic and partition as asked: what is wrong with it, null for those that are `offsets`, in the same order. */
const resolved = (request: Request, cluster: Cluster, byId: boolean): { errors: Errors; offsets: OffsetToCommit[] } => {
  const offsets: OffsetToCommit[] = []
  const errors = request.topics.map(({ name, topicId, partitions }) => {
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
        commitTimestamp: -1,
      })
      return null
    })
  })
  return { errors, offsets }
}

/** @param committed of those without an error, in their order, or of all of them */
const filled = (errors: Errors, committed: readonly ErrorName[] | ErrorName): Errors => {
  let next = 0
  return errors.map(partitions =>
    partitions.map(error => error ?? (typeof committed === 'string' ? committed : committed[next++]!)),
  )
}

const response = ({ topics }: Request, errors: Errors): ResponseOf<typeof TxnOffsetCommit> => ({
  throttleTimeMs: 0,
  topics: topics.map(({ name, topicId, partitions }, topicIndex) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }, index) => ({
      partitionIndex,
      errorCode: codeOf(errors[topicIndex]![index] ?? 'NONE'),
    })),
  })),
})
