import { api, array, int16, int32, int64, int8, string } from '../schema/notation.ts'

/**
 * ListOffsets finds an offset by a timestamp, or one of the ends of a log. Clients send it to partition leaders:
 * consumers to seek and to reset, tools to measure lag.
 *
 * - v1: one offset and its timestamp in place of a list of segment starts (KIP-79).
 * - v2: isolation level (KIP-98).
 * - v3: while throttled the client itself waits, not the answer (KIP-219).
 * - v4: leader epochs (KIP-320).
 * - v5: OFFSET_NOT_AVAILABLE may be answered (KIP-207).
 * - v7: the largest timestamp, -3 (KIP-734).
 * - v8: earliest local, -4 (KIP-405).
 * - v9: latest tiered, -5 (KIP-1005).
 * - v10: `timeoutMs` (KIP-1075).
 * - v11: earliest pending upload, -6 (KIP-1023).
 *
 * Kafka 4 dropped v0.
 */
export const ListOffsets = api({
  key: 2,
  name: 'ListOffsets',
  versions: '0-11',
  flexible: '6+',
  request: {
    /**
     * -1: a client, sees up to the high watermark. Others are replicas and see up to the end of the log. -2: a
     * debugging client.
     */
    replicaId: int32(),
    /** 0 read_uncommitted: the latest offset is the high watermark. 1 read_committed: it is the last stable offset. */
    isolationLevel: int8('2+'),
    topics: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** What the client takes for the leader's epoch; -1: not checked. */
        currentLeaderEpoch: int32('4+', { default: -1, ignorable: true }),
        /**
         * Milliseconds since 1970: the first record at or after it. -1 latest: the end of what the reader may see. -2
         * earliest: the log start. -3: the record with the largest timestamp. -4: the first offset on local disk.
         * -5: the last offset in tiered storage. -6: the first offset that isn't uploaded yet.
         */
        timestamp: int64(),
        /** How many `oldStyleOffsets` to answer at most. */
        maxNumOffsets: int32('0', { default: 1 }),
      }),
    }),
    /** How long to wait for a lookup in tiered storage. */
    timeoutMs: int32('10+', { ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /**
         * UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, TOPIC_AUTHORIZATION_FAILED, FENCED_LEADER_EPOCH,
         * UNKNOWN_LEADER_EPOCH, OFFSET_NOT_AVAILABLE (a new leader whose high watermark lags behind),
         * UNSUPPORTED_FOR_MESSAGE_FORMAT, UNSUPPORTED_VERSION (-3 to -6 in a version before them), INVALID_REQUEST (a
         * partition twice), KAFKA_STORAGE_ERROR.
         */
        errorCode: int16(),
        /** Base offsets of segments older than the timestamp, newest first; with -1 the end of the log comes first. */
        oldStyleOffsets: array('0', int64()),
        /** Of the record found; -1 when none was looked up, as for the ends of the log. */
        timestamp: int64('1+', { default: -1 }),
        /** -1: no such record. */
        offset: int64('1+', { default: -1 }),
        /** Epoch in which the record at `offset` was written; -1 if unknown. */
        leaderEpoch: int32('4+', { default: -1 }),
      }),
    }),
  },
})
