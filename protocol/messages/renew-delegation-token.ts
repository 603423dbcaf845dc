import { api, bytes, int16, int32, int64 } from '../schema/notation.ts'

/**
 * RenewDelegationToken makes a token last longer (KIP-48).
 *
 * Kafka 4 dropped v0.
 */
export const RenewDelegationToken = api({
  key: 39,
  name: 'RenewDelegationToken',
  versions: '0-2',
  flexible: '2+',
  request: {
    /** As CreateDelegationToken gave it. */
    hmac: bytes(),
    /** From now; -1: the broker's delegation.token.expiry.time.ms. The token's own end bounds it. */
    renewPeriodMs: int64(),
  },
  response: {
    /**
     * DELEGATION_TOKEN_AUTH_DISABLED, DELEGATION_TOKEN_NOT_FOUND, DELEGATION_TOKEN_EXPIRED,
     * DELEGATION_TOKEN_OWNER_MISMATCH (neither owner nor renewer), DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.
     */
    errorCode: int16(),
    /** Milliseconds since 1970; -1 with an error. */
    expiryTimestampMs: int64(),
    throttleTimeMs: int32(),
  },
})
