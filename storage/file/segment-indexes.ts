/**
 * The two indexes of a segment and the greatest timestamp that they lead to, kept together as Kafka keeps them.
 */
import type { Offset } from '../engine.ts'
import type { Disk } from './disk.ts'
import { OFFSET_ENTRY_BYTES, OffsetIndex } from './offset-index.ts'
import type { Shared } from './shared.ts'
import { TIME_ENTRY_BYTES, TimeIndex } from './time-index.ts'

/** Where the files of a segment's indexes are. */
export interface IndexPaths {
  readonly index: string
  readonly timeindex: string
}

/** Both indexes of one segment. */
export class SegmentIndexes {
  readonly #shared: Shared
  readonly #offsets: OffsetIndex
  readonly #times: TimeIndex
  /** Bytes of log since the batch before the last entry's. */
  #bytesSinceEntry = 0
  #maxTimestamp = -1
  #maxTimestampOffset: Offset = -1

  private constructor(
    shared: Shared,
    paths: IndexPaths,
    start: Offset,
    counts: { readonly offsets: number; readonly times: number } | null,
  ) {
    this.#shared = shared
    this.#offsets = new OffsetIndex(shared, paths.index, start, counts?.offsets ?? null)
    this.#times = new TimeIndex(shared, paths.timeindex, start, counts?.times ?? null)
    const last = this.#times.last()
    if (last !== null) this.foldTimestamp(last.timestamp, last.offset)
  }

  /** Empty ones, in files that are created (or emptied) when there is something to write. */
  static create(shared: Shared, paths: IndexPaths, start: Offset): SegmentIndexes {
    return new SegmentIndexes(shared, paths, start, null)
  }

  /** Those of a segment that was closed, or null if they are missing or can't be any. */
  static open(shared: Shared, paths: IndexPaths, start: Offset): SegmentIndexes | null {
    const offsets = entries(shared.disk, paths.index, OFFSET_ENTRY_BYTES)
    const times = entries(shared.disk, paths.timeindex, TIME_ENTRY_BYTES)
    if (offsets === null || times === null) return null
    const indexes = new SegmentIndexes(shared, paths, start, { offsets, times })
    const last = indexes.#times.last()
    return last !== null && (last.timestamp < 0 || last.offset < start) ? null : indexes
  }

  /** The greatest timestamp, −1 if there is none. */
  get maxTimestamp(): number {
    return this.#maxTimestamp
  }

  /** Last offset of the first batch that has `maxTimestamp`. */
  get maxTimestampOffset(): Offset {
    return this.#maxTimestampOffset
  }

  /** The last batch that has an entry, null without entries. */
  get lastEntry(): { readonly lastOffset: Offset; readonly position: number } | null {
    return this.#offsets.last()
  }

  /** A batch at the end. */
  add(lastOffset: Offset, maxTimestamp: number, position: number, sizeBytes: number, intervalBytes: number): void {
    this.foldTimestamp(maxTimestamp, lastOffset)
    if (this.#bytesSinceEntry > intervalBytes) {
      this.#offsets.append(lastOffset, position)
      this.#times.append(this.#maxTimestamp, this.#maxTimestampOffset)
      this.#offsets.entries.flushBlocks()
      this.#times.entries.flushBlocks()
      this.#bytesSinceEntry = 0
    }
    this.#bytesSinceEntry += sizeBytes
  }

  /** A batch that may be known to the indexes already; in order. */
  foldTimestamp(timestamp: number, lastOffset: Offset): void {
    if (timestamp <= this.#maxTimestamp) return
    this.#maxTimestamp = timestamp
    this.#maxTimestampOffset = lastOffset
  }

  /** The segment ends `sizeBytes` behind the last entry's batch, and goes on. */
  resume(sizeBytes: number): void {
    this.#bytesSinceEntry = sizeBytes
  }

  /** A position at or before the batch that contains `offset`, at most about an interval before it. */
  positionBefore(offset: Offset): number {
    return this.#offsets.lookup(offset)
  }

  /** A position at or before the first batch whose max timestamp is at or above `timestamp` and whose last offset is at or above `from`. */
  positionBeforeTimestamp(from: Offset, timestamp: number): number {
    return this.#offsets.lookup(Math.max(from, this.#times.lookup(timestamp)))
  }

  /** Whether one of them has no room for one more entry in a file of so many bytes. */
  full(maxBytes: number): boolean {
    return (
      this.#offsets.entries.count >= Math.floor(maxBytes / OFFSET_ENTRY_BYTES) ||
      // One is kept free for `seal`.
      this.#times.entries.count >= Math.floor(maxBytes / TIME_ENTRY_BYTES) - 1
    )
  }

  /** Writes all, with the greatest timestamp as the last entry. Throws if the disk refuses; they serve from memory then and can be sealed again. */
  seal(): void {
    this.#times.append(this.#maxTimestamp, this.#maxTimestampOffset)
    this.#offsets.entries.flush()
    this.#times.entries.flush()
  }

  closeFiles(): void {
    this.#shared.handles.close(this.#offsets.entries.file)
    this.#shared.handles.close(this.#times.entries.file)
  }
}

/** Number of entries in the file, null if there is no file of whole entries. */
const entries = (disk: Disk, path: string, entryBytes: number): number | null => {
  const bytes = disk.sizeBytes(path)
  return bytes === null || bytes % entryBytes !== 0 ? null : bytes / entryBytes
}
