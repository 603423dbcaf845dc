import { api, array, bool, int16, int32, int64, string } from '../schema/notation.ts'

const addPartitionsToTxnTopic = {
  name: string(),
  partitions: array('0+', int32()),
}

const addPartitionsToTxnTopicResult = {
  name: string(),
  resultsByPartition: array('0+', {
    partitionIndex: int32(),
    /**
     * INVALID_PRODUCER_ID_MAPPING (the transactional id is unknown or has another producer id), INVALID_PRODUCER_EPOCH
     * (from v2 PRODUCER_FENCED), CONCURRENT_TRANSACTIONS (the last one is still being ended: ask again),
     * INVALID_TXN_STATE, TRANSACTION_ABORTABLE, UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED,
     * TRANSACTIONAL_ID_AUTHORIZATION_FAILED, OPERATION_NOT_ATTEMPTED (another partition failed, so none was added),
     * NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
     */
    partitionErrorCode: int16(),
  }),
}

/**
 * AddPartitionsToTxn adds partitions to a transaction before the producer writes to them. Producers send it to their
 * transaction coordinator; from v4 on it is for brokers, which ask on Produce whether a partition belongs to the
 * producer's open transaction (KIP-890). Producers of transaction version 2 don't send it: Produce adds the partition.
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 * - v2: PRODUCER_FENCED may be answered (KIP-588).
 * - v4: many transactions, verification; for brokers only (KIP-890).
 * - v5: TRANSACTION_ABORTABLE may be answered (KIP-890).
 */
export const AddPartitionsToTxn = api({
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: '0-5',
  flexible: '3+',
  request: {
    transactions: array('4+', {
      transactionalId: string('4+'),
      producerId: int64('4+'),
      producerEpoch: int16('4+'),
      /** True: only ask, add nothing. A partition that isn't in the transaction: TRANSACTION_ABORTABLE. */
      verifyOnly: bool('4+', { default: false }),
      topics: array('4+', addPartitionsToTxnTopic),
    }),
    /** v0 to v3 carry one transaction only. */
    v3AndBelowTransactionalId: string('0-3'),
    v3AndBelowProducerId: int64('0-3'),
    v3AndBelowProducerEpoch: int16('0-3'),
    v3AndBelowTopics: array('0-3', addPartitionsToTxnTopic),
  },
  response: {
    throttleTimeMs: int32(),
    /** CLUSTER_AUTHORIZATION_FAILED. */
    errorCode: int16('4+', { ignorable: true }),
    /** By transactional id. */
    resultsByTransaction: array('4+', {
      transactionalId: string('4+'),
      topicResults: array('4+', addPartitionsToTxnTopicResult),
    }),
    resultsByTopicV3AndBelow: array('0-3', addPartitionsToTxnTopicResult),
  },
})
