import { codeOf, type ErrorName, type KafkaError } from '../../protocol/errors.ts'
import { OffsetCommit } from '../../protocol/messages/offset-commit.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { OffsetToCommit } from '../groups/group-events.ts'
import { handler } from './handler.ts'

/** From this version a generation of a group that isn't there is told apart from a wrong one (KIP-848). */
const UNKNOWN_GROUP_FROM = 9
/** From this version topics are named by their ids (KIP-848). */
const TOPIC_IDS_FROM = 10

type Request = RequestOf<typeof OffsetCommit>

/**
 * Commits offsets, of a member or of a group without members. Per partition: UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID,
 * and those of `groups/offset-commit.ts`. Other partitions of the request are committed.
 */
export const offsetCommit = handler(OffsetCommit, {
  async handle(request, { apiVersion }, { groups, cluster }) {
    const { errors, offsets } = resolved(request, cluster, apiVersion >= TOPIC_IDS_FROM)
    if (offsets.length > 0) {
      const committed = await groups.ask({
        type: 'commit',
        groupId: request.groupId,
        generationId: request.generationIdOrMemberEpoch,
        memberId: request.memberId,
        groupInstanceId: request.groupInstanceId,
        retentionTimeMs: request.retentionTimeMs,
        unknownGroup: apiVersion >= UNKNOWN_GROUP_FROM ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION',
        offsets,
      })
      fillIn(errors, committed)
    }
    return response(request, errors)
  },
  refuse: (request, error: KafkaError) =>
    response(
      request,
      request.topics.map(({ partitions }) => partitions.map(() => error.name)),
    ),
})

/** By topic and partition as asked: what is wrong with it, null for those that are `offsets`, in the same order. */
const resolved = (request: Request, cluster: Cluster, byId: boolean) => {
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
        commitTimestamp: asked.commitTimestamp,
      })
      return null
    })
  })
  return { errors, offsets }
}

const fillIn = (errors: readonly (ErrorName | null)[][], committed: readonly ErrorName[]): void => {
  let next = 0
  for (const partitions of errors) {
    for (const [index, error] of partitions.entries()) if (error === null) partitions[index] = committed[next++]!
  }
}

const response = (
  { topics }: Request,
  errors: readonly (readonly (ErrorName | null)[])[],
): ResponseOf<typeof OffsetCommit> => ({
  topics: topics.map(({ name, topicId, partitions }, topicIndex) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }, index) => ({
      partitionIndex,
      errorCode: codeOf(errors[topicIndex]![index] ?? 'NONE'),
    })),
  })),
})
