import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { OffsetDelete } from '../../protocol/messages/offset-delete.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { handler } from './handler.ts'

const isPartition = (cluster: Cluster, topic: string, index: number): boolean =>
  cluster.topic(topic)?.partitions[index] !== undefined

/**
 * Deletes committed offsets (KIP-496). INVALID_GROUP_ID, those of `groups/offset-removal.ts`, and per partition
 * UNKNOWN_TOPIC_OR_PARTITION.
 */
export const offsetDelete = handler(OffsetDelete, {
  async handle({ groupId, topics }, _context, { groups, cluster }) {
    if (groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    const asked = topics.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map(one => one.partitionIndex).filter(index => isPartition(cluster, name, index)),
    }))
    const reply = await groups.ask({ type: 'deleteOffsets', groupId, topics: asked })
    if (reply.error !== 'NONE') throw new KafkaError(reply.error)
    const results = topics.map(({ name, partitions }, index) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: isPartition(cluster, name, partitionIndex)
          ? codeOf(reply.topics[index]!)
          : codeOf('UNKNOWN_TOPIC_OR_PARTITION'),
      })),
    }))
    return { errorCode: 0, topics: results }
  },
  refuse: (_request, error) => ({ errorCode: error.code, topics: [] }),
})
