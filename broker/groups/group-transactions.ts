/**
 * The transactions that have offsets in one partition of `__consumer_offsets`: what a partition's leader otherwise knows
 * of its producers. The Shard is the one appender of this partition, so its machine decides what may be appended.
 */
import type { ErrorName } from '../../protocol/errors.ts'
import type { Producer } from '../coordinator/machine.ts'
import { ProducerState } from '../partition/folds/producer-state.ts'
import { type Verification, Verifications } from '../partition/folds/verifications.ts'
import type { Verified } from '../partition/produce/transaction-checks.ts'
import type { PartitionMarker } from '../partition/transactions/marker-append.ts'

/** Offsets that a transaction commits have no sequence. */
const NO_SEQUENCE = -1

/** Producers, open transactions and those about to begin. */
export class GroupTransactions {
  readonly #open = new Set<number>()
  readonly #producers = new ProducerState(null, id => this.#open.has(id))
  /** Soft: after a restart the coordinator is asked again. */
  readonly #verifications = new Verifications()

  /** Before the coordinator is asked: what `error` wants to be shown. Null where the transaction is open here. */
  verify({ id, epoch }: Producer, epochPerTransaction: boolean): Verification | null {
    return this.#ongoing({ id, epoch }) ? null : this.#verifications.begin(id, epoch, NO_SEQUENCE, epochPerTransaction)
  }

  /**
   * What keeps the producer from committing offsets, or null: INVALID_PRODUCER_ID_MAPPING for none, INVALID_TXN_STATE,
   * INVALID_PRODUCER_EPOCH.
   */
  error(producer: Producer, verified: Verified): ErrorName | null {
    if (producer.id < 0) return 'INVALID_PRODUCER_ID_MAPPING'
    if (producer.epoch < 0) return 'INVALID_PRODUCER_EPOCH'
    const known = this.#producers.get(producer.id)
    if (!this.#ongoing(producer) && verified !== 'unchecked') {
      if (verified === null || !this.#verifications.holds(producer.id, verified)) return 'INVALID_TXN_STATE'
    }
    return known !== undefined && producer.epoch < known.epoch ? 'INVALID_PRODUCER_EPOCH' : null
  }

  /** See `ProducerState.markerError`. */
  markerError(marker: PartitionMarker): ErrorName | null {
    return this.#producers.markerError(marker, this.#open.has(marker.producerId))
  }

  /** Offsets of the producer's transaction are in the log. */
  wrote({ id, epoch }: Producer, timestamp: number): void {
    this.#open.add(id)
    this.#producers.wrote(id, epoch, timestamp)
    this.#verifications.end(id)
  }

  /** The marker is in the log. */
  ended({ id, epoch, coordinatorEpoch }: Producer & { readonly coordinatorEpoch: number }, timestamp: number): void {
    this.#open.delete(id)
    this.#producers.marker(id, epoch, coordinatorEpoch, timestamp)
    this.#verifications.end(id)
  }

  /** Forgets producers that have written nothing since `before` (wall ms) and have no transaction open. */
  expire(before: number): void {
    this.#producers.expire(before, id => this.#open.has(id))
  }

  #ongoing({ id, epoch }: Producer): boolean {
    return this.#open.has(id) && this.#producers.get(id)?.epoch === epoch
  }
}
