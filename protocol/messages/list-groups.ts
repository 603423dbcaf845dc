import { api, array, int16, int32, string } from '../schema/notation.ts'

/**
 * ListGroups lists the groups that this broker coordinates; a client asks every broker. All group protocols are in it.
 *
 * - v2: while throttled the client itself waits, not the answer (KIP-219).
 * - v4: states, as filter and answer (KIP-518).
 * - v5: types, as filter and answer (KIP-848).
 */
export const ListGroups = api({
  key: 16,
  name: 'ListGroups',
  versions: '0-5',
  flexible: '3+',
  request: {
    /** Empty: all. Upper and lower case don't matter; an unknown name matches nothing. */
    statesFilter: array('4+', string()),
    /** "classic", "consumer", "share", "streams"; empty: all. */
    typesFilter: array('5+', string()),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    /**
     * COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE. Groups that the principal may not describe are left
     * out.
     */
    errorCode: int16(),
    groups: array('0+', {
      groupId: string(),
      /**
       * Of a classic group its members' ("consumer", "connect"); of others "consumer", "share" or "streams". Empty for
       * a group that only commits offsets.
       */
      protocolType: string(),
      /** As in the describing API of the group's type. */
      groupState: string('4+', { ignorable: true }),
      /** "classic", "consumer", "share" or "streams". */
      groupType: string('5+', { ignorable: true }),
    }),
  },
})
