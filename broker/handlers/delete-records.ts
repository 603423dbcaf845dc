import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { DeleteRecords } from '../../protocol/messages/delete-records.ts'
import type { Broker } from '../broker.ts'
import { each } from './each.ts'
import { handler } from './handler.ts'

/** In a request: all that consumers can read now. */
const HIGH_WATERMARK = -1

/** DeleteRecords: raises a partition's log start (KIP-107). Answered when that is durable. */
export const deleteRecords = handler(DeleteRecords, {
  async handle(request, _context, broker) {
    const topics = await Promise.all(
      request.topics.map(async ({ name, partitions: asked }) => {
        // Of a partition that is named twice the last one counts, as in Kafka.
        const last = new Map(asked.map(partition => [partition.partitionIndex, partition]))
        const partitions = await each(
          [...last.values()],
          async ({ partitionIndex, offset }) => ({
            partitionIndex,
            errorCode: 0,
            lowWatermark: await deleteBefore(broker, name, partitionIndex, offset),
          }),
          ({ partitionIndex }, error) => ({ partitionIndex, errorCode: codeOf(error.name), lowWatermark: -1 }),
        )
        return { name, partitions }
      }),
    )
    return { throttleTimeMs: 0, topics }
  },
  refuse: (request, error) => ({
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: codeOf(error.name),
        lowWatermark: -1,
      })),
    })),
  }),
})

/** Resolves to the new log start. */
const deleteBefore = async (broker: Broker, name: string, index: number, offset: number): Promise<number> => {
  const topic = broker.cluster.topic(name)
  if (topic === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `no topic ${name}`)
  if (topic.internal) throw new KafkaError('INVALID_TOPIC_EXCEPTION', `records of ${name} are its coordinator's`)
  const partition = await broker.partitions.find(topic, index)
  if (!partition.topic.settings.cleanupDelete)
    throw new KafkaError('POLICY_VIOLATION', `the cleanup.policy of ${name} does not contain delete`)
  const start = offset === HIGH_WATERMARK ? partition.highWatermark : offset
  if (start < 0 || start > partition.highWatermark)
    throw new KafkaError('OFFSET_OUT_OF_RANGE', `${partition.name} ends at ${partition.highWatermark}`)
  return partition.trim(start)
}
