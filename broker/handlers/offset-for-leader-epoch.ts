import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { OffsetForLeaderEpoch } from '../../protocol/messages/offset-for-leader-epoch.ts'
import { checkLeaderEpoch } from '../partition/fetch/fetch-read.ts'
import { each } from './each.ts'
import { handler } from './handler.ts'

/** OffsetForLeaderEpoch: where a leader epoch ends, so that a client finds out what it read and the log no longer has (KIP-320). */
export const offsetForLeaderEpoch = handler(OffsetForLeaderEpoch, {
  async handle(request, _context, broker) {
    const topics = await Promise.all(
      request.topics.map(async ({ topic: name, partitions: asked }) => {
        const topic = broker.cluster.topic(name)
        const partitions = await each(
          asked,
          async ({ partition: index, currentLeaderEpoch, leaderEpoch: epoch }) => {
            if (topic === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `no topic ${name}`)
            const partition = await broker.partitions.find(topic, index)
            checkLeaderEpoch(partition, currentLeaderEpoch)
            const end = partition.folds.epochs.endOf(epoch, partition.logEndOffset)
            return { partition: index, errorCode: 0, leaderEpoch: end.epoch, endOffset: end.endOffset }
          },
          ({ partition }, error) => ({ partition, errorCode: codeOf(error.name), leaderEpoch: -1, endOffset: -1 }),
        )
        return { topic: name, partitions }
      }),
    )
    return { topics }
  },
  refuse: (request, error) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode: codeOf(error.name) })),
    })),
  }),
})
