import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { DescribeProducers } from '../../protocol/messages/describe-producers.ts'
import { checkTopicName } from '../cluster/topic-names.ts'
import type { Partition } from '../partition/partition.ts'
import { each } from './each.ts'
import { handler } from './handler.ts'

/** DescribeProducers: what partitions remember of their idempotent and transactional producers (KIP-664). */
export const describeProducers = handler(DescribeProducers, {
  async handle(request, _context, broker) {
    const topics = await Promise.all(
      request.topics.map(async ({ name, partitionIndexes }) => {
        const topic = broker.cluster.topic(name)
        const partitions = await each(
          partitionIndexes,
          async partitionIndex => {
            checkTopicName(name)
            if (topic === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `no topic ${name}`)
            const partition = await broker.partitions.find(topic, partitionIndex)
            return { partitionIndex, errorCode: 0, activeProducers: producersOf(partition) }
          },
          (partitionIndex, error) => failed(partitionIndex, error),
        )
        return { name, partitions }
      }),
    )
    return { throttleTimeMs: 0, topics }
  },
  refuse: (request, error) => ({
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map(index => failed(index, error)),
    })),
  }),
})

const failed = (partitionIndex: number, error: KafkaError) => ({
  partitionIndex,
  errorCode: codeOf(error.name),
  errorMessage: error.detail,
  activeProducers: [],
})

const producersOf = ({ folds }: Partition) =>
  Array.from(folds.producers.producers(), producer => ({
    producerId: producer.id,
    producerEpoch: producer.epoch,
    lastSequence: producer.batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp: producer.lastTimestamp,
    coordinatorEpoch: producer.coordinatorEpoch,
    currentTxnStartOffset: folds.transactions.openedAt(producer.id),
  }))
