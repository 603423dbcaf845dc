import { api, array, bool, bytes, int16, int32, string } from '../schema/notation.ts'

/**
 * DescribeGroups shows classic groups: state, members, what they subscribed to and what they got. Tools send it to
 * each group's coordinator.
 *
 * - v2: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: authorised operations (KIP-430).
 * - v4: static members.
 * - v6: an unknown group is an error (KIP-1043).
 */
export const DescribeGroups = api({
  key: 15,
  name: 'DescribeGroups',
  versions: '0-6',
  flexible: '5+',
  request: {
    /** Group ids. */
    groups: array('0+', string()),
    /** Asks for `authorizedOperations`. */
    includeAuthorizedOperations: bool('3+'),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    groups: array('0+', {
      /**
       * GROUP_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS,
       * GROUP_ID_NOT_FOUND (from v6: unknown, or a group of another protocol).
       */
      errorCode: int16(),
      errorMessage: string('6+', { nullable: '6+', default: null }),
      groupId: string(),
      /**
       * Empty, PreparingRebalance, CompletingRebalance, Stable or Dead; Dead also for an unknown group. Empty with an
       * error.
       */
      groupState: string(),
      /** "consumer", "connect", ...; empty for a group that only commits offsets. */
      protocolType: string(),
      /** Name of the protocol chosen, while the group is Stable; otherwise empty. */
      protocolData: string(),
      members: array('0+', {
        memberId: string(),
        groupInstanceId: string('4+', { nullable: '4+', default: null, ignorable: true }),
        clientId: string(),
        /** Kafka writes an IP address with a slash before it. */
        clientHost: string(),
        /** What the member gave with the chosen protocol; empty unless the group is Stable. */
        memberMetadata: bytes(),
        /** Empty unless the group is Stable. */
        memberAssignment: bytes(),
      }),
      authorizedOperations: int32('3+', { default: -2147483648 }),
    }),
  },
})
