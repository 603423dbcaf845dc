import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { CreateTopics } from '../../protocol/messages/create-topics.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { TopicRequest } from '../cluster/topic-changes.ts'
import type { Topic } from '../cluster/topic.ts'
import type { Config } from '../config/config.ts'
import { createdTopicSettings } from '../config/described-settings.ts'
import { handler } from './handler.ts'

type Asked = RequestOf<typeof CreateTopics>['topics'][number]
type TopicAnswer = ResponseOf<typeof CreateTopics>['topics'][number]

/** CreateTopics: each topic is answered when its partitions can be written. */
export const createTopics = handler(CreateTopics, {
  async handle(request, _context, { cluster, config }) {
    const requests = request.topics.map(topicRequest)
    const well = requests.filter(topic => !(topic instanceof KafkaError)) as TopicRequest[]
    const results = await cluster.createTopics(well, { validateOnly: request.validateOnly })
    let next = 0
    const topics = requests.map((wanted, index) => {
      const name = request.topics[index]!.name
      const result = wanted instanceof KafkaError ? wanted : results[next++]!
      return result instanceof KafkaError ? failed(name, result) : created(result, config)
    })
    return { topics: [...new Map(topics.map(topic => [topic.name, topic])).values()] } // a name that is there twice fails once
  },
  refuse: (request, error) => ({ topics: request.topics.map(({ name }) => failed(name, error)) }),
})

const topicRequest = (asked: Asked): TopicRequest | KafkaError => {
  const config = new Map<string, string>()
  for (const { name, value } of asked.configs) {
    if (value === null) return new KafkaError('INVALID_CONFIG', `Null value not supported for topic configs: ${name}`)
    config.set(name, value)
  }
  const assignments = new Map(asked.assignments.map(({ partitionIndex, brokerIds }) => [partitionIndex, brokerIds]))
  if (assignments.size < asked.assignments.length) {
    return new KafkaError('INVALID_REPLICA_ASSIGNMENT', 'Found multiple manual assignments for one partition')
  }
  return {
    name: asked.name,
    numPartitions: asked.numPartitions,
    replicationFactor: asked.replicationFactor,
    assignments: assignments.size === 0 ? null : assignments,
    config,
  }
}

const created = (topic: Topic, config: Config): TopicAnswer => ({
  name: topic.name,
  topicId: topic.id,
  errorCode: codeOf('NONE'),
  errorMessage: null,
  numPartitions: topic.partitions.length,
  replicationFactor: topic.partitions[0]?.replicas.length ?? -1,
  configs: createdTopicSettings(config, topic.overrides).map(({ name, value, readOnly, source, sensitive }) => ({
    name,
    value,
    readOnly,
    configSource: source,
    isSensitive: sensitive,
  })),
})

const failed = (name: string, { code, detail }: KafkaError): TopicAnswer => ({
  name,
  errorCode: code,
  errorMessage: detail,
  configs: [],
})
