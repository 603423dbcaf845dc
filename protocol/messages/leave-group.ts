import { api, array, int16, int32, string } from '../schema/notation.ts'

/**
 * LeaveGroup takes members out of a classic group at once, without waiting for their session to expire. Consumers send
 * it for themselves when they close, admins for static members.
 *
 * - v2: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: many members (KIP-345).
 * - v5: the reason (KIP-800).
 */
export const LeaveGroup = api({
  key: 13,
  name: 'LeaveGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string(),
    /** The only one that leaves. */
    memberId: string('0-2'),
    members: array('3+', {
      /** May be empty for a static member. */
      memberId: string('3+'),
      /** Null: a dynamic member. */
      groupInstanceId: string('3+', { nullable: '3+', default: null }),
      /** For the coordinator's log. */
      reason: string('5+', { nullable: '5+', default: null, ignorable: true }),
    }),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    /**
     * GROUP_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS,
     * INVALID_GROUP_ID; before v3 also the only member's error.
     */
    errorCode: int16(),
    members: array('3+', {
      memberId: string('3+'),
      groupInstanceId: string('3+', { nullable: '3+' }),
      /** UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID (the static name belongs to another member id). */
      errorCode: int16('3+'),
    }),
  },
})
