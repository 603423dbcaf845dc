/**
 * What __consumer_offsets holds of share groups (KIP-932). The form of the records is in classic-group.ts, the meaning
 * of epochs and assignments in consumer-group.ts. Offsets and states of records are in share-state.ts.
 */
import { array, int32, int64, int8, message, string, uuid } from '../schema/notation.ts'

/** Names a share group. */
export const ShareGroupMetadataKey = message({
  name: 'ShareGroupMetadataKey',
  key: 11,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

/** The group epoch. Written when it rises; a tombstone when the group is deleted. */
export const ShareGroupMetadataValue = message({
  name: 'ShareGroupMetadataValue',
  key: 11,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    /** Hash of the topics that the group reads, as in ConsumerGroupMetadataValue. 0: none. */
    metadataHash: int64(),
  },
})

/** Names a member. */
export const ShareGroupMemberMetadataKey = message({
  name: 'ShareGroupMemberMetadataKey',
  key: 10,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

/** What a member wants. Written when it joins and when that changes; a tombstone when it is gone. */
export const ShareGroupMemberMetadataValue = message({
  name: 'ShareGroupMemberMetadataValue',
  key: 10,
  versions: '0',
  flexible: '0+',
  fields: {
    /** Null: none. */
    rackId: string('0+', { nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array('0+', string()),
  },
})

/** Names a share group. */
export const ShareGroupStatePartitionMetadataKey = message({
  name: 'ShareGroupStatePartitionMetadataKey',
  key: 15,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

const topicPartitionsInfo = {
  topicId: uuid(),
  topicName: string(),
  partitions: array('0+', int32()),
}

/**
 * For which partitions the group has state with share coordinators. Written when such state is asked for, made or to
 * be deleted, so that a new coordinator finishes what an old one began.
 */
export const ShareGroupStatePartitionMetadataValue = message({
  name: 'ShareGroupStatePartitionMetadataValue',
  key: 15,
  versions: '0',
  flexible: '0+',
  fields: {
    /** Asked for. */
    initializingTopics: array('0+', topicPartitionsInfo),
    /** There. */
    initializedTopics: array('0+', topicPartitionsInfo),
    /** To be deleted. */
    deletingTopics: array('0+', {
      topicId: uuid(),
      topicName: string(),
    }),
  },
})

/** Names a share group. */
export const ShareGroupTargetAssignmentMetadataKey = message({
  name: 'ShareGroupTargetAssignmentMetadataKey',
  key: 12,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

/** For which group epoch the target assignment was made. Written after the members' parts. */
export const ShareGroupTargetAssignmentMetadataValue = message({
  name: 'ShareGroupTargetAssignmentMetadataValue',
  key: 12,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    /** When, in milliseconds since 1970; 0: unknown. */
    assignmentTimestamp: int64('0+', { tag: 0, default: 0, ignorable: true }),
  },
})

/** Names a member. */
export const ShareGroupTargetAssignmentMemberKey = message({
  name: 'ShareGroupTargetAssignmentMemberKey',
  key: 13,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

/** What the member is to read. Written when a new target changes it; a tombstone when it is gone. */
export const ShareGroupTargetAssignmentMemberValue = message({
  name: 'ShareGroupTargetAssignmentMemberValue',
  key: 13,
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: array('0+', {
      topicId: uuid(),
      partitions: array('0+', int32()),
    }),
  },
})

/** Names a member. */
export const ShareGroupCurrentMemberAssignmentKey = message({
  name: 'ShareGroupCurrentMemberAssignmentKey',
  key: 14,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

/**
 * What the member reads: at once the target, as nobody has to give up anything first. Written when it changes; a
 * tombstone when it is gone.
 */
export const ShareGroupCurrentMemberAssignmentValue = message({
  name: 'ShareGroupCurrentMemberAssignmentValue',
  key: 14,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    /** The epoch before, which the member may still send if it missed the last answer. */
    previousMemberEpoch: int32(),
    /** 0: stable. */
    state: int8(),
    assignedPartitions: array('0+', {
      topicId: uuid(),
      partitions: array('0+', int32()),
    }),
  },
})
