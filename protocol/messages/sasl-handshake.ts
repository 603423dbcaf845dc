import { api, array, int16, string } from '../schema/notation.ts'

/**
 * SaslHandshake chooses the SASL mechanism of a connection, before anything but ApiVersions. Never flexible.
 *
 * - v0: after it the client sends bare tokens: an int32 length and the mechanism's bytes, no Kafka request.
 * - v1: tokens travel in SaslAuthenticate (KIP-152).
 */
export const SaslHandshake = api({
  key: 17,
  name: 'SaslHandshake',
  versions: '0-1',
  flexible: 'none',
  request: {
    /** PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or GSSAPI. */
    mechanism: string(),
  },
  response: {
    /** UNSUPPORTED_SASL_MECHANISM; ILLEGAL_SASL_STATE (not at this point, or not on this listener). */
    errorCode: int16(),
    /** Those that this listener takes. */
    mechanisms: array('0+', string()),
  },
})
