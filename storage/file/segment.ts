/**
 * One segment of a log: the `.log` file and its two indexes. Knows nothing of the log around it; what follows its end, whether it is active and
 * when it is rolled, is `log.ts`'s.
 */
import { join } from 'node:path'
import * as batch from '../../protocol/records/batch.ts'
import type { Batch, Offset } from '../engine.ts'
import { systemCode, writeFully } from './disk.ts'
import { LogFile } from './handles.ts'
import { OFFSET_ENTRY_BYTES, OffsetIndex } from './offset-index.ts'
import { checkedSize, scanHeaders } from './scan.ts'
import { segmentFile } from './segment-names.ts'
import type { Shared } from './shared.ts'
import { TIME_ENTRY_BYTES, TimeIndex } from './time-index.ts'

interface Indexes {
  readonly offsets: OffsetIndex
  readonly times: TimeIndex
}

/** Small batches are put together before they are written: below this a copy costs less than handing over one more buffer. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

export class FileSegment {
  /** Base offset, which names the files. */
  readonly start: Offset
  /** Wall clock, ms: when this object was made. */
  readonly openedMs: number
  readonly file: LogFile
  /** Of the `.log`; what lies beyond in the file doesn't count. */
  sizeBytes: number
  readonly #shared: Shared
  readonly #directory: string
  readonly #suffix: string
  readonly #indexIntervalBytes: () => number
  #indexes: Indexes | null = null
  #bytesSinceEntry = 0
  #maxTimestamp = -1
  #maxTimestampOffset: Offset = -1
  #firstTimestamp: number | null = null

  /**
   * @param sizeBytes of the `.log` as it is, or null for a new segment: its file is created.
   * @param suffix of the file names: '' or `.cleaned`.
   */
  constructor(
    shared: Shared,
    directory: string,
    start: Offset,
    sizeBytes: number | null,
    indexIntervalBytes: () => number,
    suffix = '',
  ) {
    this.#shared = shared
    this.#directory = directory
    this.#suffix = suffix
    this.#indexIntervalBytes = indexIntervalBytes
    this.start = start
    this.openedMs = shared.now()
    this.file = new LogFile(this.#path('log'))
    this.sizeBytes = sizeBytes ?? 0
    if (sizeBytes !== null) return
    shared.handles.create(this.file, suffix === '' ? 'wx+' : 'w+')
    this.#indexes = this.#newIndexes(null, null)
  }

  /** Writes batches `[from, to)` at the end and nothing else: `account` makes them part of the segment. */
  write(batches: readonly Batch[], from: number, to: number): void {
    const { disk, handles } = this.#shared
    const buffers: Buffer[] = []
    let sizeBytes = 0
    for (let index = from; index < to; index++) {
      buffers.push(batches[index]!.bytes)
      sizeBytes += batches[index]!.bytes.length
    }
    if (buffers.length > 1 && sizeBytes <= scratch.length) {
      let at = 0
      for (const bytes of buffers) at += bytes.copy(scratch, at)
      buffers.splice(0, buffers.length, scratch.subarray(0, at))
    }
    writeFully(disk, handles.fd(this.file), buffers, this.sizeBytes)
  }

  /** Takes a batch that lies at the end of the file into the segment: size, timestamps, indexes. */
  account(lastOffset: Offset, maxTimestamp: number, sizeBytes: number): void {
    const { offsets, times } = this.#loadedIndexes()
    if (this.#firstTimestamp === null && this.sizeBytes === 0) this.#firstTimestamp = maxTimestamp
    this.#foldTimestamp(maxTimestamp, lastOffset)
    if (this.#bytesSinceEntry > this.#indexIntervalBytes()) {
      offsets.append(lastOffset, this.sizeBytes)
      times.append(this.#maxTimestamp, this.#maxTimestampOffset)
      offsets.entries.flushBlocks()
      times.entries.flushBlocks()
      this.#bytesSinceEntry = 0
    }
    this.#bytesSinceEntry += sizeBytes
    this.sizeBytes += sizeBytes
  }

  /** Cuts off what was written and not accounted, or all of the file from `sizeBytes` on if that is less. */
  truncate(sizeBytes = this.sizeBytes): void {
    this.#shared.disk.truncate(this.#shared.handles.fd(this.file), sizeBytes)
    this.sizeBytes = sizeBytes
  }

  /**
   * Ends the indexes as Kafka does in a closed segment and writes what isn't written of them. Throws if the disk refuses; they serve from memory
   * then and can be sealed again.
   */
  seal(): void {
    if (this.#indexes === null) return
    const { offsets, times } = this.#indexes
    times.append(this.#maxTimestamp, this.#maxTimestampOffset)
    offsets.entries.flush()
    times.entries.flush()
  }

  /** As `seal`, but a refusal is left to the next one. */
  trySeal(): void {
    try {
      this.seal()
    } catch (error) {
      if (systemCode(error) === undefined) throw error
    }
  }

  /** Whether an index has no room for one more entry. */
  indexesFull(segmentIndexBytes: number): boolean {
    const { offsets, times } = this.#loadedIndexes()
    return (
      offsets.entries.count >= Math.floor(segmentIndexBytes / OFFSET_ENTRY_BYTES) ||
      // One is kept free for `seal`.
      times.entries.count >= Math.floor(segmentIndexBytes / TIME_ENTRY_BYTES) - 1
    )
  }

  /** Max timestamp of the first batch, −1 without one. */
  get firstTimestamp(): number {
    if (this.#firstTimestamp === null && this.sizeBytes > 0)
      this.scan(0, (buffer, at) => {
        this.#firstTimestamp = batch.maxTimestamp(buffer, at)
        return false
      })
    return this.#firstTimestamp ?? -1
  }

  /** The greatest timestamp, −1 if there is none. */
  get maxTimestamp(): number {
    this.#loadedIndexes()
    return this.#maxTimestamp
  }

  /** Last offset of the first batch that has `maxTimestamp`. */
  get maxTimestampOffset(): Offset {
    this.#loadedIndexes()
    return this.#maxTimestampOffset
  }

  /** Position of the first batch whose last offset is at or above `offset`; `sizeBytes` if there is none. */
  positionOf(offset: Offset): number {
    return this.scan(
      this.#loadedIndexes().offsets.lookup(offset),
      (buffer, at) => batch.lastOffset(buffer, at) < offset,
    )
  }

  /** Position of the first batch at or after `from` whose max timestamp is at or above `timestamp`; `sizeBytes` if there is none. */
  positionOfTimestamp(from: Offset, timestamp: number): number {
    const { offsets, times } = this.#loadedIndexes()
    const position = offsets.lookup(Math.max(from, times.lookup(timestamp)))
    return this.scan(
      position,
      (buffer, at) => batch.lastOffset(buffer, at) < from || batch.maxTimestamp(buffer, at) < timestamp,
    )
  }

  /** The batch that begins at `position`, in memory of its own. */
  batchAt(position: number): Batch {
    const { disk, handles } = this.#shared
    const header = Buffer.alloc(batch.HEADER_SIZE)
    disk.read(handles.fd(this.file), header, 0, header.length, position)
    const bytes = Buffer.allocUnsafeSlow(checkedSize(header, 0, this.sizeBytes - position, this.file.path, position))
    disk.read(handles.fd(this.file), bytes, 0, bytes.length, position)
    return {
      baseOffset: batch.baseOffset(bytes, 0),
      lastOffset: batch.lastOffset(bytes, 0),
      maxTimestamp: batch.maxTimestamp(bytes, 0),
      bytes,
    }
  }

  /** As `scanHeaders`, to the segment's end. */
  scan(from: number, visit: (buffer: Buffer, at: number, position: number) => boolean): number {
    return scanHeaders(this.#shared, this.file, from, this.sizeBytes, visit)
  }

  /**
   * Makes the last segment ready for appends after a clean stop, reading no more than what follows the last index entry. Returns the offset after
   * the last batch. Throws CORRUPT_MESSAGE if there is something else than batches.
   */
  resume(): Offset {
    const position = this.#loadedIndexes().offsets.lastPosition()
    let end = this.start
    this.scan(position, (buffer, at) => {
      end = batch.nextOffset(buffer, at)
      this.#foldTimestamp(batch.maxTimestamp(buffer, at), end - 1)
      return true
    })
    this.#bytesSinceEntry = this.sizeBytes - position
    return end
  }

  /** Forgets the indexes and all that was accounted: what follows is `account` from the first batch on. */
  reset(): void {
    const indexes = this.#indexes ?? this.#newIndexes(null, null)
    indexes.offsets.entries.clear()
    indexes.times.entries.clear()
    this.#indexes = indexes
    this.#bytesSinceEntry = 0
    this.#maxTimestamp = -1
    this.#maxTimestampOffset = -1
    this.#firstTimestamp = null
    this.sizeBytes = 0
  }

  /** Builds the indexes from the headers of the `.log`. Throws CORRUPT_MESSAGE if they aren't sound. */
  rebuildIndexes(): void {
    const { sizeBytes } = this
    this.reset()
    scanHeaders(this.#shared, this.file, 0, sizeBytes, (buffer, at) => {
      this.account(batch.lastOffset(buffer, at), batch.maxTimestamp(buffer, at), batch.sizeInBytes(buffer, at))
      return true
    })
    this.trySeal()
  }

  closeFiles(): void {
    const { handles } = this.#shared
    handles.close(this.file)
    if (this.#indexes === null) return
    handles.close(this.#indexes.offsets.entries.file)
    handles.close(this.#indexes.times.entries.file)
  }

  /** The `.log` last: recovery takes a renamed `.log` as a sign that its indexes are renamed. */
  paths(): string[] {
    return [this.#path('index'), this.#path('timeindex'), this.#path('log')]
  }

  #path(kind: 'log' | 'index' | 'timeindex'): string {
    return join(this.#directory, segmentFile(this.start, kind) + this.#suffix)
  }

  #foldTimestamp(timestamp: number, lastOffset: Offset): void {
    if (timestamp <= this.#maxTimestamp) return
    this.#maxTimestamp = timestamp
    this.#maxTimestampOffset = lastOffset
  }

  #newIndexes(offsetEntries: number | null, timeEntries: number | null): Indexes {
    return {
      offsets: new OffsetIndex(this.#shared, this.#path('index'), this.start, offsetEntries),
      times: new TimeIndex(this.#shared, this.#path('timeindex'), this.start, timeEntries),
    }
  }

  #loadedIndexes(): Indexes {
    return this.#indexes ?? this.#loadIndexes()
  }

  /** Takes the index files if they fit the `.log`, or builds them anew. */
  #loadIndexes(): Indexes {
    const { disk, warn } = this.#shared
    const offsetBytes = disk.sizeBytes(this.#path('index'))
    const timeBytes = disk.sizeBytes(this.#path('timeindex'))
    if (offsetBytes !== null && timeBytes !== null && offsetBytes % OFFSET_ENTRY_BYTES === 0) {
      if (timeBytes % TIME_ENTRY_BYTES === 0) {
        const indexes = this.#newIndexes(offsetBytes / OFFSET_ENTRY_BYTES, timeBytes / TIME_ENTRY_BYTES)
        if (this.#sound(indexes)) {
          const last = indexes.times.last()
          this.#foldTimestamp(last?.timestamp ?? -1, last?.offset ?? -1)
          this.#indexes = indexes
          return indexes
        }
      }
    }
    warn(`${this.file.path}: its indexes are missing or don't fit and are built anew`)
    this.rebuildIndexes()
    return this.#indexes!
  }

  /** Whether the last entries point at batches of this file. */
  #sound({ offsets, times }: Indexes): boolean {
    const time = times.last()
    if (time !== null && (time.timestamp < 0 || time.offset < this.start)) return false
    if (offsets.entries.count === 0) return true
    const position = offsets.lastPosition()
    const entry = offsets.lastOffset()
    if (position + batch.HEADER_SIZE > this.sizeBytes) return false
    const { disk, handles } = this.#shared
    const header = Buffer.alloc(batch.HEADER_SIZE)
    disk.read(handles.fd(this.file), header, 0, header.length, position)
    return batch.magic(header, 0) === 2 && batch.lastOffset(header, 0) === entry
  }
}
