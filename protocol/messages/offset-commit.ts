import { api, array, int16, int32, int64, string, uuid } from '../schema/notation.ts'

/**
 * OffsetCommit stores how far a group has read. Members of the group send it to the group's coordinator; so does any
 * client for a group without members (generation -1, empty member id).
 *
 * - v0: stored outside Kafka's log in old brokers; treated like v1 without a member.
 * - v1: member and generation, timestamps.
 * - v2: one retention time for all.
 * - v4: while throttled the client itself waits, not the answer (KIP-219).
 * - v5: without retention time: offsets live by offsets.retention.minutes (KIP-211).
 * - v6: leader epochs (KIP-320).
 * - v7: static members (KIP-345).
 * - v9: members of consumer groups (KIP-848).
 * - v10: topics by id.
 *
 * Kafka 4 dropped v0 and v1.
 */
export const OffsetCommit = api({
  key: 8,
  name: 'OffsetCommit',
  versions: '0-10',
  flexible: '8+',
  request: {
    groupId: string(),
    /** Generation of a classic member or epoch of a consumer group's member. -1: not as a member. */
    generationIdOrMemberEpoch: int32('1+', { default: -1, ignorable: true }),
    /** Empty: not as a member. */
    memberId: string('1+', { ignorable: true }),
    /** Of a static member; FENCED_INSTANCE_ID if another member has it by now. */
    groupInstanceId: string('7+', { nullable: '7+', default: null }),
    /** How long to keep the offsets at least; -1: the broker's setting. */
    retentionTimeMs: int64('2-4', { default: -1, ignorable: true }),
    topics: array('0+', {
      name: string('0-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** Offset of the next record to read. */
        committedOffset: int64(),
        /**
         * Epoch of the last record read; -1: unknown. Given back by OffsetFetch, so that a consumer finds out about
         * truncation.
         */
        committedLeaderEpoch: int32('6+', { default: -1, ignorable: true }),
        /** Milliseconds since 1970; -1: now. */
        commitTimestamp: int64('1', { default: -1 }),
        /**
         * Anything the client likes, up to offset.metadata.max.bytes (4096); beyond: OFFSET_METADATA_TOO_LARGE. Null
         * is stored as "".
         */
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array('0+', {
      name: string('0-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32(),
        /**
         * For one partition: UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, TOPIC_AUTHORIZATION_FAILED,
         * OFFSET_METADATA_TOO_LARGE. The same for all: COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE,
         * NOT_COORDINATOR, GROUP_AUTHORIZATION_FAILED, UNKNOWN_MEMBER_ID (also: not a member, but the group has some),
         * ILLEGAL_GENERATION (another generation; before v9 also an unknown group), GROUP_ID_NOT_FOUND (from v9),
         * FENCED_INSTANCE_ID, REBALANCE_IN_PROGRESS (the next generation has begun: rejoin), STALE_MEMBER_EPOCH (from
         * v9; UNSUPPORTED_VERSION before).
         */
        errorCode: int16(),
      }),
    }),
  },
})
