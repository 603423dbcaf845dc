import { api, array, bool, int16, int32, int64, int8, string } from '../schema/notation.ts'

/**
 * WriteTxnMarkers writes commit and abort markers to partitions. Transaction coordinators send it to partition
 * leaders, admin tools to end a hanging transaction (KIP-98, KIP-664). Needs ClusterAction on the cluster (or Alter,
 * for the tools).
 *
 * - v2: the transaction version (KIP-1228).
 *
 * Kafka 4 dropped v0.
 */
export const WriteTxnMarkers = api({
  key: 27,
  name: 'WriteTxnMarkers',
  versions: '0-2',
  flexible: '1+',
  request: {
    markers: array('0+', {
      producerId: int64(),
      producerEpoch: int16(),
      /** True: commit. False: abort. */
      transactionResult: bool(),
      topics: array('0+', {
        name: string(),
        partitionIndexes: array('0+', int32()),
      }),
      /** Leader epoch of the coordinator's log; an older one than a partition saw is TRANSACTION_COORDINATOR_FENCED. */
      coordinatorEpoch: int32(),
      /** Of the transaction: under 2 the marker carries a higher epoch than the transaction's records (KIP-890). */
      transactionVersion: int8('2+', { default: 0, ignorable: true }),
    }),
  },
  response: {
    markers: array('0+', {
      producerId: int64(),
      topics: array('0+', {
        name: string(),
        partitions: array('0+', {
          partitionIndex: int32(),
          /**
           * UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, TRANSACTION_COORDINATOR_FENCED,
           * INVALID_PRODUCER_EPOCH, CLUSTER_AUTHORIZATION_FAILED, NOT_ENOUGH_REPLICAS,
           * NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT, KAFKA_STORAGE_ERROR.
           */
          errorCode: int16(),
        }),
      }),
    }),
  },
})
