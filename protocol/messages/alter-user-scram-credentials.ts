import { api, array, bytes, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * AlterUserScramCredentials sets and deletes SCRAM credentials (KIP-554). The client salts the password, so that it
 * never travels.
 */
export const AlterUserScramCredentials = api({
  key: 51,
  name: 'AlterUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: {
    deletions: array('0+', {
      name: string(),
      /** 1: SCRAM-SHA-256. 2: SCRAM-SHA-512. */
      mechanism: int8(),
    }),
    upsertions: array('0+', {
      name: string(),
      /** 1: SCRAM-SHA-256. 2: SCRAM-SHA-512. */
      mechanism: int8(),
      /** 4096 to 16384, else UNACCEPTABLE_CREDENTIAL. */
      iterations: int32(),
      salt: bytes(),
      /** RFC 5802's SaltedPassword: PBKDF2 of password and salt with the mechanism's hash. */
      saltedPassword: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    /** One for each user named. */
    results: array('0+', {
      user: string(),
      /**
       * RESOURCE_NOT_FOUND (nothing to delete), DUPLICATE_RESOURCE (a user twice in the request, even for two
       * mechanisms), UNACCEPTABLE_CREDENTIAL, UNSUPPORTED_SASL_MECHANISM, CLUSTER_AUTHORIZATION_FAILED,
       * NOT_CONTROLLER.
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
    }),
  },
})
