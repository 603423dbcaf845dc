import { api, array, int16, int32, string } from '../schema/notation.ts'

/**
 * DeleteGroups deletes groups without members, and their offsets. Tools send it to each group's coordinator (KIP-229).
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: error messages.
 */
export const DeleteGroups = api({
  key: 42,
  name: 'DeleteGroups',
  versions: '0-3',
  flexible: '2+',
  request: {
    /** Group ids. */
    groupsNames: array('0+', string()),
  },
  response: {
    throttleTimeMs: int32(),
    results: array('0+', {
      groupId: string(),
      /**
       * NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, GROUP_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE,
       * COORDINATOR_LOAD_IN_PROGRESS.
       */
      errorCode: int16(),
      errorMessage: string('3+', { nullable: '3+', default: null, ignorable: true }),
    }),
  },
})
