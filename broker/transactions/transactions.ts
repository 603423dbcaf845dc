/**
 * The transaction coordinators of this broker: one Shard per partition of `__transaction_state`.
 */
import type { ErrorName } from '../../protocol/errors.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { TxnPartitions } from '../cluster/peers.ts'

/** Finds the coordinator of a transactional id, and asks it. */
export class Transactions {
  /** Loads what has state, in the background; transactions that were being ended go on. */
  async start(): Promise<void> {}

  /** Answers all that wait with NOT_COORDINATOR; resolves when nothing is being written any more. */
  async close(): Promise<void> {}

  /** The broker that coordinates the transactional id, −1 if there is none at present. */
  coordinatorOf(_transactionalId: string): Promise<number> {
    return Promise.reject(new KafkaError('INVALID_REQUEST', 'this broker has no transactions'))
  }

  /**
   * Adds partitions to open transactions, or only asks whether they are in them (`verifyOnly`): an error per transaction and
   * partition, in their order. PRODUCER_FENCED for an old epoch, TRANSACTION_ABORTABLE for a partition that isn't in it.
   */
  addPartitions(_transactions: readonly TxnPartitions[]): Promise<readonly (readonly ErrorName[])[]> {
    return Promise.reject(new KafkaError('INVALID_REQUEST', 'this broker has no transactions'))
  }
}
