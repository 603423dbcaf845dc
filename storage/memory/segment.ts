/**
 * A segment in memory: parallel arrays, one entry a batch, searched by bisection.
 */
import type { Batch, Offset } from '../engine.ts'
import { Blocks } from './blocks.ts'

/** One segment, from its base offset to its end. */
export class MemorySegment {
  /** Base offset: the first batch starts here or, after compaction, later. */
  readonly start: Offset
  /** Wall clock, ms. */
  readonly openedMs: number
  /** Wall clock, ms. */
  modifiedMs: number
  sizeBytes = 0
  maxTimestamp = -1
  maxTimestampOffset: Offset = -1
  readonly #blocks = new Blocks()
  readonly #bases: number[] = []
  readonly #lasts: number[] = []
  readonly #timestamps: number[] = []
  readonly #block: Buffer[] = []
  readonly #at: number[] = []
  readonly #size: number[] = []

  constructor(start: Offset, openedMs: number) {
    this.start = start
    this.openedMs = openedMs
    this.modifiedMs = openedMs
  }

  /** Number of batches. */
  get count(): number {
    return this.#bases.length
  }

  /** Max timestamp of the first batch, −1 without one. */
  get firstTimestamp(): number {
    return this.#timestamps[0] ?? -1
  }

  append(batch: Batch): void {
    const { block, at } = this.#blocks.place(batch.bytes)
    this.#bases.push(batch.baseOffset)
    this.#lasts.push(batch.lastOffset)
    this.#timestamps.push(batch.maxTimestamp)
    this.#block.push(block)
    this.#at.push(at)
    this.#size.push(batch.bytes.length)
    this.sizeBytes += batch.bytes.length
    if (batch.maxTimestamp > this.maxTimestamp) {
      this.maxTimestamp = batch.maxTimestamp
      this.maxTimestampOffset = batch.lastOffset
    }
  }

  /** Index of the first batch whose last offset is at or above `offset`; `count` if there is none. */
  indexOf(offset: Offset): number {
    let low = 0
    let high = this.#lasts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#lasts[middle]! < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Index of the first batch from `index` on whose max timestamp is at or above `timestamp`; `count` if there is none. */
  indexOfTimestamp(index: number, timestamp: number): number {
    let found = index
    while (found < this.count && this.#timestamps[found]! < timestamp) found++
    return found
  }

  batch(index: number): Batch {
    return {
      baseOffset: this.#bases[index]!,
      lastOffset: this.#lasts[index]!,
      maxTimestamp: this.#timestamps[index]!,
      bytes: this.bytes(index),
    }
  }

  /** By reference. */
  bytes(index: number): Buffer {
    const at = this.#at[index]!
    return this.#block[index]!.subarray(at, at + this.#size[index]!)
  }

  /**
   * Adds batches from `index` on to `into` while their base is below `before` and they fit into what is left of the collector's bytes.
   * Returns whether it came to the end of the segment.
   */
  collect(index: number, before: Offset, into: Collector): boolean {
    for (let current = index; current < this.#bases.length; current++) {
      if (this.#bases[current]! >= before) return false
      if (!into.add(this.#block[current]!, this.#at[current]!, this.#size[current]!)) return false
      into.next = this.#lasts[current]! + 1
    }
    return true
  }
}

/** Gathers the batches of one read; neighbours in one block become one chunk. */
export class Collector {
  readonly chunks: Buffer[] = []
  sizeBytes = 0
  next: Offset
  readonly #maxBytes: number
  #first: boolean
  #block: Buffer | null = null
  #from = 0
  #to = 0

  /** @param atLeastOne whether the first batch is taken though it exceeds `maxBytes`. */
  constructor(next: Offset, maxBytes: number, atLeastOne: boolean) {
    this.next = next
    this.#maxBytes = maxBytes
    this.#first = atLeastOne
  }

  /** False, and not taken, if it doesn't fit. */
  add(block: Buffer, at: number, sizeBytes: number): boolean {
    if (this.sizeBytes + sizeBytes > this.#maxBytes && !this.#first) return false
    this.#first = false
    this.sizeBytes += sizeBytes
    if (block === this.#block && at === this.#to) {
      this.#to += sizeBytes
      return true
    }
    this.finish()
    this.#block = block
    this.#from = at
    this.#to = at + sizeBytes
    return true
  }

  /** Closes the last chunk. */
  finish(): void {
    if (this.#block !== null) this.chunks.push(this.#block.subarray(this.#from, this.#to))
    this.#block = null
  }
}
