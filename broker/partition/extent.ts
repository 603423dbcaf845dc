/**
 * How far a partition reaches, for whom, and who waits for it to reach further.
 */
import type { KafkaError } from '../../protocol/errors.ts'
import type { Bounds } from '../../storage/engine.ts'
import type { Clock } from '../clock.ts'
import type { TransactionState } from './folds/transaction-state.ts'
import { type Isolation, type Waiter, Waiters } from './waiters.ts'

/** The bounds of one partition, as last heard from its log. */
export class Extent {
  readonly #transactions: TransactionState
  readonly #waiters: Waiters
  #bounds: Bounds
  #lastStableOffset: number
  /** Bytes appended beyond the high watermark. */
  #unreadableBytes = 0

  constructor(bounds: Bounds, transactions: TransactionState, clock: Clock) {
    this.#bounds = bounds
    this.#transactions = transactions
    this.#lastStableOffset = Math.max(bounds.start, transactions.lastStableOffset(bounds.committed))
    this.#waiters = new Waiters(clock)
  }

  get start(): number {
    return this.#bounds.start
  }

  get highWatermark(): number {
    return this.#bounds.committed
  }

  get lastStableOffset(): number {
    return this.#lastStableOffset
  }

  get end(): number {
    return this.#bounds.end
  }

  get waiterCount(): number {
    return this.#waiters.size
  }

  /** What a reader may see ends here. */
  readableEnd(isolation: Isolation): number {
    return isolation === 'read_committed' ? this.#lastStableOffset : this.#bounds.committed
  }

  /**
   * The log's bounds are these, or were: none of them goes back. Wakes who waited for it.
   * @param bytes appended between the old end and the new
   */
  moveTo(bounds: Bounds, bytes: number): void {
    const before = this.#bounds
    const stableBefore = this.#lastStableOffset
    const start = Math.max(before.start, bounds.start)
    const committed = Math.max(before.committed, bounds.committed)
    this.#bounds = { start, committed, end: Math.max(before.end, bounds.end) }
    // What begins below the log start can't be read any more (observed with Kafka 4.3).
    this.#lastStableOffset = Math.max(start, this.#transactions.lastStableOffset(committed))
    this.#unreadableBytes += bytes
    const moved = committed > before.committed
    const stable = this.#lastStableOffset > stableBefore
    if (moved || stable) {
      const readableBytes = moved ? this.#unreadableBytes : 0
      if (moved) this.#unreadableBytes = 0
      this.#waiters.grew(committed, readableBytes, stable)
    }
    if (start > before.start) this.#waiters.disturb()
  }

  /** Is told of what becomes readable, until `unwatch`. */
  watch(waiter: Waiter): void {
    this.#waiters.add(waiter)
  }

  unwatch(waiter: Waiter): void {
    this.#waiters.delete(waiter)
  }

  /** See `ProduceOwner.whenCommitted`. */
  whenCommitted(offset: number, timeoutMs: number, reached: (lost: KafkaError | null) => void, late: () => void): void {
    this.#waiters.addUnacked(offset, timeoutMs, reached, late)
  }

  /** Ends every delayed fetch: something else than its reach has changed. */
  disturb(): void {
    this.#waiters.disturb()
  }

  /** The partition is lost: ends everything that waits. */
  lose(error: KafkaError): void {
    this.#waiters.lose(error)
  }
}
