import { api, array, bool, bytes, int16, int32, string } from '../schema/notation.ts'

/**
 * JoinGroup makes a client a member of a classic group and opens or joins a rebalance. Members send it to the
 * coordinator, which holds the answer until all members have joined or the rebalance timeout is over. Then one of
 * them, the leader, gets the list of all and assigns the work; SyncGroup hands it out.
 *
 * - v1: a rebalance timeout of its own (KIP-62).
 * - v3: while throttled the client itself waits, not the answer (KIP-219).
 * - v4: MEMBER_ID_REQUIRED (KIP-394).
 * - v5: static members (KIP-345).
 * - v7: the protocol type is answered (KIP-559).
 * - v8: the reason for joining (KIP-800).
 * - v9: the leader may be told to skip the assignment (KIP-814).
 */
export const JoinGroup = api({
  key: 11,
  name: 'JoinGroup',
  versions: '0-9',
  flexible: '6+',
  request: {
    groupId: string(),
    /**
     * Without a heartbeat for so long the member is out. Outside group.min and group.max.session.timeout.ms:
     * INVALID_SESSION_TIMEOUT.
     */
    sessionTimeoutMs: int32(),
    /** How long a rebalance waits for this member. -1 (before v1): the session timeout serves. */
    rebalanceTimeoutMs: int32('1+', { default: -1, ignorable: true }),
    /**
     * Empty when joining first: the coordinator gives one. From v4 on a dynamic member gets it with MEMBER_ID_REQUIRED
     * and joins again with it, so that clients that give up leave nothing behind.
     */
    memberId: string(),
    /** Name of a static member, which keeps its place over a restart; null: a dynamic member. */
    groupInstanceId: string('5+', { nullable: '5+', default: null }),
    /** "consumer", "connect", ...; all members must agree. */
    protocolType: string(),
    /**
     * What the member can speak, best first: for consumers one assignor each, with a ConsumerProtocolSubscription. One
     * must be common to all members. May not be empty.
     */
    protocols: array('0+', {
      name: string(),
      metadata: bytes(),
    }),
    /** For the coordinator's log. */
    reason: string('8+', { nullable: '8+', default: null, ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    /**
     * MEMBER_ID_REQUIRED, UNKNOWN_MEMBER_ID (not in this group any more: join with an empty id),
     * INCONSISTENT_GROUP_PROTOCOL (another type, none in common, or none at all), INVALID_SESSION_TIMEOUT,
     * INVALID_GROUP_ID (empty), GROUP_MAX_SIZE_REACHED, FENCED_INSTANCE_ID (a newer member has the static name),
     * GROUP_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
     */
    errorCode: int16(),
    /** Number of this round; -1 with an error. */
    generationId: int32('0+', { default: -1 }),
    /** Null with an error. */
    protocolType: string('7+', { nullable: '7+', default: null, ignorable: true }),
    /**
     * The protocol chosen: the one that most members like best among the common ones. Null (before v7: empty) with an
     * error.
     */
    protocolName: string('0+', { nullable: '7+' }),
    /** Member id of the leader. */
    leader: string(),
    /**
     * True: a static leader came back and nothing else changed; it keeps quiet in SyncGroup and the old assignment
     * stays.
     */
    skipAssignment: bool('9+', { default: false }),
    /** The client's own, given or confirmed. */
    memberId: string(),
    /** All members, for the leader only; empty for others. */
    members: array('0+', {
      memberId: string(),
      groupInstanceId: string('5+', { nullable: '5+', default: null, ignorable: true }),
      /** What the member gave with the chosen protocol. */
      metadata: bytes(),
    }),
  },
})
