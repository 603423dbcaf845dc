/**
 * What __transaction_state holds: one record a transactional id. Key and value begin with an int16 each: the record's
 * type, the value's version.
 */
import { array, int16, int32, int64, int8, message, string } from '../schema/notation.ts'

/** Names a transactional id. */
export const TransactionLogKey = message({
  name: 'TransactionLogKey',
  key: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    transactionalId: string(),
  },
})

/**
 * Where the producer and its transaction are. Written at each step (InitProducerId, partitions joining, the decision,
 * its completion) and waited for before the step counts. A tombstone is written when the id has been idle for
 * transactional.id.expiration.ms.
 *
 * - v0: for transaction version 0; doesn't hold the tagged fields.
 * - v1: flexible, from transaction version 1 on (KIP-890); the version that Kafka 4.3 writes.
 */
export const TransactionLogValue = message({
  name: 'TransactionLogValue',
  key: 0,
  versions: '0-1',
  flexible: '1+',
  fields: {
    producerId: int64(),
    /**
     * Under transaction version 2: the id with which the last transaction was ended, so that a repeated EndTxn is
     * known again. -1: none.
     */
    previousProducerId: int64('1+', { tag: 0, default: -1 }),
    /** The id to go on with when the epochs of this one are used up; -1: none. */
    nextProducerId: int64('1+', { tag: 1, default: -1 }),
    producerEpoch: int16(),
    /** The epoch to go on with; -1: none. */
    nextProducerEpoch: int16('1+', { tag: 3, default: -1 }),
    /** Of the producer. */
    transactionTimeoutMs: int32(),
    /**
     * 0: Empty. 1: Ongoing. 2: PrepareCommit. 3: PrepareAbort. 4: CompleteCommit. 5: CompleteAbort. 6: Dead.
     * 7: PrepareEpochFence.
     */
    transactionStatus: int8(),
    /** Partitions of the transaction, to which markers go; null while Empty, empty when complete. */
    transactionPartitions: array(
      '0+',
      { nullable: '0+' },
      {
        topic: string(),
        partitionIds: array('0+', int32()),
      },
    ),
    /** When this was written, in milliseconds since 1970. */
    transactionLastUpdateTimestampMs: int64(),
    /** Of the present or last transaction; -1: there was none. */
    transactionStartTimestampMs: int64(),
    /** The transaction version that the client of this transaction goes by. */
    clientTransactionVersion: int16('1+', { tag: 2, default: 0 }),
  },
})
