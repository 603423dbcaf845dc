import { api, array, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * OffsetForLeaderEpoch tells where a leader epoch ended in the leader's log. Followers (KIP-101) and consumers
 * (KIP-320) compare it with where they are, to find out whether what they read was lost in a change of leader.
 *
 * - v1: the epoch found is answered (KIP-279).
 * - v2: the client's own epoch is checked; consumers use it (KIP-320).
 * - v3: replica id.
 *
 * Kafka 4 dropped v0 and v1.
 */
export const OffsetForLeaderEpoch = api({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: '0-4',
  flexible: '4+',
  request: {
    /** Of a follower; -1: a consumer; -2: unknown, as before v3. */
    replicaId: int32('3+', { default: -2, ignorable: true }),
    topics: array('0+', {
      topic: string(),
      partitions: array('0+', {
        partition: int32(),
        /** What the client takes for the leader's epoch; -1: not checked. */
        currentLeaderEpoch: int32('2+', { default: -1, ignorable: true }),
        /** The epoch to look up. */
        leaderEpoch: int32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      topic: string(),
      partitions: array('0+', {
        /**
         * FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION,
         * TOPIC_AUTHORIZATION_FAILED, KAFKA_STORAGE_ERROR.
         */
        errorCode: int16(),
        partition: int32(),
        /**
         * The largest epoch up to the one asked for that the leader's log has; -1: none, or one beyond the leader's
         * own was asked for.
         */
        leaderEpoch: int32('1+', { default: -1, ignorable: true }),
        /**
         * First offset after that epoch: the start of the next, or the end of the log for the present one.
         * -1: unknown.
         */
        endOffset: int64('0+', { default: -1 }),
      }),
    }),
  },
})
