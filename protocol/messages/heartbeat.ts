import { api, int16, int32, string } from '../schema/notation.ts'

/**
 * Heartbeat keeps a member of a classic group alive, and tells it of a rebalance. Members send it to the coordinator
 * every heartbeat.interval.ms; it renews the session timeout given in JoinGroup.
 *
 * - v2: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: static members (KIP-345).
 */
export const Heartbeat = api({
  key: 12,
  name: 'Heartbeat',
  versions: '0-4',
  flexible: '4+',
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    /**
     * REBALANCE_IN_PROGRESS (members are being gathered: join again; the session is renewed all the same),
     * ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, INVALID_GROUP_ID, GROUP_AUTHORIZATION_FAILED,
     * NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE.
     */
    errorCode: int16(),
  },
})
