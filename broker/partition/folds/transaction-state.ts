/**
 * The fold over transactions (KIP-98): which are open, which were aborted, and how far read_committed readers may go.
 * Pure: it follows the transactional batches and markers of the log, told in order.
 */

/** A transaction that was aborted; offsets are inclusive, `lastOffset` is its marker's. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  readonly lastOffset: number
  /** The last stable offset when the marker was written. Entries after this one never reach below it. */
  readonly lastStableOffset: number
}

/** A transaction whose marker is written, perhaps not yet below the high watermark. */
interface Ended {
  readonly firstOffset: number
  readonly markerOffset: number
}

/** The transactions of one partition. */
export class TransactionState {
  /** First offset of each open transaction, by producer, in the order of those offsets. */
  readonly #open = new Map<number, number>()
  #ended: Ended[] = []
  /** Ascending in `lastOffset`. */
  #aborted: AbortedTransaction[] = []

  /** First offset of the producer's open transaction, −1 if it has none. */
  openedAt(producerId: number): number {
    return this.#open.get(producerId) ?? -1
  }

  get openCount(): number {
    return this.#open.size
  }

  aborted(): readonly AbortedTransaction[] {
    return this.#aborted
  }

  clear(): void {
    this.#open.clear()
    this.#ended = []
    this.#aborted = []
  }

  /** Puts what a checkpoint kept: open transactions ascending in their first offset, aborted ones in their last. */
  restore(open: Iterable<readonly [producerId: number, firstOffset: number]>, aborted: AbortedTransaction[]): void {
    this.clear()
    for (const [producerId, firstOffset] of open) this.#open.set(producerId, firstOffset)
    this.#aborted = aborted
  }

  /** A transactional batch of records was appended. */
  append(producerId: number, firstOffset: number): void {
    if (!this.#open.has(producerId)) this.#open.set(producerId, firstOffset)
  }

  /** A marker was appended. Without an open transaction (compacted away, or the coordinator repeated it) it ends none. */
  marker(producerId: number, markerOffset: number, committed: boolean): void {
    const firstOffset = this.#open.get(producerId)
    if (firstOffset === undefined) return
    this.#open.delete(producerId)
    this.#ended.push({ firstOffset, markerOffset })
    if (committed) return
    const lastStableOffset = this.#firstOpen() ?? markerOffset + 1
    this.#aborted.push({ producerId, firstOffset, lastOffset: markerOffset, lastStableOffset })
  }

  /**
   * Below it every transaction is decided, and the decision is below `highWatermark`: the end of what read_committed
   * readers see.
   */
  lastStableOffset(highWatermark: number): number {
    let stable = Math.min(highWatermark, this.#firstOpen() ?? highWatermark)
    if (this.#ended.length === 0) return stable
    this.#ended = this.#ended.filter(ended => ended.markerOffset >= highWatermark)
    for (const ended of this.#ended) stable = Math.min(stable, ended.firstOffset)
    return stable
  }

  /**
   * The aborted transactions that have offsets in [from, to): what a read_committed Fetch lists. In the order of their
   * beginnings: kafkajs reads aborted records where they come in another.
   */
  abortedIn(from: number, to: number): AbortedTransaction[] {
    const found: AbortedTransaction[] = []
    for (let index = this.#firstReaching(from); index < this.#aborted.length; index++) {
      const aborted = this.#aborted[index]!
      if (aborted.firstOffset < to) found.push(aborted)
      if (aborted.lastStableOffset >= to) break
    }
    if (found.length > 1) found.sort((a, b) => a.firstOffset - b.firstOffset)
    return found
  }

  /** Whether the batch with offsets [baseOffset, lastOffset] belongs to an aborted transaction of the producer. */
  isAborted(producerId: number, baseOffset: number, lastOffset: number): boolean {
    return this.abortedIn(baseOffset, lastOffset + 1).some(
      aborted =>
        aborted.producerId === producerId && aborted.firstOffset <= baseOffset && aborted.lastOffset > lastOffset,
    )
  }

  /** Offsets below `start` are gone. */
  trim(start: number): void {
    const gone = this.#firstReaching(start)
    if (gone > 0) this.#aborted = this.#aborted.slice(gone)
  }

  /**
   * Compaction removed these markers with all their transactions' records: to list those any longer would hide what their
   * producers wrote later.
   */
  forgetAborted(markerOffsets: ReadonlySet<number>): void {
    if (markerOffsets.size === 0) return
    this.#aborted = this.#aborted.filter(aborted => !markerOffsets.has(aborted.lastOffset))
  }

  #firstOpen(): number | undefined {
    return this.#open.values().next().value
  }

  /** Index of the first aborted transaction whose marker is at `offset` or later. */
  #firstReaching(offset: number): number {
    let low = 0
    let high = this.#aborted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#aborted[middle]!.lastOffset < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
