import { api, array, int16, int32, string, struct, uuid } from '../schema/notation.ts'

/**
 * ConsumerGroupHeartbeat is the whole of the consumer group protocol (KIP-848): by it a member joins, tells what it
 * wants and holds, learns what it is to hold, and leaves. Sent to the group's coordinator every `heartbeatIntervalMs`,
 * and at once when something changed.
 *
 * A field that is null hasn't changed since the last heartbeat; a member that joins sends all.
 *
 * - v1: subscriptions by regular expression (KIP-848); the member makes its own id (KIP-1082).
 */
export const ConsumerGroupHeartbeat = api({
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    /** A uuid that the member made; in v0 empty when joining, and given by the coordinator. */
    memberId: string(),
    /** 0: join. -1: leave. -2: a static member leaves for a while. Otherwise the epoch from the last answer. */
    memberEpoch: int32(),
    /** Name of a static member, or null; may not change. */
    instanceId: string('0+', { nullable: '0+', default: null }),
    /** Of the member; null: none, or unchanged. */
    rackId: string('0+', { nullable: '0+', default: null }),
    /** How long the member may take to give up partitions. -1: unchanged. */
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    subscribedTopicNames: array('0+', { nullable: '0+', default: null }, string()),
    /** RE2, over the whole name; empty: none any more. A bad one: INVALID_REGULAR_EXPRESSION. */
    subscribedTopicRegex: string('1+', { nullable: '1+', default: null }),
    /** "uniform" or "range" in Kafka; null: the coordinator chooses. */
    serverAssignor: string('0+', { nullable: '0+', default: null }),
    /** What the member holds, by which it says that it gave up what it had to. */
    topicPartitions: array(
      '0+',
      { nullable: '0+', default: null },
      {
        topicId: uuid(),
        partitions: array('0+', int32()),
      },
    ),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH (the member gives all up and joins anew), INVALID_REQUEST,
     * UNSUPPORTED_ASSIGNOR, INVALID_REGULAR_EXPRESSION, UNRELEASED_INSTANCE_ID (the static name is in use),
     * GROUP_MAX_SIZE_REACHED, GROUP_ID_NOT_FOUND (no such group, or one of another protocol),
     * GROUP_AUTHORIZATION_FAILED, TOPIC_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE,
     * COORDINATOR_LOAD_IN_PROGRESS.
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    /** The member's id, given or confirmed; null with an error. */
    memberId: string('0+', { nullable: '0+', default: null }),
    /** To be sent next; -1 or -2 when the member has left. */
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    /** What the member is to hold now: all of it, not a change. Null: as before. */
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
