import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { renewSession } from './classic-rebalance.ts'
import type { CommitEvent, OffsetToCommit } from './group-events.ts'
import { NO_TOPIC_ID, type StoredOffset } from './group-record.ts'
import type { Turn } from './turn.ts'

/**
 * OffsetCommit: by a member of the generation, or by anybody to a group without members (generation −1). ILLEGAL_GENERATION,
 * UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, REBALANCE_IN_PROGRESS, and per offset OFFSET_METADATA_TOO_LARGE.
 */
export const commit = (turn: Turn, group: ClassicGroup | undefined, event: CommitEvent): void => {
  const error = commitError(group, event)
  if (error !== null) {
    turn.reply(
      'commit',
      event.request,
      event.offsets.map(() => error),
    )
    return
  }
  const member = group?.members.get(event.memberId)
  if (group !== undefined && member !== undefined) renewSession(turn, group, member)
  turn.reply(
    'commit',
    event.request,
    event.offsets.map(offset => commitOne(turn, event, offset)),
  )
}

const commitError = (group: ClassicGroup | undefined, event: CommitEvent): ErrorName | null => {
  const { generationId, memberId, groupInstanceId } = event
  if (group === undefined) return generationId < 0 ? null : event.unknownGroup
  if (generationId < 0 && group.state === 'Empty') return null
  if (generationId < 0 && memberId === '' && groupInstanceId === null) return 'UNKNOWN_MEMBER_ID'
  const error = group.memberError(memberId, groupInstanceId)
  if (error !== null) return error
  if (generationId !== group.generation) return 'ILLEGAL_GENERATION'
  return group.state === 'CompletingRebalance' ? 'REBALANCE_IN_PROGRESS' : null
}

/**
 * The offset as the log keeps it.
 * @param retentionTimeMs how long it is kept; −1: as the broker keeps it
 * @param now wall ms
 */
export const storedOffset = (offset: OffsetToCommit, retentionTimeMs: number, now: number): StoredOffset => {
  const expires = retentionTimeMs !== -1
  return {
    offset: offset.offset,
    leaderEpoch: expires ? -1 : offset.leaderEpoch, // the stored form has room for one of the two
    metadata: offset.metadata,
    commitTimestamp: offset.commitTimestamp === -1 ? now : offset.commitTimestamp,
    expireTimestamp: expires ? now + retentionTimeMs : -1,
    topicId: expires ? NO_TOPIC_ID : offset.topicId,
  }
}

const commitOne = (turn: Turn, event: CommitEvent, offset: OffsetToCommit): ErrorName => {
  if (offset.metadata.length > turn.settings.offsetMetadataMaxSize) return 'OFFSET_METADATA_TOO_LARGE'
  const value = storedOffset(offset, event.retentionTimeMs, turn.now.wall)
  turn.write({ type: 'offset', group: event.groupId, topic: offset.topic, partition: offset.partition, value })
  return 'NONE'
}
