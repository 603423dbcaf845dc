import { api, array, bytes, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * DescribeDelegationToken lists the tokens that the principal owns, may renew or may describe (KIP-48).
 *
 * - v3: who asked for the token (KIP-373).
 *
 * Kafka 4 dropped v0.
 */
export const DescribeDelegationToken = api({
  key: 41,
  name: 'DescribeDelegationToken',
  versions: '0-3',
  flexible: '2+',
  request: {
    /** Null: of all owners. Empty: none. */
    owners: array(
      '0+',
      { nullable: '0+' },
      {
        principalType: string(),
        principalName: string(),
      },
    ),
  },
  response: {
    /** DELEGATION_TOKEN_AUTH_DISABLED, DELEGATION_TOKEN_REQUEST_NOT_ALLOWED. */
    errorCode: int16(),
    tokens: array('0+', {
      principalType: string(),
      principalName: string(),
      tokenRequesterPrincipalType: string('3+'),
      tokenRequesterPrincipalName: string('3+'),
      /** Milliseconds since 1970, as the other times. */
      issueTimestamp: int64(),
      expiryTimestamp: int64(),
      maxTimestamp: int64(),
      tokenId: string(),
      hmac: bytes(),
      renewers: array('0+', {
        principalType: string(),
        principalName: string(),
      }),
    }),
    throttleTimeMs: int32(),
  },
})
