import { api, array, bool, int16, int32, int64, string, uuid } from '../schema/notation.ts'

/**
 * OffsetFetch reads a group's committed offsets. Consumers send it to the group's coordinator when partitions are
 * assigned to them, tools to show lag.
 *
 * - v0: from outside Kafka's log in old brokers.
 * - v2: null asks for all of the group's offsets; errors of the whole request (KIP-88).
 * - v4: while throttled the client itself waits, not the answer (KIP-219).
 * - v5: leader epochs (KIP-320).
 * - v7: `requireStable` (KIP-447).
 * - v8: many groups at once (KIP-709).
 * - v9: members of consumer groups prove who they are (KIP-848).
 * - v10: topics by id.
 *
 * Kafka 4 dropped v0.
 */
export const OffsetFetch = api({
  key: 9,
  name: 'OffsetFetch',
  versions: '0-10',
  flexible: '6+',
  request: {
    groupId: string('0-7'),
    /** Null (from v2): every partition for which the group has an offset. */
    topics: array(
      '0-7',
      { nullable: '2-7' },
      {
        name: string('0-7'),
        partitionIndexes: array('0-7', int32()),
      },
    ),
    groups: array('8+', {
      groupId: string('8+'),
      /** Null: not as a member. */
      memberId: string('9+', { nullable: '9+', default: null, ignorable: true }),
      /** -1: not as a member. Otherwise checked: UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH. */
      memberEpoch: int32('9+', { default: -1, ignorable: true }),
      /** Null: every partition for which the group has an offset. */
      topics: array(
        '8+',
        { nullable: '8+' },
        {
          name: string('8-9', { ignorable: true }),
          topicId: uuid('10+', { ignorable: true }),
          partitionIndexes: array('8+', int32()),
        },
      ),
    }),
    /**
     * True: a partition with an offset in an open transaction answers UNSTABLE_OFFSET_COMMIT, and the client asks
     * again. False: such an offset doesn't count.
     */
    requireStable: bool('7+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array('0-7', {
      name: string('0-7'),
      partitions: array('0-7', {
        partitionIndex: int32('0-7'),
        /** -1: none was committed. That is no error, nor is an unknown group, or a topic that isn't there. */
        committedOffset: int64('0-7'),
        /** -1: none was given. */
        committedLeaderEpoch: int32('5-7', { default: -1, ignorable: true }),
        /** "" if there is none. */
        metadata: string('0-7', { nullable: '0-7' }),
        /**
         * TOPIC_AUTHORIZATION_FAILED, UNSTABLE_OFFSET_COMMIT; in v0 and v1 also what `errorCode` says below, for each
         * partition.
         */
        errorCode: int16('0-7'),
      }),
    }),
    /** NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, GROUP_AUTHORIZATION_FAILED. */
    errorCode: int16('2-7', { default: 0, ignorable: true }),
    groups: array('8+', {
      groupId: string('8+'),
      topics: array('8+', {
        name: string('8-9', { ignorable: true }),
        topicId: uuid('10+', { ignorable: true }),
        partitions: array('8+', {
          partitionIndex: int32('8+'),
          committedOffset: int64('8+'),
          committedLeaderEpoch: int32('8+', { default: -1, ignorable: true }),
          metadata: string('8+', { nullable: '8+' }),
          /** As before v8; and UNKNOWN_TOPIC_ID. */
          errorCode: int16('8+'),
        }),
      }),
      /** As `errorCode` before v8; and UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH. */
      errorCode: int16('8+', { default: 0 }),
    }),
  },
})
