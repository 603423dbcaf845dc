import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { Metadata } from '../../protocol/messages/metadata.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Broker } from '../broker.ts'
import { allOperations, NO_OPERATIONS } from '../cluster/authorised-operations.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isInternalTopic, type PartitionState, type Topic, ZERO_TOPIC_ID } from '../cluster/topic.ts'
import { checkTopicName } from '../cluster/topic-names.ts'
import { type Context, handler } from './handler.ts'

type Request = RequestOf<typeof Metadata>
type Asked = NonNullable<Request['topics']>[number]
type TopicAnswer = ResponseOf<typeof Metadata>['topics'][number]

/**
 * Metadata: brokers and topics, as the client reaches them. A topic that isn't there is created when the client and
 * `auto.create.topics.enable` allow it, and can be used at once: it is in the same answer, with its leaders.
 */
export const metadata = handler(Metadata, {
  async handle(request, context, broker) {
    const { cluster } = broker
    const asked = askedTopics(request, context, cluster)
    if (context.apiVersion < 12 && asked?.some(({ name, topicId }) => name === null || topicId !== ZERO_TOPIC_ID)) {
      throw new KafkaError('INVALID_REQUEST', 'Topics can be asked for by id from version 12 on')
    }
    const topics =
      asked === null
        ? Array.from(cluster.topics(), topic => described(topic, request))
        : await Promise.all(asked.map(topic => answerFor(topic, request, broker)))
    return {
      brokers: cluster.brokers().map(node => {
        const { host, port } = cluster.advertised(node, context.client)
        return { nodeId: node.id, host, port, rack: node.rack }
      }),
      clusterId: cluster.clusterId,
      controllerId: cluster.controllerId,
      topics,
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? allOperations.cluster : NO_OPERATIONS,
    }
  },
  refuse: (request, error, { apiVersion }) => ({
    brokers: [],
    topics: (request.topics ?? []).map(({ name, topicId }) =>
      failed({ name: apiVersion < 12 ? (name ?? '') : name, topicId }, error, NO_OPERATIONS),
    ),
    errorCode: error.code,
  }),
})

/** Each topic once, asked for by name or id; null: all. Version 0 has no null, and asks for all with an empty list. */
const askedTopics = ({ topics }: Request, { apiVersion }: Context, cluster: Cluster): readonly Asked[] | null =>
  topics === null || (apiVersion === 0 && topics.length === 0)
    ? null
    : [
        ...new Map(
          topics.map(asked => [cluster.topicById(asked.topicId)?.name ?? asked.name ?? asked.topicId, asked]),
        ).values(),
      ]

const answerFor = (asked: Asked, request: Request, broker: Broker): TopicAnswer | Promise<TopicAnswer> => {
  const { cluster, config } = broker
  const operations = operationsOf(request)
  if (asked.topicId !== ZERO_TOPIC_ID) {
    const topic = cluster.topicById(asked.topicId)
    return topic === undefined
      ? failed({ name: null, topicId: asked.topicId }, new KafkaError('UNKNOWN_TOPIC_ID'), NO_OPERATIONS)
      : described(topic, request)
  }
  const name = asked.name ?? ''
  const topic = cluster.topic(name)
  if (topic !== undefined) return described(topic, request)
  const creates = request.allowAutoTopicCreation && config.get('auto.create.topics.enable')
  return orFailure(name, operations, async () => {
    checkTopicName(name)
    if (!creates) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
    return described(await cluster.autoCreate(name), request)
  })
}

const orFailure = async (
  name: string,
  operations: number,
  answer: () => Promise<TopicAnswer>,
): Promise<TopicAnswer> => {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof KafkaError) return failed({ name, topicId: ZERO_TOPIC_ID }, error, operations)
    throw error
  }
}

const operationsOf = (request: Request): number =>
  request.includeTopicAuthorizedOperations ? allOperations.topic : NO_OPERATIONS

const described = (topic: Topic, request: Request): TopicAnswer => ({
  errorCode: codeOf('NONE'),
  name: topic.name,
  topicId: topic.id,
  isInternal: topic.internal,
  partitions: topic.partitions.map(partitionAnswer),
  topicAuthorizedOperations: operationsOf(request),
})

const partitionAnswer = (state: PartitionState, partitionIndex: number): TopicAnswer['partitions'][number] => ({
  errorCode: codeOf(state.leader === -1 ? 'LEADER_NOT_AVAILABLE' : 'NONE'),
  partitionIndex,
  leaderId: state.leader,
  leaderEpoch: state.leaderEpoch,
  replicaNodes: state.replicas,
  isrNodes: state.isr,
  offlineReplicas: [],
})

const failed = ({ name, topicId }: Asked, { code }: KafkaError, topicAuthorizedOperations: number): TopicAnswer => ({
  errorCode: code,
  name,
  topicId,
  isInternal: name !== null && isInternalTopic(name),
  partitions: [],
  topicAuthorizedOperations,
})
