/**
 * What a client may do, as the bits that Metadata and the describing APIs answer with (KIP-430).
 */

/** ACL operations, with the numbers of the wire. */
const operations = {
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
} as const

const bits = (...names: readonly (keyof typeof operations)[]): number =>
  names.reduce((sum, name) => sum | (1 << operations[name]), 0)

/** All that there is to do with each kind of resource; without an authorizer, everybody may. */
export const allOperations = {
  cluster: bits(
    'CREATE',
    'ALTER',
    'DESCRIBE',
    'CLUSTER_ACTION',
    'DESCRIBE_CONFIGS',
    'ALTER_CONFIGS',
    'IDEMPOTENT_WRITE',
  ),
  topic: bits('READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'),
  group: bits('READ', 'DELETE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'),
} as const

/** Not asked for. */
export const NO_OPERATIONS = -2147483648
