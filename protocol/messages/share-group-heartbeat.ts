import { api, array, int16, int32, string, struct, uuid } from '../schema/notation.ts'

/**
 * ShareGroupHeartbeat is the membership of share groups, whose members share partitions and acknowledge records one by
 * one (KIP-932). Sent to the group's coordinator every `heartbeatIntervalMs`. A null field hasn't changed since the
 * last one.
 *
 * - v0: Kafka 4.0's early access, not spoken any more.
 */
export const ShareGroupHeartbeat = api({
  key: 76,
  name: 'ShareGroupHeartbeat',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    /** A uuid that the member made. */
    memberId: string(),
    /** 0: join. -1: leave. Otherwise the epoch from the last answer. */
    memberEpoch: int32(),
    rackId: string('0+', { nullable: '0+', default: null }),
    subscribedTopicNames: array('0+', { nullable: '0+', default: null }, string()),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH (the member joins anew), INVALID_REQUEST, GROUP_MAX_SIZE_REACHED,
     * GROUP_ID_NOT_FOUND (no such group, or one of another protocol), UNSUPPORTED_VERSION (share groups are off),
     * GROUP_AUTHORIZATION_FAILED, TOPIC_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE,
     * COORDINATOR_LOAD_IN_PROGRESS.
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    memberId: string('0+', { nullable: '0+', default: null }),
    /** To be sent next; -1 when the member has left. */
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    /** Partitions to fetch from, all of them. Null: as before. */
    assignment: struct(
      '0+',
      { nullable: '0+', default: null },
      {
        topicPartitions: array('0+', {
          topicId: uuid(),
          partitions: array('0+', int32()),
        }),
      },
    ),
  },
})
