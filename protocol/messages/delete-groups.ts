import { api, array, int16, int32, string } from '../schema/notation.ts'

/** DeleteGroups. */
export const DeleteGroups = api({
  key: 42,
  name: 'DeleteGroups',
  versions: '0-3',
  flexible: '2+',
  request: {
    groupsNames: array('0+', string()),
  },
  response: {
    throttleTimeMs: int32(),
    results: array('0+', {
      groupId: string(),
      errorCode: int16(),
      errorMessage: string('3+', { nullable: '3+', default: null, ignorable: true }),
    }),
  },
})
