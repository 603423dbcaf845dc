import { api, array, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * FindCoordinator tells which broker coordinates a group, a transactional id or a share-partition. Clients ask any
 * broker, and ask again on NOT_COORDINATOR.
 *
 * - v1: transactions beside groups (KIP-98).
 * - v2: while throttled the client itself waits, not the answer (KIP-219).
 * - v4: many keys at once (KIP-699).
 * - v5: TRANSACTION_ABORTABLE may be answered (KIP-890).
 * - v6: share-partitions (KIP-932).
 */
export const FindCoordinator = api({
  key: 10,
  name: 'FindCoordinator',
  versions: '0-6',
  flexible: '3+',
  request: {
    /** A group id, a transactional id, or `groupId:topicId:partition`. */
    key: string('0-3'),
    /** 0: a group. 1: a transactional id. 2: a share-partition (from v6). Others: INVALID_REQUEST. */
    keyType: int8('1+', { default: 0 }),
    /** All of one `keyType`. */
    coordinatorKeys: array('4+', string()),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    /**
     * COORDINATOR_NOT_AVAILABLE (the coordinator's log has no leader, or is being created),
     * GROUP_AUTHORIZATION_FAILED, TRANSACTIONAL_ID_AUTHORIZATION_FAILED, CLUSTER_AUTHORIZATION_FAILED
     * (share-partitions are for brokers), INVALID_REQUEST.
     */
    errorCode: int16('0-3'),
    errorMessage: string('1-3', { nullable: '1-3', ignorable: true }),
    /** -1 with an error, and then the host is empty and the port -1. */
    nodeId: int32('0-3'),
    host: string('0-3'),
    port: int32('0-3'),
    coordinators: array('4+', {
      key: string('4+'),
      /** As above. */
      nodeId: int32('4+'),
      host: string('4+'),
      port: int32('4+'),
      /** As above. */
      errorCode: int16('4+'),
      errorMessage: string('4+', { nullable: '4+', ignorable: true }),
    }),
  },
})
