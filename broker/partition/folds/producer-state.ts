/**
 * The fold that makes producers idempotent (KIP-98): of every producer the epoch and its last five batches. Pure: it is
 * asked before an append, told after it, and rebuilt by telling it the log again.
 */
import { type ErrorName, KafkaError } from '../../../protocol/errors.ts'
import { NO_PRODUCER_EPOCH } from '../../../protocol/records/batch.ts'

/** A batch that a producer appended. Sequences are inclusive; `lastOffset` − `offsetDelta` is its first offset. */
export interface ProducedBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly lastOffset: number
  readonly offsetDelta: number
  /** Greatest timestamp of the batch, ms. */
  readonly timestamp: number
}

/** What is known of one producer. */
export interface Producer {
  readonly id: number
  /** −1: known by a marker only, any epoch may follow. */
  readonly epoch: number
  /** Oldest first, at most five. */
  readonly batches: readonly ProducedBatch[]
  /** ms of its last batch or marker, for expiry. */
  readonly lastTimestamp: number
  /** Of the last marker, −1 if there was none. */
  readonly coordinatorEpoch: number
}

/** As many batches as an idempotent producer may have in flight. */
const REMEMBERED_BATCHES = 5

/** A partition remembers no more producers than this; then those that were silent for the longest time go. */
const MAX_PRODUCERS = 100_000

/** The sequence after `sequence`: after 2^31−1 comes 0. */
export const nextSequence = (sequence: number): number => (sequence === 0x7fffffff ? 0 : sequence + 1)

/** The sequence `count` before `sequence`, across the wrap. */
export const sequenceBefore = (sequence: number, count: number): number => {
  const before = sequence - count
  return before >= 0 ? before : before + 0x8000_0000
}

const repeatedBatch = ({ epoch, batches }: Producer, batch: Sequenced): ProducedBatch | null => {
  if (batch.producerEpoch !== epoch) return null
  for (const before of batches)
    if (before.firstSequence === batch.firstSequence && before.lastSequence === batch.lastSequence) return before
  return null
}

/** The header fields of a batch that the fold looks at. */
export interface Sequenced {
  readonly producerId: number
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly lastSequence: number
}

/** A marker that ends a transaction, as far as producers are concerned. */
export interface ProducerMarker {
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  /** From 2 on the marker's epoch is above that of the transaction's batches (KIP-890). */
  readonly transactionVersion: number
}

/** The producers of one partition, or changes laid over those. */
export class ProducerState {
  readonly #base: ProducerState | null
  readonly #keep: (id: number) => boolean
  readonly #producers = new Map<number, Producer>()

  /**
   * @param base what this one is laid over: looked up where this has nothing, never changed.
   * @param keep producers that aren't forgotten, however many there are: those with an open transaction.
   */
  constructor(base: ProducerState | null = null, keep: (id: number) => boolean = () => false) {
    this.#base = base
    this.#keep = keep
  }

  get size(): number {
    return this.#producers.size
  }

  get(id: number): Producer | undefined {
    return this.#producers.get(id) ?? this.#base?.get(id)
  }

  producers(): IterableIterator<Producer> {
    return this.#producers.values()
  }

  /** Puts a producer as a checkpoint kept it. */
  restore(producer: Producer): void {
    this.#producers.set(producer.id, producer)
  }

  clear(): void {
    this.#producers.clear()
  }

  /**
   * Whether a batch may be appended: null if it may, the batch that it repeats if it is a duplicate. Throws
   * INVALID_PRODUCER_EPOCH for an epoch before the producer's (below −1 for a new one), OUT_OF_ORDER_SEQUENCE_NUMBER for
   * a gap or for a repeat of what is no longer remembered. A producer without state may start at any sequence (KIP-360).
   */
  check(batch: Sequenced): ProducedBatch | null {
    const known = this.get(batch.producerId)
    // Kafka takes the epoch before a producer's first for -1.
    const lowest = known?.epoch ?? NO_PRODUCER_EPOCH
    if (batch.producerEpoch < lowest)
      throw new KafkaError(
        'INVALID_PRODUCER_EPOCH',
        `producer ${batch.producerId} has epoch ${lowest}, the batch ${batch.producerEpoch}`,
      )
    if (known === undefined) return null
    const repeated = repeatedBatch(known, batch)
    if (repeated !== null) return repeated
    if (batch.producerEpoch > known.epoch) {
      if (batch.firstSequence !== 0 && known.epoch !== -1)
        throw new KafkaError(
          'OUT_OF_ORDER_SEQUENCE_NUMBER',
          `producer ${batch.producerId} must start epoch ${batch.producerEpoch} with sequence 0, not ${batch.firstSequence}`,
        )
      return null
    }
    const last = known.batches.at(-1)
    // After a marker alone: the epoch began here, so its first batch has sequence 0, wherever that batch went.
    const expected = last === undefined ? 0 : nextSequence(last.lastSequence)
    if (batch.firstSequence !== expected)
      throw new KafkaError(
        'OUT_OF_ORDER_SEQUENCE_NUMBER',
        `producer ${batch.producerId}, epoch ${known.epoch}: sequence ${batch.firstSequence} came, ${expected} is next`,
      )
    return null
  }

  /** The remembered batch that this one repeats, or null. */
  repeated(batch: Sequenced): ProducedBatch | null {
    const known = this.get(batch.producerId)
    return known === undefined ? null : repeatedBatch(known, batch)
  }

  /**
   * What keeps a marker from being appended, or null: INVALID_PRODUCER_ID_MAPPING for one of no producer,
   * TRANSACTION_COORDINATOR_FENCED for one of an older coordinator, INVALID_PRODUCER_EPOCH for an epoch before the producer's, and under transaction version 2 for one that isn't above it
   * while its transaction is open (KIP-1228). A marker that ends nothing is harmless (observed with Kafka 4.3).
   */
  markerError(marker: ProducerMarker, inTransaction: boolean): ErrorName | null {
    if (marker.producerId < 0) return 'INVALID_PRODUCER_ID_MAPPING'
    if (marker.producerEpoch < 0) return 'INVALID_PRODUCER_EPOCH'
    const known = this.get(marker.producerId)
    if (known === undefined) return null
    const strictly = inTransaction && marker.transactionVersion >= 2
    if (marker.producerEpoch < known.epoch || (strictly && marker.producerEpoch === known.epoch))
      return 'INVALID_PRODUCER_EPOCH'
    return marker.coordinatorEpoch < known.coordinatorEpoch ? 'TRANSACTION_COORDINATOR_FENCED' : null
  }

  /** A batch of a producer was appended. */
  append(batch: Sequenced, lastOffset: number, offsetDelta: number, timestamp: number): void {
    const known = this.get(batch.producerId)
    const produced: ProducedBatch = {
      firstSequence: batch.firstSequence,
      lastSequence: batch.lastSequence,
      lastOffset,
      offsetDelta,
      timestamp,
    }
    const goesOn = known !== undefined && known.epoch === batch.producerEpoch
    this.#put({
      id: batch.producerId,
      epoch: batch.producerEpoch,
      batches: goesOn ? [...known.batches.slice(1 - REMEMBERED_BATCHES), produced] : [produced],
      lastTimestamp: timestamp,
      coordinatorEpoch: known?.coordinatorEpoch ?? -1,
    })
  }

  /** A batch without sequence was appended: a coordinator's records, in a producer's transaction. */
  wrote(id: number, epoch: number, timestamp: number): void {
    const known = this.get(id)
    const batches = known !== undefined && known.epoch === epoch ? known.batches : []
    this.#put({ id, epoch, batches, lastTimestamp: timestamp, coordinatorEpoch: known?.coordinatorEpoch ?? -1 })
  }

  /** A marker that ends a producer's transaction was appended. */
  marker(id: number, epoch: number, coordinatorEpoch: number, timestamp: number): void {
    const known = this.get(id)
    const batches = known !== undefined && known.epoch === epoch ? known.batches : []
    this.#put({ id, epoch, batches, lastTimestamp: timestamp, coordinatorEpoch })
  }

  /** Forgets producers whose last timestamp is below `before` (ms), save those that `keep` holds. */
  expire(before: number, keep: (id: number) => boolean): void {
    for (const [id, producer] of this.#producers)
      if (producer.lastTimestamp < before && !keep(id)) this.#producers.delete(id)
  }

  #put(producer: Producer): void {
    this.#producers.set(producer.id, producer)
    if (this.#producers.size > MAX_PRODUCERS) this.#dropOldest()
  }

  #dropOldest(): void {
    const times = Float64Array.from(this.#producers.values(), producer => producer.lastTimestamp).sort()
    const before = times[Math.floor(times.length / 10)]!
    let left = Math.ceil(times.length / 10)
    for (const [id, producer] of this.#producers) {
      if (left === 0) break
      if (producer.lastTimestamp > before || this.#keep(id)) continue
      this.#producers.delete(id)
      left--
    }
  }
}
