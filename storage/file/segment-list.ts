/**
 * The segments of a log in order, and reads over them.
 */
import type { Offset, RewriteRange } from '../engine.ts'
import { damageAt, damagedRange } from './recovery/damage.ts'
import { examine } from './recovery/live-damage.ts'
import { type FileSlice, type ReadLimits, readInto } from './read.ts'
import type { UnreadableBatch } from './recovery/scan.ts'
import type { FileSegment } from './segment.ts'
import type { Shared } from './shared.ts'

/** Consumers at so many places of a log go on without a search. */
const MAX_CURSORS = 8

interface Cursor {
  readonly offset: Offset
  readonly segment: FileSegment
  readonly position: number
}

/** The segments of one log; never empty. */
export class SegmentList {
  readonly #shared: Shared
  readonly #segments: FileSegment[]
  #generation = 0
  /** Where the last reads ended, which is where the next ones begin. */
  #cursors: Cursor[] = []
  #nextCursor = 0

  /** @param segments in order, at least one. */
  constructor(shared: Shared, segments: FileSegment[]) {
    this.#shared = shared
    this.#segments = segments
  }

  get all(): readonly FileSegment[] {
    return this.#segments
  }

  /** The last one. */
  get active(): FileSegment {
    return this.#segments[this.#segments.length - 1]!
  }

  /** Moves with every `replace`. */
  get generation(): number {
    return this.#generation
  }

  /** Index of the last segment that starts at or below `offset`; 0 if there is none. */
  indexOf(offset: Offset): number {
    let low = 0
    let high = this.#segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#segments[middle]!.start <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The closed segments of a rewrite, or null if the generation has moved or a bound isn't a segment's start. */
  range({ from, to, generation }: RewriteRange): readonly FileSegment[] | null {
    const first = this.#segments.findIndex(segment => segment.start === from)
    const last = this.#segments.findIndex(segment => segment.start === to)
    return generation === this.#generation && first >= 0 && last > first ? this.#segments.slice(first, last) : null
  }

  /** Behind the last. */
  add(segment: FileSegment): void {
    this.#segments.push(segment)
  }

  /** Puts others in the place of `count` segments from `index` on, which are returned. */
  replace(index: number, count: number, by: readonly FileSegment[]): FileSegment[] {
    this.#generation++
    this.#forgetCursors()
    return this.#segments.splice(index, count, ...by)
  }

  /**
   * Adds whole batches from the one that contains `offset` on to the slice, up to the next damage. Throws `DamagedRange` if that is where it begins,
   * `UnreadableBatch` if the first batch can't be one; before a later one of that kind it stops.
   */
  read(slice: FileSlice, offset: Offset, limits: ReadLimits): void {
    let { segment, position } = this.#locate(offset)
    for (let index = this.indexOf(segment.start); ; ) {
      position = readInto(slice, this.#shared, segment, position, limits)
      if (segment.damage.length > 0) {
        const damage = segment.damage.find(stretch => stretch.position === position)
        if (damage !== undefined) {
          if (damage.from < damage.to && slice.chunks.length === 0) throw damagedRange(segment.file.path, damage)
          if (damage.from < damage.to) break
          position = damage.end
          continue
        }
      }
      if (position < segment.sizeBytes || index + 1 === this.#segments.length) break
      if (slice.sizeBytes >= limits.maxBytes && slice.sizeBytes > 0) break
      segment = this.#segments[++index]!
      position = 0
    }
    if (slice.sizeBytes > 0) this.#remember({ offset: slice.next, segment, position })
  }

  #locate(offset: Offset): Cursor {
    const known = this.#cursors.find(cursor => cursor.offset === offset)
    if (known !== undefined) return known
    const segment = this.#segments[this.indexOf(offset)]!
    const damage = segment.damage.length > 0 ? damageAt(segment.damage, offset) : undefined
    if (damage !== undefined) throw damagedRange(segment.file.path, damage)
    const position = segment.positionOf(offset)
    const passed = segment.damage.find(({ from, to, position: at }) => from < to && from >= offset && at < position)
    if (passed !== undefined) throw damagedRange(segment.file.path, passed)
    return { offset, segment, position }
  }

  /** A batch couldn't be read: damage there is remembered, or indexes are built anew. `end` is the log's. Throws the disk's error. */
  examine(unreadable: UnreadableBatch, end: Offset): void {
    const index = this.#segments.findIndex(({ file }) => file.path === unreadable.path)
    if (index < 0) throw unreadable
    examine(this.#shared, this.#segments[index]!, this.#segments[index + 1]?.start ?? end, unreadable)
    this.#forgetCursors()
  }

  #forgetCursors(): void {
    this.#cursors = []
    this.#nextCursor = 0
  }

  #remember(cursor: Cursor): void {
    const known = this.#cursors.findIndex(({ offset }) => offset === cursor.offset)
    if (known >= 0) this.#cursors[known] = cursor
    else {
      this.#cursors[this.#nextCursor] = cursor
      this.#nextCursor = (this.#nextCursor + 1) % MAX_CURSORS
    }
  }
}
