import { api, bytes, int16, int64, string } from '../schema/notation.ts'

/**
 * SaslAuthenticate carries the tokens of a SASL exchange, once or more often until both sides are content (KIP-152).
 * Repeated on a live connection it re-authenticates (KIP-368).
 *
 * - v1: how long the session lasts (KIP-368).
 */
export const SaslAuthenticate = api({
  key: 36,
  name: 'SaslAuthenticate',
  versions: '0-2',
  flexible: '2+',
  request: {
    /** The mechanism's token of the client. */
    authBytes: bytes(),
  },
  response: {
    /** SASL_AUTHENTICATION_FAILED (the connection is closed after it), ILLEGAL_SASL_STATE (not at this point). */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    /** The mechanism's token of the server. */
    authBytes: bytes(),
    /** Within so long the client must authenticate again, or its connection is closed. 0: no limit. */
    sessionLifetimeMs: int64('1+', { default: 0, ignorable: true }),
  },
})
