import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { ListOffsets } from '../../protocol/messages/list-offsets.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { Broker } from '../broker.ts'
import { checkLeaderEpoch } from '../partition/fetch/fetch-read.ts'
import { findOffset, findOffsetsBefore } from '../partition/fetch/offset-lookup.ts'
import type { Isolation } from '../partition/waiters.ts'
import { each } from './each.ts'
import { handler } from './handler.ts'

type TopicRequest = RequestOf<typeof ListOffsets>['topics'][number]
type PartitionRequest = TopicRequest['partitions'][number]
type PartitionResponse = ResponseOf<typeof ListOffsets>['topics'][number]['partitions'][number]

/** ListOffsets: where a partition begins and ends, and the offset for a time (KIP-79; version 0 has starts of segments instead). */
export const listOffsets = handler(ListOffsets, {
  async handle(request, { apiVersion }, broker) {
    const isolation = request.isolationLevel === 1 ? 'read_committed' : 'read_uncommitted'
    const find = apiVersion === 0 ? findOld : findOne(isolation, apiVersion)
    const topics = await Promise.all(
      request.topics.map(async topic => {
        const repeated = repeatedIn(topic)
        const once = new Map(topic.partitions.map(asked => [asked.partitionIndex, asked]))
        const partitions = await each(
          [...once.values()],
          asked => {
            if (repeated.has(asked.partitionIndex))
              throw new KafkaError('INVALID_REQUEST', `${topic.name}-${asked.partitionIndex} is asked for twice`)
            return find(broker, topic, asked)
          },
          failed,
        )
        return { name: topic.name, partitions }
      }),
    )
    return { topics }
  },
  refuse: (request, error) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(asked => failed(asked, error)),
    })),
  }),
})

const failed = ({ partitionIndex }: PartitionRequest, error: KafkaError): PartitionResponse => ({
  partitionIndex,
  errorCode: codeOf(error.name),
  oldStyleOffsets: [],
})

const repeatedIn = ({ partitions }: TopicRequest): ReadonlySet<number> => {
  const seen = new Set<number>()
  const repeated = new Set<number>()
  for (const { partitionIndex } of partitions) {
    if (seen.has(partitionIndex)) repeated.add(partitionIndex)
    seen.add(partitionIndex)
  }
  return repeated
}

const partitionOf = (broker: Broker, { name }: TopicRequest, index: number) => {
  const topic = broker.cluster.topic(name)
  if (topic === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `no topic ${name}`)
  return broker.partitions.find(topic, index)
}

const findOne =
  (isolation: Isolation, apiVersion: number) =>
  async (broker: Broker, topic: TopicRequest, asked: PartitionRequest): Promise<PartitionResponse> => {
    const { partitionIndex, currentLeaderEpoch, timestamp } = asked
    const partition = await partitionOf(broker, topic, partitionIndex)
    checkLeaderEpoch(partition, currentLeaderEpoch)
    const found = await findOffset(partition, timestamp, isolation, apiVersion)
    // Versions before 4 have no place for an epoch.
    const leaderEpoch = apiVersion < 4 ? -1 : found.leaderEpoch
    return { partitionIndex, errorCode: 0, ...found, leaderEpoch, oldStyleOffsets: [] }
  }

const findOld = async (broker: Broker, topic: TopicRequest, asked: PartitionRequest): Promise<PartitionResponse> => {
  const { partitionIndex, timestamp, maxNumOffsets } = asked
  const partition = await partitionOf(broker, topic, partitionIndex)
  return {
    partitionIndex,
    errorCode: 0,
    oldStyleOffsets: await findOffsetsBefore(partition, timestamp, maxNumOffsets, broker.clock.now()),
  }
}
