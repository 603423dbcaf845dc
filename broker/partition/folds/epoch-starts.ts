/**
 * The fold over leader epochs (KIP-101, KIP-320): where each epoch of a partition's leaders began. It answers
 * OffsetForLeaderEpoch and finds where a client's history leaves the log's.
 */

/** The epoch, and the offset that its first leader would give to its first record. */
export interface EpochStart {
  readonly epoch: number
  readonly startOffset: number
}

/** The end of what an epoch wrote; both −1 when the epoch isn't known. */
export interface EpochEnd {
  readonly epoch: number
  readonly endOffset: number
}

const UNKNOWN: EpochEnd = { epoch: -1, endOffset: -1 }

/** The epochs of one partition, in order. */
export class EpochStarts {
  /** Ascending in both. */
  #starts: EpochStart[] = []
  #latest = -1

  /** The newest epoch, −1 if there is none. */
  get latest(): number {
    return this.#latest
  }

  all(): readonly EpochStart[] {
    return this.#starts
  }

  clear(): void {
    this.#starts = []
    this.#latest = -1
  }

  /** `epoch` begins at `startOffset`; nothing happens unless it is newer than all known. */
  assign(epoch: number, startOffset: number): void {
    if (epoch <= this.#latest) return
    // An epoch that wrote nothing has no range of its own: its start is that of the next.
    this.#starts.push({ epoch, startOffset })
    this.#latest = epoch
  }

  /** Offsets below `start` are gone. The epoch that spans it now begins there. */
  trim(start: number): void {
    let spanning = -1
    for (let index = 0; index < this.#starts.length && this.#starts[index]!.startOffset <= start; index++)
      spanning = index
    if (spanning < 0 || (spanning === 0 && this.#starts[0]!.startOffset === start)) return
    const kept = this.#starts.slice(spanning)
    kept[0] = { epoch: kept[0]!.epoch, startOffset: start }
    this.#starts = kept
  }

  /** Epoch of the record at `offset`; −1 if it is below all that is known. */
  epochAt(offset: number): number {
    let epoch = -1
    for (const start of this.#starts) {
      if (start.startOffset > offset) break
      epoch = start.epoch
    }
    return epoch
  }

  /**
   * The largest epoch ≤ `epoch`, and where the one after it began; `end` (the log's) if it is the newest. Unknown when
   * `epoch` is newer than all.
   */
  endOf(epoch: number, end: number): EpochEnd {
    if (epoch === -1 || epoch > this.#latest) return UNKNOWN
    if (epoch === this.#latest) return { epoch, endOffset: end }
    const next = this.#starts.findIndex(start => start.epoch > epoch)
    // Older than all that is known: nothing of it is left, so its end is where the known begins.
    if (next === 0) return { epoch, endOffset: this.#starts[0]!.startOffset }
    return { epoch: this.#starts[next - 1]!.epoch, endOffset: this.#starts[next]!.startOffset }
  }
}
