/**
 * The two indexes of a segment and the greatest timestamp that they lead to, kept together as Kafka keeps them.
 */
import type { Offset } from '../../engine.ts'
import type { Disk } from '../disk.ts'
import { type IndexEntry, OFFSET_ENTRY_BYTES, OffsetIndex } from './offset-index.ts'
import type { Shared } from '../shared.ts'
import { TIME_ENTRY_BYTES, type TimeEntry, TimeIndex } from './time-index.ts'

export type { IndexEntry }

/** Where the files of a segment's indexes are. */
export interface IndexPaths {
  readonly index: string
  readonly timeindex: string
}

/** Some 50 entries: a start after a crash reads so many headers of batches that aren't in the index. */
const SOME_BYTES = 512

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
    if (last !== null && (last.timestamp < 0 || last.offset < start)) return null
    // Kafka makes them large, full of zeros, and cuts them at a clean stop.
    return indexes.#offsets.ascends ? indexes : null
  }

  /** The greatest timestamp, −1 if there is none. */
  get maxTimestamp(): number {
    return this.#maxTimestamp
  }

  /** Last offset of the first batch that has `maxTimestamp`. */
  get maxTimestampOffset(): Offset {
    return this.#maxTimestampOffset
  }

  /** There are no files, and nothing that belongs in them but the greatest timestamp: to build them anew takes less than to make and sync them. */
  get needless(): boolean {
    const { disk } = this.#shared
    const files = [this.#offsets.entries.file, this.#times.entries.file]
    return this.lastEntry === null && files.every(({ path }) => disk.sizeBytes(path) === null)
  }

  /** The last batch that has an entry, null without entries. */
  get lastEntry(): IndexEntry | null {
    return this.#offsets.last()
  }

  /** The last entry of the time index. */
  get lastTime(): TimeEntry | null {
    return this.#times.last()
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

  /** The last batch with an entry that ends at or below `offset`, about an interval before it at most; null where only the segment's begin is. */
  entryBefore(offset: Offset): IndexEntry | null {
    return this.#offsets.lookup(offset)
  }

  /** The last entry of the time index at or below `timestamp`. */
  timeBefore(timestamp: number): TimeEntry | null {
    return this.#times.lookup(timestamp)
  }

  /**
   * Forgets the entries of batches that end at or above `offset`; the files are cut. Returns the last one that is left. Throws the disk's error.
   */
  cutBelow(offset: Offset): IndexEntry | null {
    this.#offsets.cutBelow(offset)
    const last = this.#offsets.last()
    this.#times.cutAbove(last?.lastOffset ?? -1)
    const time = this.#times.last()
    this.#maxTimestamp = time?.timestamp ?? -1
    this.#maxTimestampOffset = time?.offset ?? -1
    this.#bytesSinceEntry = 0
    return last
  }

  /** Whether one of them has no room for one more entry in a file of so many bytes. */
  full(maxBytes: number): boolean {
    return (
      this.#offsets.entries.count >= Math.floor(maxBytes / OFFSET_ENTRY_BYTES) ||
      // One is kept free for `seal`.
      this.#times.entries.count >= Math.floor(maxBytes / TIME_ENTRY_BYTES) - 1
    )
  }

  /** Writes what is worth a write. */
  flushSome(): void {
    // The one is of no use without the other, which may have few entries, as timestamps are few.
    if (this.#offsets.entries.flushBlocks(SOME_BYTES)) this.#times.entries.flushBlocks(0)
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
