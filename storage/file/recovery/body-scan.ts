/**
 * Walks over a `.log` file with checksums: finds the sound batches, and behind damage the next sound one.
 */
import * as batch from '../../../protocol/records/batch.ts'
import { crc32c } from '../../../protocol/records/crc32c.ts'
import type { Offset } from '../../engine.ts'
import type { Damage } from './damage.ts'
import { FileWindow, type ReadAt } from './file-window.ts'

/** Bytes of a file seen at once: few calls, and still near the processor. */
export const SCAN_WINDOW_BYTES = 512 * 1024

/** So many sound batches that follow one another aren't taken for the records of another batch. */
const BATCHES_IN_A_ROW = 4

/** A batch of another log hardly fits between two offsets so near. */
const FEW_OFFSETS = 100_000

/** What is scanned. */
export interface BodyScan {
  readonly read: ReadAt
  /** Of at least a header; `SCAN_WINDOW_BYTES` for speed. */
  readonly buffer: Buffer
  /** Position where the scan begins, and the offset that is due there. */
  readonly from: number
  readonly due: Offset
  /** Where it ends. */
  readonly sizeBytes: number
  /** All offsets lie below. */
  readonly limit: Offset
}

/** Is told what a scan finds, in the order of the file. */
export interface BodyVisitor {
  /** A sound batch; its header (no more) is at `at` of a buffer that is only valid in the call. */
  batch(buffer: Buffer, at: number, position: number): void
  /** Bytes between the batch before (or the start) and a sound one. */
  damage(damage: Damage): void
}

/** Where the sound part ends, and the offset after it. */
export interface ScanEnd {
  readonly position: number
  readonly due: Offset
  /** Why that isn't the end of the file; null if it is. */
  readonly problem: string | null
}

/**
 * Scans; yields the position reached now and then, for others to have a turn. What follows the end has no sound batch in it.
 * Never throws for what is in the file.
 */
export const scanBodies = (scan: BodyScan, visitor: BodyVisitor): Generator<number, ScanEnd, void> =>
  new BodyScanner(scan).run(visitor)

/** Whether a batch that was found by searching is one of the log: it may also lie in the records of another. */
type Accept = (position: number) => boolean

class BodyScanner {
  readonly #window: FileWindow
  readonly #scan: BodyScan

  constructor(scan: BodyScan) {
    this.#scan = scan
    this.#window = new FileWindow(scan.buffer, scan.read, scan.sizeBytes)
  }

  *run(visitor: BodyVisitor): Generator<number, ScanEnd, void> {
    let position = this.#scan.from
    let due = this.#scan.due
    let seen = 0
    while (position < this.#scan.sizeBytes) {
      if (this.#window.end !== seen) {
        seen = this.#window.end
        yield position
      }
      const problem = this.#problemAt(position, due) ?? this.#contradiction(position, due)
      if (problem === null) {
        const at = this.#header(position)
        visitor.batch(this.#window.buffer, at, position)
        due = batch.nextOffset(this.#window.buffer, at)
        position += batch.sizeInBytes(this.#window.buffer, at)
        continue
      }
      const next = yield* this.#nextSound(position, due)
      if (next === null) return { position, due, problem }
      const to = this.#baseAt(next)
      visitor.damage({ position, end: next, from: due, to, problem })
      position = next
      due = to
    }
    return { position, due, problem: null }
  }

  /** Where in the window the header at `position` is; −1 if there is none. */
  #header(position: number): number {
    return this.#window.at(position, batch.HEADER_SIZE)
  }

  /** What is wrong with the batch at `position`, in words; null if nothing. */
  #problemAt(position: number, due: Offset): string | null {
    const { buffer } = this.#window
    const at = this.#header(position)
    if (at < 0) return 'half a header'
    const size = batch.sizeInBytes(buffer, at)
    if (size < batch.HEADER_SIZE || batch.magic(buffer, at) !== 2) return 'no batch'
    if (size > this.#scan.sizeBytes - position) return 'half a batch'
    const first = batch.baseOffset(buffer, at)
    const last = batch.lastOffset(buffer, at)
    if (first < due || last < first || last >= this.#scan.limit)
      return `a batch of offsets ${first} to ${last} where ${due} was due`
    return this.#sumIsRight(position, size) ? null : 'a batch with a wrong checksum'
  }

  #sumIsRight(position: number, size: number): boolean {
    const { buffer } = this.#window
    if (size <= buffer.length) {
      const at = this.#window.at(position, size)
      return at >= 0 && batch.checkCrc(buffer, at)
    }
    // Whatever size it claims, no more memory is taken for it.
    const claimed = batch.crc(buffer, this.#header(position))
    return this.#sumBetween(position, position + size) === claimed
  }

  /**
   * The base offset stands outside the checksum. Where it leaves a gap, as compaction does, and a sound batch follows whose offsets begin in the gap,
   * it is the one before that is wrong.
   */
  #contradiction(position: number, due: Offset): string | null {
    const { buffer } = this.#window
    const at = this.#header(position)
    const first = batch.baseOffset(buffer, at)
    if (first === due) return null
    const next = batch.nextOffset(buffer, at)
    const following = position + batch.sizeInBytes(buffer, at)
    const followingAt = this.#header(following)
    if (followingAt < 0) return null
    const base = batch.baseOffset(buffer, followingAt)
    if (base < due || base >= next || this.#problemAt(following, due) !== null) return null
    const expected = this.#nextAt(following)
    const third = following + batch.sizeInBytes(buffer, this.#header(following))
    if (this.#header(third) >= 0 && this.#baseAt(third) !== expected) return null
    return `a batch of offsets ${first} to ${next - 1} before one of ${base}`
  }

  /** The position of the next batch of the log behind what is wrong at `position`; null if there is none. */
  *#nextSound(position: number, due: Offset): Generator<number, number | null, void> {
    const { buffer } = this.#window
    const { sizeBytes, limit } = this.#scan
    const at = this.#header(position)
    if (at < 0) return null
    // What follows by the header, as far as that can still be believed.
    const delta = batch.lastOffsetDelta(buffer, at)
    const expected = due + delta + 1
    const claimed = batch.nextOffset(buffer, at)
    const isPlausible = batch.magic(buffer, at) === 2 && batch.baseOffset(buffer, at) === due && delta >= 0
    const sum = batch.crc(buffer, at)
    const following = position + batch.sizeInBytes(buffer, at)
    const led = following > position ? this.#ledTo(following, due, claimed, expected) : null
    if (led !== null) return led
    if (!isPlausible) return yield* this.#nextAnywhere(position + 1, due, limit)
    // The records of a batch may hold batches: within what it claims to be one is believed only if its size alone is wrong.
    const behind =
      following > sizeBytes ? null : yield* this.#nextAnywhere(Math.max(following, position + 1), due, limit)
    const inside = yield* this.#search(
      position + 1,
      behind ?? sizeBytes,
      due,
      expected + 1,
      found => this.#baseAt(found) === expected && this.#sumBetween(position, found) === sum,
    )
    return inside ?? behind
  }

  /** The first batch from `position` on that is one of the log by what follows it, or one before it whose offsets fit between. */
  *#nextAnywhere(position: number, due: Offset, limit: Offset): Generator<number, number | null, void> {
    const { sizeBytes } = this.#scan
    const anchor = yield* this.#search(position, sizeBytes, due, limit, found => this.#leadsOn(found))
    const before = anchor === null ? limit : this.#baseAt(anchor)
    if (before - due > FEW_OFFSETS) return anchor
    const fits = (found: number): boolean => this.#nextAt(found) <= before
    return (yield* this.#search(position, anchor ?? sizeBytes, due, before, fits)) ?? anchor
  }

  /** The checksum that the batch at `position` would have, did it end at `end`. */
  #sumBetween(position: number, end: number): number {
    let sum = 0
    for (let from = position + batch.ATTRIBUTES; from < end; ) {
      const length = Math.min(this.#window.buffer.length, end - from)
      const at = this.#window.at(from, length)
      if (at < 0) return -1
      sum = crc32c(this.#window.buffer, at, at + length, sum)
      from += length
    }
    return sum
  }

  #baseAt(position: number): Offset {
    return batch.baseOffset(this.#window.buffer, this.#header(position))
  }

  #nextAt(position: number): Offset {
    return batch.nextOffset(this.#window.buffer, this.#header(position))
  }

  /** The first sound batch that headers lead to, each to the next, from `from` on, where offset `claimed` or `expected` is due; null if they don't. */
  #ledTo(from: number, due: Offset, claimed: Offset, expected: Offset): number | null {
    let position = from
    let next = this.#header(position) >= 0 && this.#baseAt(position) === claimed ? claimed : expected
    while (this.#goesOnAt(position, next)) {
      if (this.#problemAt(position, due) === null) return position
      const following = this.#nextAt(position)
      position += batch.sizeInBytes(this.#window.buffer, this.#header(position))
      next = following
    }
    return null
  }

  /** Whether a header is at `position` that has this base offset, whatever the checksum of its batch. */
  #goesOnAt(position: number, base: Offset): boolean {
    const { buffer } = this.#window
    const at = this.#header(position)
    if (at < 0 || batch.magic(buffer, at) !== 2 || batch.baseOffset(buffer, at) !== base) return false
    return batch.sizeInBytes(buffer, at) >= batch.HEADER_SIZE && batch.nextOffset(buffer, at) > base
  }

  /**
   * Whether enough batches follow the one at `from`, sound ones or by their headers, or the file ends behind them: those in the records of another
   * batch end before it.
   */
  #leadsOn(from: number): boolean {
    let position = from
    for (let count = 1; count < BATCHES_IN_A_ROW; count++) {
      const next = this.#nextAt(position)
      position += batch.sizeInBytes(this.#window.buffer, this.#header(position))
      // Also in the midst of a batch, or of a header: a torn tail.
      if (position >= this.#scan.sizeBytes || this.#isTornHeader(position, next)) return true
      if (!this.#goesOnAt(position, next) && this.#problemAt(position, next) !== null) return false
    }
    return true
  }

  /** Whether the file ends in a header that begins with this base offset. */
  #isTornHeader(position: number, base: Offset): boolean {
    if (position + batch.HEADER_SIZE <= this.#scan.sizeBytes) return false
    const at = this.#window.at(position, batch.BATCH_LENGTH)
    return at >= 0 && batch.baseOffset(this.#window.buffer, at) === base
  }

  /** Goes over all positions in `[from, to)`, for a sound batch with its base offset in `[due, before)`. */
  *#search(
    from: number,
    to: number,
    due: Offset,
    before: Offset,
    accept: Accept,
  ): Generator<number, number | null, void> {
    const { buffer } = this.#window
    for (let position = from; position < to; ) {
      const at = this.#header(position)
      if (at < 0) return null
      const magicAt = at + batch.MAGIC
      const end = at + this.#window.end - position
      const found = buffer.subarray(0, end).indexOf(2, magicAt)
      if (found < 0) {
        position += end - magicAt
        yield position
        continue
      }
      position += found - magicAt
      if (position >= to) return null
      if (this.#isCandidate(position, due, before) && this.#problemAt(position, due) === null && accept(position))
        return position
      position++
    }
    return null
  }

  /** Whether it is worth to compute a checksum. */
  #isCandidate(position: number, due: Offset, before: Offset): boolean {
    const { buffer } = this.#window
    const at = this.#header(position)
    if (at < 0) return false
    const base = batch.baseOffset(buffer, at)
    return base >= due && base < before && batch.recordCount(buffer, at) >= 0 && buffer[at + batch.ATTRIBUTES] === 0
  }
}
