/**
 * What a TxnOffsetCommit goes through before its offsets are committed (KIP-890): the transaction coordinator is asked
 * whether the group's partition of the offsets topic is in the transaction, or, from version 5 on, adds it.
 */
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { Broker } from '../broker.ts'
import type { Producer } from '../coordinator/machine.ts'
import { askCoordinator, EndWait } from '../partition/transactions/ask-coordinator.ts'
import type { Verified } from '../partition/produce/transaction-checks.ts'

/** From this version on the partition joins the transaction by this request. */
const ADDS_FROM = 5
/** From this version on clients know TRANSACTION_ABORTABLE. */
const ABORTABLE_FROM = 4

/** Whose offsets are committed, for which group. */
export interface OffsetCommitter {
  readonly transactionalId: string
  readonly groupId: string
  readonly producer: Producer
}

/**
 * What the group's machine wants to be shown. Throws a KafkaError where the coordinator refuses: INVALID_PRODUCER_ID_MAPPING,
 * INVALID_PRODUCER_EPOCH, CONCURRENT_TRANSACTIONS, INVALID_TXN_STATE or (from version 4 on) TRANSACTION_ABORTABLE for a
 * partition that isn't in the transaction, COORDINATOR_NOT_AVAILABLE.
 */
export const verifyOffsets = async (
  broker: Broker,
  { transactionalId, groupId, producer }: OffsetCommitter,
  apiVersion: number,
): Promise<Verified> => {
  const { groups, config } = broker
  const adds = apiVersion >= ADDS_FROM
  if (!adds && !config.get('transaction.partition.verification.enable')) return 'unchecked'
  const begin = () => groups.ask({ type: 'verifyTxn', groupId, producer, epochPerTransaction: adds })
  const partitions = [await groups.partitionOf(groupId)]
  const asked = {
    transactionalId,
    producerId: producer.id,
    producerEpoch: producer.epoch,
    verifyOnly: !adds,
    partitions,
  }
  const wait = new EndWait(broker)
  for (;;) {
    const verification = await begin()
    if (verification === null) return null
    const [error] = await askCoordinator(broker, asked)
    const busy = adds && error === 'CONCURRENT_TRANSACTIONS'
    if (!busy && error !== 'NONE')
      throw new KafkaError(told(error!, apiVersion), `the transaction coordinator says ${error}`)
    // What was begun before the end of the transaction before was voided by its marker.
    if (!busy && (await begin()) === verification) return verification
    if (await wait.again()) continue
    if (!busy) return verification
    throw new KafkaError('CONCURRENT_TRANSACTIONS', 'the transaction before is still being ended')
  }
}

/** The client would take the errors of the transaction's coordinator for those of the group's. */
const told = (error: ErrorName, apiVersion: number): ErrorName => {
  if (error === 'PRODUCER_FENCED') return 'INVALID_PRODUCER_EPOCH'
  if (error === 'TRANSACTION_ABORTABLE' && apiVersion < ABORTABLE_FROM) return 'INVALID_TXN_STATE'
  if (error === 'NOT_COORDINATOR' || error === 'COORDINATOR_LOAD_IN_PROGRESS') return 'COORDINATOR_NOT_AVAILABLE'
  return error
}
