import { api, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * AddOffsetsToTxn adds a group's offsets to a transaction, that is the partition of __consumer_offsets that holds
 * them. Producers send it to their transaction coordinator before TxnOffsetCommit; under transaction version 2 they
 * don't need to (KIP-890).
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 * - v2: PRODUCER_FENCED may be answered (KIP-588).
 * - v4: TRANSACTION_ABORTABLE may be answered (KIP-890).
 */
export const AddOffsetsToTxn = api({
  key: 25,
  name: 'AddOffsetsToTxn',
  versions: '0-4',
  flexible: '3+',
  request: {
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    /** Group whose offsets will be committed. */
    groupId: string(),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * INVALID_PRODUCER_ID_MAPPING, INVALID_PRODUCER_EPOCH (from v2 PRODUCER_FENCED), INVALID_TXN_STATE,
     * CONCURRENT_TRANSACTIONS, TRANSACTIONAL_ID_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED, NOT_COORDINATOR,
     * COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, TRANSACTION_ABORTABLE.
     */
    errorCode: int16(),
  },
})
