import { api, array, int16, string } from '../schema/notation.ts'

/** SaslHandshake. */
export const SaslHandshake = api({
  key: 17,
  name: 'SaslHandshake',
  versions: '0-1',
  flexible: 'none',
  request: {
    mechanism: string(),
  },
  response: {
    errorCode: int16(),
    mechanisms: array('0+', string()),
  },
})
