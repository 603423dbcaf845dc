import { api, array, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * CreateAcls adds access rules; one that exists already is no error. Numbers as in describe-acls.ts.
 *
 * - v1: pattern types (KIP-290).
 * - v3: users as resources (KIP-373).
 *
 * Kafka 4 dropped v0.
 */
export const CreateAcls = api({
  key: 30,
  name: 'CreateAcls',
  versions: '0-3',
  flexible: '2+',
  request: {
    creations: array('0+', {
      resourceType: int8(),
      /** Of the cluster: `kafka-cluster`. */
      resourceName: string(),
      resourcePatternType: int8('1+', { default: 3 }),
      principal: string(),
      host: string(),
      operation: int8(),
      permissionType: int8(),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    /** In the order of `creations`. */
    results: array('0+', {
      /**
       * SECURITY_DISABLED (no authorizer), CLUSTER_AUTHORIZATION_FAILED, INVALID_REQUEST (a filter's value, an empty
       * name, a cluster of another name).
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
    }),
  },
})
