import { api, array, bool, int16, int32, int64, int8, string, struct, uuid } from '../schema/notation.ts'

/**
 * ShareAcknowledge acknowledges records of a share group without fetching more (KIP-932). Sent to partition leaders in
 * the member's share session.
 *
 * - v0: Kafka 4.0's early access, not spoken any more.
 * - v2: renewal of locks (KIP-1222).
 */
export const ShareAcknowledge = api({
  key: 79,
  name: 'ShareAcknowledge',
  versions: '0-2',
  flexible: '0+',
  request: {
    groupId: string('0+', { nullable: '0+', default: null }),
    /** The member's id from ShareGroupHeartbeat. */
    memberId: string('0+', { nullable: '0+' }),
    /**
     * The session's next epoch, as in ShareFetch; -1: close it and release what is acquired. 0 can't open one here:
     * INVALID_SHARE_SESSION_EPOCH.
     */
    shareSessionEpoch: int32(),
    /** True: the request has acknowledgements of type renew. */
    isRenewAck: bool('2+', { default: false }),
    topics: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partitionIndex: int32(),
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
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH, GROUP_AUTHORIZATION_FAILED, INVALID_REQUEST,
     * UNSUPPORTED_VERSION (share groups are off).
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    /** How long renewed records stay acquired. */
    acquisitionLockTimeoutMs: int32('2+', { ignorable: true }),
    responses: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /**
         * INVALID_RECORD_STATE (not acquired by this member any more), INVALID_REQUEST, NOT_LEADER_OR_FOLLOWER,
         * UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED.
         */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        /** With NOT_LEADER_OR_FOLLOWER: whom to ask instead. */
        currentLeader: struct('0+', {
          leaderId: int32(),
          leaderEpoch: int32(),
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
