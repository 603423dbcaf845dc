import { api, bool, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * InitProducerId gives a producer the id and epoch by which its batches are told from others. Idempotent producers
 * send it to any broker; transactional ones to their coordinator, which fences older producers of the same name and
 * ends their open transaction (KIP-98).
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: a producer may ask for the next epoch of its id after an error (KIP-360).
 * - v4: PRODUCER_FENCED may be answered (KIP-588).
 * - v5: TRANSACTION_ABORTABLE may be answered (KIP-890).
 * - v6: two-phase commit (KIP-939); not advertised by Kafka 4.4.
 */
export const InitProducerId = api({
  key: 22,
  name: 'InitProducerId',
  versions: '0-6',
  flexible: '2+',
  request: {
    /** Null: only idempotence. Empty: INVALID_REQUEST. */
    transactionalId: string('0+', { nullable: '0+' }),
    /**
     * After so long the coordinator aborts an open transaction. Not above 0, or above transaction.max.timeout.ms:
     * INVALID_TRANSACTION_TIMEOUT. Means nothing without a transactional id.
     */
    transactionTimeoutMs: int32(),
    /** The producer's present id; -1: it has none. Must come with `producerEpoch`, else INVALID_REQUEST. */
    producerId: int64('3+', { default: -1 }),
    /** The producer's present epoch; -1: it has none. */
    producerEpoch: int16('3+', { default: -1 }),
    /** The transaction has no timeout, as another system decides on it. */
    enable2Pc: bool('6+', { default: false }),
    /** Keep an open transaction instead of aborting it; the answer names it. */
    keepPreparedTxn: bool('6+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('0+', { ignorable: true }),
    /**
     * INVALID_PRODUCER_EPOCH (from v4 PRODUCER_FENCED: another producer has the name by now),
     * INVALID_TRANSACTION_TIMEOUT, CONCURRENT_TRANSACTIONS (the older producer's transaction is being ended: ask
     * again), INVALID_REQUEST, TRANSACTIONAL_ID_AUTHORIZATION_FAILED, CLUSTER_AUTHORIZATION_FAILED, NOT_COORDINATOR,
     * COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, TRANSACTION_ABORTABLE.
     */
    errorCode: int16(),
    /** -1 with an error. */
    producerId: int64('0+', { default: -1 }),
    /** -1 with an error; 0 for a new id. */
    producerEpoch: int16(),
    /** Of the transaction that was kept; -1: none. */
    ongoingTxnProducerId: int64('6+', { default: -1 }),
    /** Of the transaction that was kept; -1: none. */
    ongoingTxnProducerEpoch: int16('6+', { default: -1 }),
  },
})
