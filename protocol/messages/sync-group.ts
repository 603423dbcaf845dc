import { api, array, bytes, int16, int32, string } from '../schema/notation.ts'

/**
 * SyncGroup is the second half of a classic rebalance: the leader sends all assignments, every member gets its own.
 * The coordinator holds the followers' answers until the leader's request came.
 *
 * - v2: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: static members (KIP-345).
 * - v5: type and name of the protocol, to be checked (KIP-559).
 */
export const SyncGroup = api({
  key: 14,
  name: 'SyncGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    /** Another than the group's, or null from v5 on: INCONSISTENT_GROUP_PROTOCOL. */
    protocolType: string('5+', { nullable: '5+', default: null, ignorable: true }),
    /** As `protocolType`. */
    protocolName: string('5+', { nullable: '5+', default: null, ignorable: true }),
    /** From the leader: every member's; others send none. For consumers a ConsumerProtocolAssignment each. */
    assignments: array('0+', {
      memberId: string(),
      assignment: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    /**
     * REBALANCE_IN_PROGRESS (a new round began: join again), ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID,
     * FENCED_INSTANCE_ID, INCONSISTENT_GROUP_PROTOCOL, GROUP_AUTHORIZATION_FAILED, NOT_COORDINATOR,
     * COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS (of a group in the middle of a rebalance, after which
     * members join again: REBALANCE_IN_PROGRESS).
     */
    errorCode: int16(),
    protocolType: string('5+', { nullable: '5+', default: null, ignorable: true }),
    protocolName: string('5+', { nullable: '5+', default: null, ignorable: true }),
    /** Empty with an error, and for a member that the leader left out. */
    assignment: bytes(),
  },
})
