/**
 * Transactions that are about to begin in a partition (KIP-890): between the question whether the coordinator knows of
 * one and its first batch. What a coordinator said holds only until a marker is written: a batch that comes after it
 * belongs to no transaction any more, and must be asked about anew.
 */

/** A transaction that the coordinator is asked about. The object itself is the proof: it is replaced, never reused. */
export interface Verification {
  readonly producerEpoch: number
  /** Of all batches that were asked about: a later one can't be the first. */
  lowestSequence: number
  /** The producer's epoch rises with each transaction (transaction version 2), so each begins with sequence 0. */
  readonly epochPerTransaction: boolean
}

/** More producers than begin a transaction at a time; then the oldest is forgotten, and must ask again. */
const MAX_VERIFICATIONS = 10_000

/** The verifications of one partition, one a producer. */
export class Verifications {
  readonly #byProducer = new Map<number, Verification>()

  /**
   * The producer's verification, to be shown with the batch. Batches of one epoch share it; a newer epoch voids that of
   * an older one. Of an older epoch it is one that never holds.
   */
  begin(producerId: number, producerEpoch: number, firstSequence: number, epochPerTransaction: boolean): Verification {
    const known = this.#byProducer.get(producerId)
    if (known !== undefined && known.producerEpoch === producerEpoch) {
      known.lowestSequence = Math.min(known.lowestSequence, firstSequence)
      return known
    }
    const fresh = { producerEpoch, lowestSequence: firstSequence, epochPerTransaction }
    if (known !== undefined && known.producerEpoch > producerEpoch) return fresh
    this.#byProducer.delete(producerId)
    this.#byProducer.set(producerId, fresh)
    if (this.#byProducer.size > MAX_VERIFICATIONS) this.#byProducer.delete(this.#byProducer.keys().next().value!)
    return fresh
  }

  /** Whether neither a marker nor a first batch was written since. */
  holds(producerId: number, verification: Verification): boolean {
    return this.#byProducer.get(producerId) === verification
  }

  /** The transaction has begun, or a marker was written. */
  end(producerId: number): void {
    if (this.#byProducer.size > 0) this.#byProducer.delete(producerId)
  }
}
