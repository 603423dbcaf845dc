/**
 * What __consumer_offsets holds of consumer groups (KIP-848); offsets are in classic-group.ts, as is the form of the
 * records.
 *
 * When members, subscriptions or topics change, the group epoch rises; then a target assignment is made for that
 * epoch; then members come to it one by one, each at its own pace. A tombstone of each of a member's records is
 * written when it leaves or is fenced, of the group's when it is deleted or becomes a classic group.
 */
import { array, bytes, int32, int64, int8, message, string, struct, uuid } from '../schema/notation.ts'

/** Names a consumer group. */
export const ConsumerGroupMetadataKey = message({
  name: 'ConsumerGroupMetadataKey',
  key: 3,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

/** The group epoch. Written when it rises. */
export const ConsumerGroupMetadataValue = message({
  name: 'ConsumerGroupMetadataValue',
  key: 3,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    /**
     * Hash of the topics that the group reads; when it changes, so does the group epoch. 0: none. Kafka's uses all 64
     * bits, and reads here as the nearest safe integer: it serves for comparison with one's own alone.
     */
    metadataHash: int64('0+', { tag: 0, default: 0 }),
  },
})

/** Names a member. */
export const ConsumerGroupMemberMetadataKey = message({
  name: 'ConsumerGroupMemberMetadataKey',
  key: 5,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

/** What a member wants. Written when it joins and when that changes. */
export const ConsumerGroupMemberMetadataValue = message({
  name: 'ConsumerGroupMemberMetadataValue',
  key: 5,
  versions: '0',
  flexible: '0+',
  fields: {
    /** Null: a dynamic member. */
    instanceId: string('0+', { nullable: '0+' }),
    /** Null: none. */
    rackId: string('0+', { nullable: '0+' }),
    clientId: string(),
    /** Kafka writes an IP address with a slash before it. */
    clientHost: string(),
    subscribedTopicNames: array('0+', string()),
    /** Null or empty: none. */
    subscribedTopicRegex: string('0+', { nullable: '0+' }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    /** Null: the coordinator chooses. */
    serverAssignor: string('0+', { nullable: '0+' }),
    /** Of a member that speaks the classic protocol, while a group changes over; null otherwise. */
    classicMemberMetadata: struct(
      '0+',
      { tag: 0, nullable: '0+' },
      {
        sessionTimeoutMs: int32(),
        supportedProtocols: array('0+', {
          name: string(),
          /** A ConsumerProtocolSubscription with its version. */
          metadata: bytes(),
        }),
      },
    ),
  },
})

/** Names a consumer group. */
export const ConsumerGroupPartitionMetadataKey = message({
  name: 'ConsumerGroupPartitionMetadataKey',
  key: 4,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

/**
 * The topics that the group reads, as they were when last looked at. Read for the sake of older logs: since Kafka 4.1
 * the hash in ConsumerGroupMetadataValue serves (KIP-1101), and a tombstone takes this one away.
 */
export const ConsumerGroupPartitionMetadataValue = message({
  name: 'ConsumerGroupPartitionMetadataValue',
  key: 4,
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array('0+', {
      topicId: uuid(),
      topicName: string(),
      numPartitions: int32(),
      partitionMetadata: array('0+', {
        partition: int32(),
        /** Of the brokers that hold the partition. */
        racks: array('0+', string()),
      }),
    }),
  },
})

/** Names a regular expression to which members of a group subscribe. */
export const ConsumerGroupRegularExpressionKey = message({
  name: 'ConsumerGroupRegularExpressionKey',
  key: 16,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    regularExpression: string(),
  },
})

/**
 * The topics that the expression matches. Written when they change, a tombstone when no member subscribes to it any
 * more.
 */
export const ConsumerGroupRegularExpressionValue = message({
  name: 'ConsumerGroupRegularExpressionValue',
  key: 16,
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array('0+', string()),
    /** Version of the cluster's metadata at which the topics were looked up. */
    version: int64(),
    /** When, in milliseconds since 1970. */
    timestamp: int64(),
  },
})

/** Names a consumer group. */
export const ConsumerGroupTargetAssignmentMetadataKey = message({
  name: 'ConsumerGroupTargetAssignmentMetadataKey',
  key: 6,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

/**
 * For which group epoch the target assignment was made. Written after the members' parts, so it says that they are
 * complete.
 */
export const ConsumerGroupTargetAssignmentMetadataValue = message({
  name: 'ConsumerGroupTargetAssignmentMetadataValue',
  key: 6,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    /** When, in milliseconds since 1970; 0: unknown. */
    assignmentTimestamp: int64('0+', { tag: 0, default: 0, ignorable: true }),
  },
})

/** Names a member. */
export const ConsumerGroupTargetAssignmentMemberKey = message({
  name: 'ConsumerGroupTargetAssignmentMemberKey',
  key: 7,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

/** What the member is to hold in the end. Written when a new target changes it. */
export const ConsumerGroupTargetAssignmentMemberValue = message({
  name: 'ConsumerGroupTargetAssignmentMemberValue',
  key: 7,
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
export const ConsumerGroupCurrentMemberAssignmentKey = message({
  name: 'ConsumerGroupCurrentMemberAssignmentKey',
  key: 8,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

const topicPartitions = {
  topicId: uuid(),
  partitions: array('0+', int32()),
  /** Of each partition the member epoch at which the member got it; null: unknown. */
  assignmentEpochs: array('0+', { tag: 0, nullable: '0+' }, int32()),
}

/** Where the member is on its way to the target. Written whenever it takes a step. */
export const ConsumerGroupCurrentMemberAssignmentValue = message({
  name: 'ConsumerGroupCurrentMemberAssignmentValue',
  key: 8,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    /** The epoch before, which the member may still send if it missed the last answer. */
    previousMemberEpoch: int32(),
    /** 0: stable, it has all that can be had. 1: it must give up partitions. 2: it waits for others to do so. */
    state: int8(),
    assignedPartitions: array('0+', topicPartitions),
    /** What it must give up. */
    partitionsPendingRevocation: array('0+', topicPartitions),
  },
})
