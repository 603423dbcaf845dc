import { api, array, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * DescribeAcls lists the access rules that match a filter (KIP-140). Also the key to the numbers that the ACL APIs
 * share:
 *
 * - Resource types: 1 any (filters only), 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user.
 * - Pattern types: 1 any, 2 match (filters only: all rules that hold for the name), 3 literal (`*` is every name),
 *   4 prefixed.
 * - Operations: 1 any (filters only), 2 all, 3 read, 4 write, 5 create, 6 delete, 7 alter, 8 describe, 9 cluster
 *   action, 10 describe configs, 11 alter configs, 12 idempotent write, 13 create tokens, 14 describe tokens,
 *   15 two-phase commit.
 * - Permissions: 1 any (filters only), 2 deny, 3 allow.
 *
 * Everywhere 0 is unknown and refused: INVALID_REQUEST (Kafka 4.3 closes the connection on a filter with it). A
 * principal is `User:name`, `User:*` is everybody; host `*` is every address.
 *
 * - v1: pattern types (KIP-290); before, all are literal.
 * - v3: users as resources (KIP-373).
 *
 * Kafka 4 dropped v0.
 */
export const DescribeAcls = api({
  key: 29,
  name: 'DescribeAcls',
  versions: '0-3',
  flexible: '2+',
  request: {
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
  },
  response: {
    throttleTimeMs: int32(),
    /** SECURITY_DISABLED (no authorizer), CLUSTER_AUTHORIZATION_FAILED, INVALID_REQUEST. */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    resources: array('0+', {
      resourceType: int8(),
      resourceName: string(),
      patternType: int8('1+', { default: 3 }),
      acls: array('0+', {
        principal: string(),
        host: string(),
        operation: int8(),
        permissionType: int8(),
      }),
    }),
  },
})
