import { api, bool, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * EndTxn commits or aborts a transaction. Producers send it to their transaction coordinator, which writes the
 * decision to its log, answers, and then has markers written to every partition of the transaction: the end is seen a
 * little later than the answer.
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 * - v2: PRODUCER_FENCED may be answered (KIP-588).
 * - v4: TRANSACTION_ABORTABLE may be answered (KIP-890).
 * - v5: transaction version 2: the epoch rises with every transaction and is answered (KIP-890).
 */
export const EndTxn = api({
  key: 26,
  name: 'EndTxn',
  versions: '0-5',
  flexible: '3+',
  request: {
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    /** True: commit. False: abort. */
    committed: bool(),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * INVALID_PRODUCER_ID_MAPPING, INVALID_PRODUCER_EPOCH (from v2 PRODUCER_FENCED), INVALID_TXN_STATE (nothing to
     * end, or it ends the other way), CONCURRENT_TRANSACTIONS, TRANSACTIONAL_ID_AUTHORIZATION_FAILED, NOT_COORDINATOR,
     * COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, TRANSACTION_ABORTABLE.
     */
    errorCode: int16(),
    /** To go on with; a new one when the epochs are used up. -1 with an error. */
    producerId: int64('5+', { default: -1, ignorable: true }),
    /** To go on with. -1 with an error. */
    producerEpoch: int16('5+', { default: -1, ignorable: true }),
  },
})
