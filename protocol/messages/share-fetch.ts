import { api, array, bool, int16, int32, int64, int8, records, string, struct, uuid } from '../schema/notation.ts'

/**
 * ShareFetch acquires records of a share group for one member, and acknowledges earlier ones along the way (KIP-932).
 * Sent to partition leaders; always in a session, which the leader keeps for each member.
 *
 * A record that is acquired belongs to the member until it acknowledges it or the lock runs out
 * (group.share.record.lock.duration.ms); then others may have it.
 *
 * - v0: Kafka 4.0's early access, not spoken any more.
 * - v1: limits by count, length of the lock.
 * - v2: how to acquire (KIP-1206), renewal of locks (KIP-1222).
 */
export const ShareFetch = api({
  key: 78,
  name: 'ShareFetch',
  versions: '0-2',
  flexible: '0+',
  request: {
    groupId: string('0+', { nullable: '0+', default: null }),
    /** The member's id from ShareGroupHeartbeat. */
    memberId: string('0+', { nullable: '0+' }),
    /**
     * 0: open a session. -1: close it and release what is acquired. Otherwise the next, rising by one a request and
     * wrapping to 1.
     */
    shareSessionEpoch: int32(),
    /** How long the answer may wait for `minBytes`. */
    maxWaitMs: int32(),
    minBytes: int32(),
    /** Not a hard limit: the first batch is sent even above it. */
    maxBytes: int32('0+', { default: 0x7fffffff }),
    /** How many records to acquire at most; a batch isn't split unless `shareAcquireMode` says so. */
    maxRecords: int32('1+'),
    /** How many records to put into one entry of `acquiredRecords` at best. */
    batchSize: int32('1+'),
    /** 0: batch_optimized: whole batches, even above `maxRecords`. 1: record_limit: never above it. */
    shareAcquireMode: int8('2+', { default: 0, ignorable: true }),
    /** True: the request has acknowledgements of type renew; then nothing is fetched. */
    isRenewAck: bool('2+', { default: false }),
    /** What to add to the session, and acknowledgements. */
    topics: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partitionIndex: int32(),
        partitionMaxBytes: int32('0'),
        acknowledgementBatches: array('0+', {
          /** Both ends are part of the range. */
          firstOffset: int64(),
          lastOffset: int64(),
          /**
           * 0: gap, there is no such record. 1: accept. 2: release, for another attempt. 3: reject, never again.
           * 4: renew the lock (from v2). One for the whole range, or one for each offset of it.
           */
          acknowledgeTypes: array('0+', int8()),
        }),
      }),
    }),
    /** Partitions that leave the session. */
    forgottenTopicsData: array('0+', {
      topicId: uuid(),
      partitions: array('0+', int32()),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH, SHARE_SESSION_LIMIT_REACHED, GROUP_AUTHORIZATION_FAILED,
     * INVALID_REQUEST, UNSUPPORTED_VERSION (share groups are off).
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    /** How long the records stay acquired. */
    acquisitionLockTimeoutMs: int32('1+'),
    responses: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /**
         * Of fetching: NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID,
         * TOPIC_AUTHORIZATION_FAILED, KAFKA_STORAGE_ERROR.
         */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        /**
         * Of acknowledging: INVALID_RECORD_STATE (not acquired by this member any more), INVALID_REQUEST,
         * NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED.
         */
        acknowledgeErrorCode: int16(),
        acknowledgeErrorMessage: string('0+', { nullable: '0+', default: null }),
        /** With NOT_LEADER_OR_FOLLOWER: whom to ask instead. Otherwise 0 and 0, as the fields have no other default. */
        currentLeader: struct('0+', {
          leaderId: int32(),
          leaderEpoch: int32(),
        }),
        /** Batches around the acquired records: those not in `acquiredRecords` aren't the member's. */
        records: records('0+', { nullable: '0' }),
        acquiredRecords: array('0+', {
          /** Both ends are part of the range. */
          firstOffset: int64(),
          lastOffset: int64(),
          /** How often these records were given out, this time included. */
          deliveryCount: int16(),
        }),
      }),
    }),
    /** Addresses of the leaders that `currentLeader` names. */
    nodeEndpoints: array('0+', {
      nodeId: int32(),
      host: string(),
      port: int32(),
      rack: string('0+', { nullable: '0+', default: null }),
    }),
  },
})
