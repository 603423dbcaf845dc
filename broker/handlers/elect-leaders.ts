import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { ElectLeaders } from '../../protocol/messages/elect-leaders.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { electionTypes } from '../cluster/leadership.ts'
import { handler } from './handler.ts'

type Asked = { readonly topic: string; readonly partitions: readonly number[] }
type Answer = ResponseOf<typeof ElectLeaders>['replicaElectionResults'][number]
type Outcome = Answer['partitionResult'][number]

const outcome = (partitionId: number, error: KafkaError | null): Outcome => ({
  partitionId,
  errorCode: error?.code ?? codeOf('NONE'),
  errorMessage: error?.detail ?? null,
})

const electTopic = async (asked: Asked, electionType: number, cluster: Cluster): Promise<Outcome[]> => {
  const topic = cluster.topic(asked.topic)
  if (topic === undefined) {
    const unknown = new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `No such topic as ${asked.topic}`)
    return asked.partitions.map(index => outcome(index, unknown))
  }
  const known = asked.partitions.filter(index => topic.partitions[index] !== undefined)
  const results = await cluster.electLeaders(
    known.map(index => ({ topicId: topic.id, index })),
    electionType,
  )
  return asked.partitions.map(index => {
    const place = known.indexOf(index)
    if (place >= 0) return outcome(index, results[place]!)
    return outcome(index, new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `No such partition as ${topic.name}-${index}`))
  })
}

/** All partitions are asked about by null; then those whose leader needn't change are left out. */
const needed = ({ errorCode }: Outcome): boolean => errorCode !== codeOf('ELECTION_NOT_NEEDED')

const askedOf = ({ topicPartitions }: RequestOf<typeof ElectLeaders>, cluster: Cluster): readonly Asked[] =>
  topicPartitions ??
  Array.from(cluster.topics(), ({ name, partitions }) => ({ topic: name, partitions: [...partitions.keys()] }))

/** ElectLeaders: preferred leaders, or any that live (KIP-460). */
export const electLeaders = handler(ElectLeaders, {
  async handle(request, _context, { cluster }) {
    const all = request.topicPartitions === null
    if (!Object.values<number>(electionTypes).includes(request.electionType)) {
      throw new KafkaError('INVALID_REQUEST', `Unknown election type ${request.electionType}`)
    }
    const results: Answer[] = []
    for (const asked of askedOf(request, cluster)) {
      const outcomes = await electTopic(asked, request.electionType, cluster)
      const partitionResult = all ? outcomes.filter(needed) : outcomes
      results.push({ topic: asked.topic, partitionResult })
    }
    return { throttleTimeMs: 0, errorCode: codeOf('NONE'), replicaElectionResults: results }
  },
  refuse: (request, error) => ({
    throttleTimeMs: 0,
    errorCode: error.code,
    replicaElectionResults: (request.topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map(index => outcome(index, error)),
    })),
  }),
})
