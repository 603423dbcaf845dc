/**
 * Compares the indexes of a segment with its batches, which are shown to it in order.
 */
import { readInt64 } from '../../../protocol/records/batch.ts'
import type { Offset } from '../../engine.ts'
import { OFFSET_ENTRY_BYTES } from '../index/offset-index.ts'
import { TIME_ENTRY_BYTES } from '../index/time-index.ts'

/** A batch of the segment. */
export interface CheckedBatch {
  readonly position: number
  readonly baseOffset: Offset
  readonly lastOffset: Offset
  readonly maxTimestamp: number
}

/** Whole entries of a file; those of zeros at its end aren't any: Kafka makes the files large and cuts them at a clean stop. */
const countOf = (content: Buffer, entryBytes: number): number => {
  let end = content.length
  while (end > 0 && content[end - 1] === 0) end--
  return Math.min(Math.floor(content.length / entryBytes), Math.ceil(end / entryBytes))
}

/** A `.index`. Its entries ascend, and each leads to a batch that begins at or below its offset. */
export class OffsetIndexCheck {
  /** The first thing that is wrong; null if nothing is. */
  problem: string | null = null
  readonly #content: Buffer
  readonly #base: Offset
  readonly #count: number
  #next = 0

  constructor(content: Buffer, base: Offset) {
    this.#content = content
    this.#base = base
    this.#count = countOf(content, OFFSET_ENTRY_BYTES)
    if (content.length % OFFSET_ENTRY_BYTES !== 0) this.#wrong(`${content.length} bytes aren't whole entries`)
    for (let index = 1; index < this.#count; index++)
      if (this.#position(index) <= this.#position(index - 1) || this.#offset(index) <= this.#offset(index - 1))
        this.#wrong(`entry ${index} isn't beyond the one before it`)
  }

  batch({ position, baseOffset }: CheckedBatch): void {
    for (; this.#next < this.#count && this.#position(this.#next) < position; this.#next++)
      this.#wrong(`entry ${this.#next} leads to byte ${this.#position(this.#next)}, where no batch begins`)
    if (this.#next >= this.#count || this.#position(this.#next) !== position) return
    const offset = this.#offset(this.#next)
    if (offset < baseOffset) this.#wrong(`entry ${this.#next} leads from offset ${offset} to a batch of ${baseOffset}`)
    this.#next++
  }

  /** Bytes up to `end` can't be read. */
  skip(end: number): void {
    while (this.#next < this.#count && this.#position(this.#next) < end) this.#next++
  }

  /** The segment ends. */
  end(): void {
    if (this.#next < this.#count)
      this.#wrong(`entry ${this.#next} leads to byte ${this.#position(this.#next)}, behind the last batch`)
  }

  #offset(index: number): Offset {
    return this.#base + this.#content.readUInt32BE(index * OFFSET_ENTRY_BYTES)
  }

  #position(index: number): number {
    return this.#content.readUInt32BE(index * OFFSET_ENTRY_BYTES + 4)
  }

  #wrong(what: string): void {
    this.problem ??= what
  }
}

/** A `.timeindex`. Its entries ascend, each names a batch that has its timestamp, and the last one the greatest of all. */
export class TimeIndexCheck {
  /** The first thing that is wrong; null if nothing is. */
  problem: string | null = null
  readonly #content: Buffer
  readonly #base: Offset
  readonly #count: number
  #next = 0
  #greatest = -1

  constructor(content: Buffer, base: Offset) {
    this.#content = content
    this.#base = base
    this.#count = countOf(content, TIME_ENTRY_BYTES)
    if (content.length % TIME_ENTRY_BYTES !== 0) this.#wrong(`${content.length} bytes aren't whole entries`)
    for (let index = 1; index < this.#count; index++)
      if (this.#timestamp(index) <= this.#timestamp(index - 1) || this.#offset(index) < this.#offset(index - 1))
        this.#wrong(`entry ${index} isn't beyond the one before it`)
  }

  batch({ baseOffset, lastOffset, maxTimestamp }: CheckedBatch): void {
    this.#greatest = Math.max(this.#greatest, maxTimestamp)
    for (; this.#next < this.#count && this.#offset(this.#next) <= lastOffset; this.#next++) {
      const [offset, timestamp] = [this.#offset(this.#next), this.#timestamp(this.#next)]
      if (offset < baseOffset) this.#wrong(`entry ${this.#next} names offset ${offset}, which is in no batch`)
      else if (timestamp !== maxTimestamp)
        this.#wrong(`entry ${this.#next} gives offset ${offset} the time ${timestamp}, its batch has ${maxTimestamp}`)
    }
  }

  /** Offsets below `to` can't be read. */
  skip(to: Offset): void {
    while (this.#next < this.#count && this.#offset(this.#next) < to) this.#next++
  }

  /** @param sealed whether the segment is closed: the last entry then has the greatest timestamp. */
  end(sealed: boolean): void {
    if (this.#next < this.#count)
      this.#wrong(`entry ${this.#next} names offset ${this.#offset(this.#next)}, behind the last batch`)
    const last = this.#count === 0 ? -1 : this.#timestamp(this.#count - 1)
    if (sealed && last < this.#greatest)
      this.#wrong(`it ends at the time ${last}, the segment has batches of ${this.#greatest}`)
  }

  #timestamp(index: number): number {
    return readInt64(this.#content, index * TIME_ENTRY_BYTES)
  }

  #offset(index: number): Offset {
    return this.#base + this.#content.readUInt32BE(index * TIME_ENTRY_BYTES + 8)
  }

  #wrong(what: string): void {
    this.problem ??= what
  }
}
