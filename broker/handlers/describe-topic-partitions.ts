import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { DescribeTopicPartitions } from '../../protocol/messages/describe-topic-partitions.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import { allOperations, NO_OPERATIONS } from '../cluster/authorised-operations.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isInternalTopic, type Topic, ZERO_TOPIC_ID } from '../cluster/topic.ts'
import { checkTopicName } from '../cluster/topic-names.ts'
import { handler } from './handler.ts'

type Request = RequestOf<typeof DescribeTopicPartitions>
type TopicAnswer = ResponseOf<typeof DescribeTopicPartitions>['topics'][number]
type Cursor = NonNullable<Request['cursor']>

/**
 * DescribeTopicPartitions: topics in the order of their names, page by page (KIP-966). A page ends after
 * `responsePartitionLimit` partitions, or after the broker's limit, and says where the next one begins.
 */
export const describeTopicPartitions = handler(DescribeTopicPartitions, {
  handle(request, _context, { cluster, config }) {
    const limit = Math.min(config.get('max.request.partition.size.limit'), Math.max(1, request.responsePartitionLimit))
    checkCursor(request)
    return page(namesFrom(request, cluster), request.cursor, limit, cluster)
  },
  refuse: (request, error) => ({ topics: request.topics.map(({ name }) => failed(name, error, NO_OPERATIONS)) }),
})

/** Throws INVALID_REQUEST for a cursor that no earlier page of this request can have ended with. */
const checkCursor = ({ topics, cursor }: Request): void => {
  if (cursor === null) return
  if (cursor.partitionIndex < 0) throw new KafkaError('INVALID_REQUEST', 'The cursor has a negative partition index')
  if (topics.length > 0 && !topics.some(({ name }) => name === cursor.topicName)) {
    throw new KafkaError('INVALID_REQUEST', `The topics asked for don't contain the cursor's, ${cursor.topicName}`)
  }
}

/** The names asked for (all, if none is), in order, from the cursor's on. */
const namesFrom = ({ topics, cursor }: Request, cluster: Cluster): readonly string[] => {
  const names =
    topics.length > 0
      ? new Set(topics.map(({ name }) => name))
      : new Set(Array.from(cluster.topics(), ({ name }) => name))
  return [...names].filter(name => cursor === null || name >= cursor.topicName).sort()
}

const page = (
  names: readonly string[],
  cursor: Cursor | null,
  limit: number,
  cluster: Cluster,
): ResponseOf<typeof DescribeTopicPartitions> => {
  const topics: TopicAnswer[] = []
  let room = limit
  for (const name of names) {
    const from = cursor?.topicName === name ? cursor.partitionIndex : 0
    if (room <= 0) return { topics, nextCursor: { topicName: name, partitionIndex: from } }
    const topic = cluster.topic(name)
    if (topic === undefined) {
      topics.push(missing(name))
      continue
    }
    const to = Math.min(topic.partitions.length, from + room)
    topics.push(described(topic, from, to))
    room -= Math.max(0, to - from)
    if (to < topic.partitions.length) return { topics, nextCursor: { topicName: name, partitionIndex: to } }
  }
  return { topics }
}

const described = (topic: Topic, from: number, to: number): TopicAnswer => ({
  errorCode: codeOf('NONE'),
  name: topic.name,
  topicId: topic.id,
  isInternal: topic.internal,
  partitions: topic.partitions.slice(from, to).map((state, offset) => ({
    errorCode: codeOf(state.leader === -1 ? 'LEADER_NOT_AVAILABLE' : 'NONE'),
    partitionIndex: from + offset,
    leaderId: state.leader,
    leaderEpoch: state.leaderEpoch,
    replicaNodes: state.replicas,
    isrNodes: state.isr,
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    offlineReplicas: [],
  })),
  topicAuthorizedOperations: allOperations.topic,
})

const missing = (name: string): TopicAnswer => {
  try {
    checkTopicName(name)
    return failed(name, new KafkaError('UNKNOWN_TOPIC_OR_PARTITION'), allOperations.topic)
  } catch (error) {
    if (error instanceof KafkaError) return failed(name, error, allOperations.topic)
    throw error
  }
}

const failed = (name: string, { code }: KafkaError, topicAuthorizedOperations: number): TopicAnswer => ({
  errorCode: code,
  name,
  topicId: ZERO_TOPIC_ID,
  isInternal: isInternalTopic(name),
  partitions: [],
  topicAuthorizedOperations,
})
