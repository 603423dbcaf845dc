import { api, array, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * DeleteAcls removes all access rules that match filters. Numbers as in describe-acls.ts.
 *
 * - v1: pattern types (KIP-290).
 * - v3: users as resources (KIP-373).
 *
 * Kafka 4 dropped v0.
 */
export const DeleteAcls = api({
  key: 31,
  name: 'DeleteAcls',
  versions: '0-3',
  flexible: '2+',
  request: {
    filters: array('0+', {
      resourceTypeFilter: int8(),
      /** Null: any. */
      resourceNameFilter: string('0+', { nullable: '0+' }),
      patternTypeFilter: int8('1+', { default: 3 }),
      /** Null: any. */
      principalFilter: string('0+', { nullable: '0+' }),
      /** Null: any. */
      hostFilter: string('0+', { nullable: '0+' }),
      operation: int8(),
      permissionType: int8(),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    /** In the order of `filters`. */
    filterResults: array('0+', {
      /** SECURITY_DISABLED (no authorizer), CLUSTER_AUTHORIZATION_FAILED, INVALID_REQUEST. */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      /** The rules removed, each with an error if that failed. */
      matchingAcls: array('0+', {
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+' }),
        resourceType: int8(),
        resourceName: string(),
        patternType: int8('1+', { default: 3 }),
        principal: string(),
        host: string(),
        operation: int8(),
        permissionType: int8(),
      }),
    }),
  },
})
