/**
 * Who waits for a partition: delayed fetches, and appends with acks −1 that the high watermark hasn't reached.
 */
import type { KafkaError } from '../../protocol/errors.ts'
import type { Cancel, Clock } from '../clock.ts'

/** What a reader may see: all below the high watermark, or all below the last stable offset. */
export type Isolation = 'read_uncommitted' | 'read_committed'

/** A delayed fetch. One object may watch many partitions. */
export interface Waiter {
  readonly isolation: Isolation
  /** More bytes are readable. Never called from within a call of the waiter's own. */
  grew(readableBytes: number): void
  /** Something that ends any wait: log start moved, leadership or the log lost. */
  disturbed(): void
}

interface Unacked {
  readonly offset: number
  readonly reached: (lost: KafkaError | null) => void
  readonly cancel: Cancel
}

/** The waiters of one partition. */
export class Waiters {
  readonly #clock: Clock
  readonly #waiting = new Set<Waiter>()
  #unacked: Unacked[] = []
  #unstableBytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#waiting.size
  }

  add(waiter: Waiter): void {
    this.#waiting.add(waiter)
  }

  delete(waiter: Waiter): void {
    this.#waiting.delete(waiter)
  }

  /** See `ProduceOwner.whenCommitted`. */
  addUnacked(offset: number, timeoutMs: number, reached: (lost: KafkaError | null) => void, late: () => void): void {
    const cancel = this.#clock.after(timeoutMs, () => {
      this.#unacked = this.#unacked.filter(other => other !== unacked)
      late()
    })
    const unacked: Unacked = { offset, reached, cancel }
    this.#unacked.push(unacked)
  }

  /** The high watermark moved over `bytes`; `stable`: the last stable offset moved too. */
  grew(highWatermark: number, bytes: number, stable: boolean): void {
    this.#unstableBytes += bytes
    const stableBytes = this.#unstableBytes
    if (stable) this.#unstableBytes = 0
    if (this.#unacked.length > 0) this.#release(highWatermark)
    for (const waiter of this.#waiting) {
      if (waiter.isolation === 'read_uncommitted') {
        if (bytes > 0) waiter.grew(bytes)
      } else if (stable) waiter.grew(stableBytes)
    }
  }

  /** Ends every delayed fetch. */
  disturb(): void {
    for (const waiter of this.#waiting) waiter.disturbed()
  }

  /** The partition is lost: ends everything. */
  lose(error: KafkaError): void {
    const unacked = this.#unacked
    this.#unacked = []
    for (const { reached, cancel } of unacked) {
      cancel()
      reached(error)
    }
    this.disturb()
  }

  #release(highWatermark: number): void {
    const released = this.#unacked.filter(unacked => unacked.offset <= highWatermark)
    if (released.length === 0) return
    this.#unacked = this.#unacked.filter(unacked => unacked.offset > highWatermark)
    for (const { reached, cancel } of released) {
      cancel()
      reached(null)
    }
  }
}
