/**
 * What a partition's leader asks the transaction coordinator before a transaction begins in the partition (KIP-890).
 */
import { type ErrorName, KafkaError } from '../../../protocol/errors.ts'
import type { Broker } from '../../broker.ts'
import type { TxnPartitions } from '../../cluster/peers.ts'

/** The parts of a broker that are needed to ask. */
export type Asking = Pick<Broker, 'transactions' | 'peers' | 'clock' | 'config'>

/**
 * An error per partition, in their order, as the coordinator says it; COORDINATOR_NOT_AVAILABLE where it can't be reached.
 * Where partitions are added, CONCURRENT_TRANSACTIONS is waited for a little: the transaction before is nearly always
 * being ended then.
 */
export const askCoordinator = async (broker: Asking, asked: TxnPartitions): Promise<readonly ErrorName[]> => {
  const { clock, config } = broker
  const startedMs = clock.monotonic()
  for (let pauseMs = 1; ; pauseMs *= 2) {
    const errors = await askOnce(broker, asked)
    const busy = !asked.verifyOnly && errors.includes('CONCURRENT_TRANSACTIONS')
    const waitedMs = clock.monotonic() - startedMs
    if (!busy || waitedMs >= config.get('add.partitions.to.txn.retry.backoff.max.ms')) return errors
    // Markers are a few writes: with Kafka's backoff from the first time on, transactions would mostly wait for that.
    const backoffMs = Math.min(pauseMs, config.get('add.partitions.to.txn.retry.backoff.ms'))
    await new Promise<void>(resolve => clock.after(backoffMs, resolve))
  }
}

const askOnce = async ({ transactions, peers }: Asking, asked: TxnPartitions): Promise<readonly ErrorName[]> => {
  try {
    const coordinator = await transactions.coordinatorOf(asked.transactionalId)
    if (coordinator < 0) return asked.partitions.map(() => 'COORDINATOR_NOT_AVAILABLE')
    const [errors] = await peers.of(coordinator).addPartitionsToTxn([asked])
    return errors!
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    const name = error.name === 'BROKER_NOT_AVAILABLE' ? 'COORDINATOR_NOT_AVAILABLE' : error.name
    return asked.partitions.map(() => name)
  }
}
