import { api, array, bytes, int16, int32, int64, string } from '../schema/notation.ts'

/** DescribeDelegationToken. */
export const DescribeDelegationToken = api({
  key: 41,
  name: 'DescribeDelegationToken',
  versions: '0-3',
  flexible: '2+',
  request: {
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
    errorCode: int16(),
    tokens: array('0+', {
      principalType: string(),
      principalName: string(),
      tokenRequesterPrincipalType: string('3+'),
      tokenRequesterPrincipalName: string('3+'),
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
