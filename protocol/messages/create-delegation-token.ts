import { api, array, bytes, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * CreateDelegationToken gives out a token: a name and secret with which worker processes authenticate by SCRAM in a
 * principal's stead (KIP-48). Not allowed to those who come by a token themselves, or without authentication.
 *
 * - v3: a token for another principal (KIP-373).
 *
 * Kafka 4 dropped v0.
 */
export const CreateDelegationToken = api({
  key: 38,
  name: 'CreateDelegationToken',
  versions: '0-3',
  flexible: '2+',
  request: {
    /** Null or empty: the token is for the requester. */
    ownerPrincipalType: string('3+', { nullable: '3+' }),
    ownerPrincipalName: string('3+', { nullable: '3+' }),
    /** Who may renew and expire it beside its owner. A type other than `User`: INVALID_PRINCIPAL_TYPE. */
    renewers: array('0+', {
      principalType: string(),
      principalName: string(),
    }),
    /** -1: the broker's delegation.token.max.lifetime.ms, which bounds others as well. */
    maxLifetimeMs: int64(),
  },
  response: {
    /**
     * DELEGATION_TOKEN_AUTH_DISABLED (the broker has no secret key), DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
     * DELEGATION_TOKEN_AUTHORIZATION_FAILED, INVALID_PRINCIPAL_TYPE.
     */
    errorCode: int16(),
    /** Of the owner, as `principalName`. */
    principalType: string(),
    principalName: string(),
    tokenRequesterPrincipalType: string('3+'),
    tokenRequesterPrincipalName: string('3+'),
    /** Milliseconds since 1970, as the other times. */
    issueTimestampMs: int64(),
    /** Until then it is valid, unless renewed. */
    expiryTimestampMs: int64(),
    /** It can't be renewed beyond. */
    maxTimestampMs: int64(),
    /** The name for SCRAM. */
    tokenId: string(),
    /** Its base64 is the password for SCRAM. */
    hmac: bytes(),
    throttleTimeMs: int32(),
  },
})
