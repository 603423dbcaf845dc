import { api, array, bool, int16, int32, string } from '../schema/notation.ts'

/**
 * AlterPartitionReassignments moves partitions to other brokers, or cancels such moves (KIP-455).
 *
 * - v1: may insist on the replication factor (KIP-860).
 */
export const AlterPartitionReassignments = api({
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: '0-1',
  flexible: '0+',
  request: {
    timeoutMs: int32('0+', { default: 60000 }),
    /** False: a list of another length is INVALID_REPLICATION_FACTOR. */
    allowReplicationFactorChange: bool('1+', { default: true }),
    topics: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** The brokers to end with, the preferred leader first. Null: cancel the move in progress. */
        replicas: array('0+', { nullable: '0+', default: null }, int32()),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    allowReplicationFactorChange: bool('1+', { default: true, ignorable: true }),
    /** CLUSTER_AUTHORIZATION_FAILED, NOT_CONTROLLER, REQUEST_TIMED_OUT. */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    responses: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /**
         * NO_REASSIGNMENT_IN_PROGRESS (nothing to cancel), INVALID_REPLICA_ASSIGNMENT (empty, a broker twice or
         * unknown), INVALID_REPLICATION_FACTOR, UNKNOWN_TOPIC_OR_PARTITION. A move to where it is already succeeds.
         */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+' }),
      }),
    }),
  },
})
