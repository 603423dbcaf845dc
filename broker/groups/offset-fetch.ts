import type { CommittedOffsets } from './committed-offsets.ts'
import type { FetchOffsetsEvent } from './group-events.ts'
import type { FetchedOffset, FetchedTopic } from './group-replies.ts'

/** OffsetFetch: −1 and no error where nothing is committed, an unknown group included. UNSTABLE_OFFSET_COMMIT per partition. */
export const fetchOffsets = (offsets: CommittedOffsets, event: FetchOffsetsEvent): readonly FetchedTopic[] => {
  const { groupId } = event
  const topics =
    event.topics ?? [...offsets.of(groupId)].map(([topic, found]) => ({ topic, partitions: [...found.keys()] }))
  return topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(partition => fetchOne(offsets, event, topic, partition)),
  }))
}

const fetchOne = (
  offsets: CommittedOffsets,
  { groupId, requireStable }: FetchOffsetsEvent,
  topic: string,
  partition: number,
): FetchedOffset => {
  if (requireStable && offsets.isPending(groupId, topic, partition))
    return { partition, offset: -1, leaderEpoch: -1, metadata: '', error: 'UNSTABLE_OFFSET_COMMIT' }
  const found = offsets.get(groupId, topic, partition)
  if (found === undefined) return { partition, offset: -1, leaderEpoch: -1, metadata: '', error: 'NONE' }
  const { offset, leaderEpoch, metadata } = found
  return { partition, offset, leaderEpoch, metadata, error: 'NONE' }
}
