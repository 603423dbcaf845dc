import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { Metadata } from '../../protocol/messages/metadata.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Broker } from '../broker.ts'
import { allOperations, NO_OPERATIONS } from '../cluster/authorised-operations.ts'
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
    const asked = askedTopics(request, context)
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
  refuse: (request, error) => ({
    brokers: [],
    topics: (request.topics ?? []).map(({ name, topicId }) => failed(name, topicId, error)),
    errorCode: error.code,
  }),
})

/** Null: all. Version 0 has no null, and asks for all with an empty list. */
const askedTopics = ({ topics }: Request, { apiVersion }: Context): readonly Asked[] | null =>
  topics === null || (apiVersion === 0 && topics.length === 0) ? null : topics

const answerFor = (asked: Asked, request: Request, broker: Broker): TopicAnswer | Promise<TopicAnswer> => {
  const { cluster, config } = broker
  if (asked.topicId !== ZERO_TOPIC_ID) {
    const topic = cluster.topicById(asked.topicId)
    return topic === undefined
      ? failed(null, asked.topicId, new KafkaError('UNKNOWN_TOPIC_ID'))
      : described(topic, request)
  }
  const name = asked.name ?? ''
  const topic = cluster.topic(name)
  if (topic !== undefined) return described(topic, request)
  return request.allowAutoTopicCreation && config.get('auto.create.topics.enable')
    ? created(name, request, broker)
    : missing(name)
}

const missing = (name: string): TopicAnswer => {
  try {
    checkTopicName(name)
    return failed(name, ZERO_TOPIC_ID, new KafkaError('UNKNOWN_TOPIC_OR_PARTITION'))
  } catch (error) {
    if (error instanceof KafkaError) return failed(name, ZERO_TOPIC_ID, error)
    throw error
  }
}

const created = async (name: string, request: Request, { cluster }: Broker): Promise<TopicAnswer> => {
  try {
    return described(await cluster.autoCreate(name), request)
  } catch (error) {
    if (error instanceof KafkaError) return failed(name, ZERO_TOPIC_ID, error)
    throw error
  }
}

const described = (topic: Topic, request: Request): TopicAnswer => ({
  errorCode: codeOf('NONE'),
  name: topic.name,
  topicId: topic.id,
  isInternal: topic.internal,
  partitions: topic.partitions.map(partitionAnswer),
  topicAuthorizedOperations: request.includeTopicAuthorizedOperations ? allOperations.topic : NO_OPERATIONS,
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

const failed = (name: string | null, topicId: string, { code }: KafkaError): TopicAnswer => ({
  errorCode: code,
  name,
  topicId,
  isInternal: name !== null && isInternalTopic(name),
  partitions: [],
})
