/**
 * What a partition's leader asks the transaction coordinator before a transaction begins in the partition (KIP-890).
 */
import { type ErrorName, KafkaError } from '../../../protocol/errors.ts'
import type { Broker } from '../../broker.ts'
import type { TxnPartitions } from '../../cluster/peers.ts'

/** An error per partition, in their order, as the coordinator says it; COORDINATOR_NOT_AVAILABLE where it can't be reached. */
export const askCoordinator = async (
  { transactions, peers }: Pick<Broker, 'transactions' | 'peers'>,
  asked: TxnPartitions,
): Promise<readonly ErrorName[]> => {
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

/**
 * Waits for the end of the transaction before: what was to be added to the next one came while it was being ended, as it
 * nearly always does.
 */
export class EndWait {
  readonly #broker: Pick<Broker, 'clock' | 'config'>
  readonly #startedMs: number
  #pauseMs = 1

  constructor(broker: Pick<Broker, 'clock' | 'config'>) {
    this.#broker = broker
    this.#startedMs = broker.clock.monotonic()
  }

  /** Resolves to true after a pause, to false at once when it has waited for long enough. */
  async again(): Promise<boolean> {
    const { clock, config } = this.#broker
    const waitedMs = clock.monotonic() - this.#startedMs
    if (waitedMs >= config.get('add.partitions.to.txn.retry.backoff.max.ms')) return false
    // Markers are a few writes: with Kafka's backoff from the first time on, transactions would mostly wait for that.
    const pauseMs = Math.min(this.#pauseMs, config.get('add.partitions.to.txn.retry.backoff.ms'))
    this.#pauseMs *= 2
    await new Promise<void>(resolve => clock.after(pauseMs, resolve))
    return true
  }
}
