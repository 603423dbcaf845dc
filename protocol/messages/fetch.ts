import { api, array, bigint64, int16, int32, int64, int8, records, string, struct, uuid } from '../schema/notation.ts'

/**
 * Fetch reads record batches. Consumers send it to partition leaders (or a nearer replica), followers to leaders. It
 * waits up to `maxWaitMs` for `minBytes`.
 *
 * The answer holds whole batches, from the one that contains the wanted offset, so a client skips records below it.
 * The first batch is sent even above all limits, so that a reader makes progress.
 *
 * **Sessions** (KIP-227): the leader remembers what a client fetches, and request and answer then hold only changes:
 * partitions that were added or moved, partitions with news. See `sessionId` and `sessionEpoch`.
 *
 * - v2: message format 1.
 * - v3: `maxBytes`, and the order of partitions counts (KIP-74).
 * - v4: batches of format 2, isolation level (KIP-98).
 * - v5: log start offset (KIP-107).
 * - v6: KAFKA_STORAGE_ERROR (KIP-112).
 * - v7: sessions (KIP-227).
 * - v8: while throttled the client itself waits, not the answer (KIP-219).
 * - v9: leader epochs (KIP-320).
 * - v10: zstd may be sent (KIP-110).
 * - v11: fetching from the nearest replica (KIP-392).
 * - v12: flexible; a diverged log is told by its epoch (KIP-595).
 * - v13: topics by id (KIP-516).
 * - v14: OFFSET_MOVED_TO_TIERED_STORAGE (KIP-405).
 * - v15: `replicaState` for `replicaId` (KIP-903).
 * - v16: a wrong leader names the right one (KIP-951).
 * - v17: directory id of the replica (KIP-853).
 * - v18: the replica's high watermark (KIP-1166).
 *
 * Kafka 4 dropped v0 to v3.
 */
export const Fetch = api({
  key: 1,
  name: 'Fetch',
  versions: '0-18',
  flexible: '12+',
  request: {
    /** Given by KRaft replicas only; INCONSISTENT_CLUSTER_ID if it isn't this cluster. */
    clusterId: string('12+', { tag: 0, nullable: '12+', default: null, ignorable: true }),
    /** Broker id of a follower. -1: a consumer. */
    replicaId: int32('0-14', { default: -1 }),
    replicaState: struct(
      '15+',
      { tag: 1 },
      {
        replicaId: int32('15+', { default: -1 }),
        replicaEpoch: int64('15+', { default: -1 }),
      },
    ),
    /**
     * How long the answer may wait for `minBytes`. A broker answers at once if a partition has an error, and for an
     * empty list of partitions.
     */
    maxWaitMs: int32(),
    /** Bytes to wait for; 0 and 1 differ: 0 answers at once, 1 waits for any data. */
    minBytes: int32(),
    /** Bytes of records over all partitions; not a hard limit, see the first batch above. */
    maxBytes: int32('3+', { default: 0x7fffffff, ignorable: true }),
    /**
     * 0 read_uncommitted: up to the high watermark. 1 read_committed: up to the last stable offset, with the aborted
     * transactions listed.
     */
    isolationLevel: int8('4+', { default: 0, ignorable: true }),
    /** 0: no session yet, or none wanted. */
    sessionId: int32('7+', { default: 0, ignorable: true }),
    /**
     * -1: a full fetch without a session, closing the one named. 0: a full fetch that asks for a new session. 1 and
     * up: the next of the session, rising by one a request and wrapping to 1.
     */
    sessionEpoch: int32('7+', { default: -1, ignorable: true }),
    /**
     * In a session: what to add or change. Partitions are served in the order in which they were given, and a full
     * answer moves them to the end.
     */
    topics: array('0+', {
      topic: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('0+', {
        partition: int32(),
        /**
         * What the client takes for the leader's epoch; -1: unknown, not checked. Older than the leader's:
         * FENCED_LEADER_EPOCH; newer: UNKNOWN_LEADER_EPOCH.
         */
        currentLeaderEpoch: int32('9+', { default: -1, ignorable: true }),
        fetchOffset: int64(),
        /**
         * Epoch of the last record that the follower has; the leader answers `divergingEpoch` if its log went another
         * way. -1: not checked.
         */
        lastFetchedEpoch: int32('12+', { default: -1 }),
        /** The follower's own; consumers send -1. */
        logStartOffset: int64('5+', { default: -1, ignorable: true }),
        /**
         * Bytes of records of this partition. Before v3 a single larger message comes torn, and the client asks again
         * with a larger limit.
         */
        partitionMaxBytes: int32(),
        replicaDirectoryId: uuid('17+', { tag: 0, ignorable: true }),
        /**
         * The replica's own high watermark: the leader answers at once if it knows a higher one. The default means no
         * such wish.
         */
        highWatermark: bigint64('18+', { tag: 1, default: 0x7fffffffffffffffn, ignorable: true }),
      }),
    }),
    /** Partitions that leave the session. */
    forgottenTopicsData: array('7+', {
      topic: string('7-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('7+', int32()),
    }),
    /** The consumer's rack; a leader with a replica selector may answer `preferredReadReplica`. Empty: unknown. */
    rackId: string('11+', { default: '', ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    /**
     * Of the session: FETCH_SESSION_ID_NOT_FOUND (evicted: begin a new one), INVALID_FETCH_SESSION_EPOCH,
     * FETCH_SESSION_TOPIC_ID_ERROR (a session began by names and goes on by ids, or the reverse). `responses` is empty
     * then.
     */
    errorCode: int16('7+', { ignorable: true }),
    /** 0: no session, the next request must be full. */
    sessionId: int32('7+', { default: 0 }),
    /** In a session: only partitions with records, an error, or a change of the offsets below. */
    responses: array('0+', {
      topic: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32(),
        /**
         * OFFSET_OUT_OF_RANGE (below the log start or beyond the end), UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID,
         * INCONSISTENT_TOPIC_ID (the session knows another id for it), NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH,
         * UNKNOWN_LEADER_EPOCH, OFFSET_NOT_AVAILABLE, TOPIC_AUTHORIZATION_FAILED, UNSUPPORTED_COMPRESSION_TYPE (zstd
         * records before v10), KAFKA_STORAGE_ERROR, CORRUPT_MESSAGE.
         */
        errorCode: int16(),
        /** End of what all in-sync replicas have. -1 with an error. */
        highWatermark: int64(),
        /** End of what no open transaction holds back: at most the high watermark. -1 if unknown. */
        lastStableOffset: int64('4+', { default: -1, ignorable: true }),
        /** First offset that the partition still holds. -1 if unknown. */
        logStartOffset: int64('5+', { default: -1, ignorable: true }),
        /**
         * Sent if `lastFetchedEpoch` and the fetch offset aren't in the leader's history: the largest epoch of the
         * leader up to it, and where that ended. The follower truncates and fetches again.
         */
        divergingEpoch: struct(
          '12+',
          { tag: 0 },
          {
            epoch: int32('12+', { default: -1 }),
            endOffset: int64('12+', { default: -1 }),
          },
        ),
        /** Sent with NOT_LEADER_OR_FOLLOWER and FENCED_LEADER_EPOCH: whom to ask instead. */
        currentLeader: struct(
          '12+',
          { tag: 1 },
          {
            leaderId: int32('12+', { default: -1 }),
            leaderEpoch: int32('12+', { default: -1 }),
          },
        ),
        /** Sent to KRaft replicas that must load a snapshot first. */
        snapshotId: struct(
          '12+',
          { tag: 2 },
          {
            endOffset: int64('0+', { default: -1 }),
            epoch: int32('0+', { default: -1 }),
          },
        ),
        /**
         * With read_committed: transactions that were aborted and touch the records below, by rising first offset. A
         * reader drops a producer's records from `firstOffset` on until that producer's abort marker. Null with
         * read_uncommitted.
         */
        abortedTransactions: array(
          '4+',
          { nullable: '4+', ignorable: true },
          {
            producerId: int64('4+'),
            firstOffset: int64('4+'),
          },
        ),
        /** Broker to fetch from instead of this one; then there are no records. -1: stay. */
        preferredReadReplica: int32('11+', { default: -1 }),
        /**
         * Batches in offset order. A broker may cut the last one off at the limit; readers drop a torn end. Empty, not
         * null, when there is nothing.
         */
        records: records('0+', { nullable: '0+' }),
      }),
    }),
    /** Addresses of the leaders that `currentLeader` names. */
    nodeEndpoints: array(
      '16+',
      { tag: 0 },
      {
        nodeId: int32('16+'),
        host: string('16+'),
        port: int32('16+'),
        rack: string('16+', { nullable: '16+', default: null }),
      },
    ),
  },
})
