/** The ways in which committed offsets go: asked for, with their topic, with their group, and by age. */
import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { CommittedOffsets } from './committed-offsets.ts'
import type { DeleteOffsetsEvent, TopicPartitions } from './group-events.ts'
import type { StoredOffset } from './group-record.ts'
import type { DeletedOffsets } from './group-replies.ts'
import { CONSUMER_PROTOCOL_TYPE } from './subscribed-topics.ts'
import type { Turn } from './turn.ts'

const remove = (turn: Turn, group: string, topic: string, partition: number): void =>
  turn.write({ type: 'offset', group, topic, partition, value: null })

/**
 * OffsetDelete (KIP-496): GROUP_ID_NOT_FOUND; NON_EMPTY_GROUP while members are there whose subscriptions the broker can't
 * know; GROUP_SUBSCRIBED_TO_TOPIC per topic. It is no error where there is no offset.
 */
export const deleteOffsets = (
  turn: Turn,
  group: ClassicGroup | undefined,
  offsets: CommittedOffsets,
  event: DeleteOffsetsEvent,
): DeletedOffsets => {
  if (group === undefined) return refused('GROUP_ID_NOT_FOUND', event)
  if (group.state !== 'Empty' && group.protocolType !== CONSUMER_PROTOCOL_TYPE) return refused('NON_EMPTY_GROUP', event)
  const topics = event.topics.map((one): ErrorName => {
    if (group.mayBeSubscribedTo(one.topic)) return 'GROUP_SUBSCRIBED_TO_TOPIC'
    removeOf(turn, offsets, event.groupId, one)
    return 'NONE'
  })
  return { error: 'NONE', topics }
}

const refused = (error: ErrorName, event: DeleteOffsetsEvent): DeletedOffsets => ({
  error,
  topics: event.topics.map(() => error),
})

const removeOf = (turn: Turn, offsets: CommittedOffsets, groupId: string, asked: TopicPartitions): void => {
  const known = offsets.partitionsOf(groupId).get(asked.topic)
  for (const partition of new Set(asked.partitions)) {
    if (known?.has(partition)) remove(turn, groupId, asked.topic, partition)
  }
}

/** The topics are no more: a topic of the same name that comes later is another one. */
export const removeTopics = (turn: Turn, offsets: CommittedOffsets, topics: ReadonlySet<string>): void => {
  for (const groupId of offsets.groupIds()) {
    for (const [topic, partitions] of offsets.partitionsOf(groupId)) {
      if (topics.has(topic)) for (const partition of partitions) remove(turn, groupId, topic, partition)
    }
  }
}

/** All of a group that is deleted. */
export const removeGroupOffsets = (turn: Turn, offsets: CommittedOffsets, groupId: string): void => {
  for (const [topic, partitions] of offsets.partitionsOf(groupId)) {
    for (const partition of partitions) remove(turn, groupId, topic, partition)
  }
}

/** Removes what has expired of the group's offsets (KIP-211). True if none are left. */
export const removeExpired = (turn: Turn, group: ClassicGroup, offsets: CommittedOffsets): boolean => {
  let left = 0
  for (const [topic, partitions] of offsets.of(group.id)) {
    const kept = group.mayBeSubscribedTo(topic)
    for (const [partition, offset] of partitions) {
      const held = kept || offsets.isPending(group.id, topic, partition)
      if (!held && hasExpired(turn, group, offset)) remove(turn, group.id, topic, partition)
      else left++
    }
  }
  return left === 0
}

/**
 * Offsets are kept while they are in use, and `offsets.retention.minutes` longer: since the group is empty, or since the
 * commit where there never were members, or where they aren't subscribed to the topic.
 */
const hasExpired = (turn: Turn, group: ClassicGroup, offset: StoredOffset): boolean => {
  const now = turn.now.wall
  let since: number
  if (group.protocolType === null) since = offset.commitTimestamp
  else if (group.state === 'Empty') since = group.stateSince === -1 ? offset.commitTimestamp : group.stateSince
  else if (group.state === 'Stable' && group.knowsSubscriptions) since = offset.commitTimestamp
  else return false
  if (offset.expireTimestamp !== -1) return now >= offset.expireTimestamp
  return now - since >= turn.settings.offsetsRetentionMs
}
