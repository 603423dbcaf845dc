import { api, array, int16, int32, int8, string } from '../schema/notation.ts'

/** DescribeUserScramCredentials tells which users have SCRAM credentials; never the credentials (KIP-554). */
export const DescribeUserScramCredentials = api({
  key: 50,
  name: 'DescribeUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: {
    /** Null or empty: all. */
    users: array(
      '0+',
      { nullable: '0+' },
      {
        name: string(),
      },
    ),
  },
  response: {
    throttleTimeMs: int32(),
    /** CLUSTER_AUTHORIZATION_FAILED. */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array('0+', {
      user: string(),
      /** RESOURCE_NOT_FOUND (no such user), DUPLICATE_RESOURCE (asked for twice). */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      credentialInfos: array('0+', {
        /** 1: SCRAM-SHA-256. 2: SCRAM-SHA-512. */
        mechanism: int8(),
        iterations: int32(),
      }),
    }),
  },
})
