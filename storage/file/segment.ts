/**
 * One segment of a log: the `.log` file and its indexes. Knows nothing of the log around it; what follows its end, whether it is active and
 * when it is rolled, is `log.ts`'s.
 */
import { join } from 'node:path'
import * as batch from '../../protocol/records/batch.ts'
import type { Batch, Offset } from '../engine.ts'
import { systemCode, writeFully } from './disk.ts'
import { LogFile } from './handles.ts'
import { checkedSize, scanHeaders } from './scan.ts'
import { SegmentIndexes } from './segment-indexes.ts'
import { segmentFile } from './segment-names.ts'
import type { Shared } from './shared.ts'

/** Where segments live. */
export interface SegmentHome {
  readonly directory: string
  /** As it is now: a setting that can change. */
  readonly indexIntervalBytes: () => number
}

/** Small batches are put together before they are written: below this a copy costs less than handing over one more buffer. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

/** One segment, from its base offset to its end. */
export class FileSegment {
  /** Base offset, which names the files. */
  readonly start: Offset
  /** Wall clock, ms: when this object was made. */
  readonly openedMs: number
  readonly file: LogFile
  readonly #shared: Shared
  readonly #home: SegmentHome
  readonly #suffix: string
  #sizeBytes: number
  #indexes: SegmentIndexes | null = null
  #firstTimestamp: number | null = null
  /** Null until it is known. */
  #modifiedMs: number | null = null

  /**
   * @param sizeBytes of the `.log` as it is, or null for a new segment: its file is created.
   * @param suffix of the file names: '' or `.cleaned`.
   */
  constructor(shared: Shared, home: SegmentHome, start: Offset, sizeBytes: number | null, suffix = '') {
    this.#shared = shared
    this.#home = home
    this.#suffix = suffix
    this.start = start
    this.openedMs = shared.now()
    this.file = new LogFile(this.#path('log'))
    this.#sizeBytes = sizeBytes ?? 0
    if (sizeBytes !== null) return
    this.#modifiedMs = this.openedMs
    shared.handles.create(this.file, suffix === '' ? 'wx+' : 'w+')
    this.#indexes = this.#newIndexes()
  }

  /** Of the `.log`; what lies beyond in the file doesn't count. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** Max timestamp of the first batch, −1 without one. */
  get firstTimestamp(): number {
    if (this.#firstTimestamp === null && this.#sizeBytes > 0)
      this.scan(0, (buffer, at) => {
        this.#firstTimestamp = batch.maxTimestamp(buffer, at)
        return false
      })
    return this.#firstTimestamp ?? -1
  }

  /** Wall clock, ms: when it was last written, in this run or before. */
  get modifiedMs(): number {
    this.#modifiedMs ??= Math.round(this.#shared.disk.modifiedMs(this.file.path) ?? this.openedMs)
    return this.#modifiedMs
  }

  /** Of its batches the first with the greatest timestamp gives `maxTimestamp` and `maxTimestampOffset`. */
  get indexes(): SegmentIndexes {
    return this.#indexes ?? this.#loadIndexes()
  }

  /** The `.log` last: recovery takes a renamed `.log` as a sign that its indexes are renamed. */
  get paths(): readonly string[] {
    return [this.#path('index'), this.#path('timeindex'), this.#path('log')]
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
    this.#modifiedMs = this.#shared.now()
    writeFully(disk, handles.fd(this.file), buffers, this.#sizeBytes)
  }

  /** Takes a batch that lies at the end of the file into the segment. */
  account(lastOffset: Offset, maxTimestamp: number, sizeBytes: number): void {
    if (this.#sizeBytes === 0) this.#firstTimestamp = maxTimestamp
    this.indexes.add(lastOffset, maxTimestamp, this.#sizeBytes, sizeBytes, this.#home.indexIntervalBytes())
    this.#sizeBytes += sizeBytes
  }

  /** Cuts off what was written and not accounted. */
  truncate(): void {
    this.#shared.disk.truncate(this.#shared.handles.fd(this.file), this.#sizeBytes)
  }

  /** Writes the indexes as Kafka leaves them in a closed segment, if they were loaded. Throws if the disk refuses: they serve from memory until the next time. */
  seal(): void {
    this.#indexes?.seal()
  }

  /** As `seal`, but a refusal is left to the next one. */
  trySeal(): void {
    try {
      this.seal()
    } catch (error) {
      if (systemCode(error) === undefined) throw error
    }
  }

  /** Position of the first batch whose last offset is at or above `offset`; `sizeBytes` if there is none. */
  positionOf(offset: Offset): number {
    return this.scan(this.indexes.positionBefore(offset), (buffer, at) => batch.lastOffset(buffer, at) < offset)
  }

  /** Position of the first batch at or after `from` whose max timestamp is at or above `timestamp`; `sizeBytes` if there is none. */
  positionOfTimestamp(from: Offset, timestamp: number): number {
    return this.scan(
      this.indexes.positionBeforeTimestamp(from, timestamp),
      (buffer, at) => batch.lastOffset(buffer, at) < from || batch.maxTimestamp(buffer, at) < timestamp,
    )
  }

  /** The batch that begins at `position`, in memory of its own. */
  batchAt(position: number): Batch {
    const { disk, handles } = this.#shared
    const fd = handles.fd(this.file)
    const head = Buffer.alloc(batch.HEADER_SIZE)
    disk.read(fd, head, 0, head.length, position)
    const bytes = Buffer.allocUnsafeSlow(checkedSize(head, 0, this.#sizeBytes - position, this.file.path, position))
    disk.read(fd, bytes, 0, bytes.length, position)
    return {
      baseOffset: batch.baseOffset(bytes, 0),
      lastOffset: batch.lastOffset(bytes, 0),
      maxTimestamp: batch.maxTimestamp(bytes, 0),
      bytes,
    }
  }

  /** As `scanHeaders`, to the segment's end. */
  scan(from: number, visit: (buffer: Buffer, at: number, position: number) => boolean): number {
    return scanHeaders(this.#shared, this.file, from, this.#sizeBytes, visit)
  }

  /**
   * Makes the last segment ready for appends after a clean stop, reading no more than what follows the last index entry. Returns the offset after
   * the last batch. Throws CORRUPT_MESSAGE if there is something else than batches.
   */
  resume(): Offset {
    const { indexes } = this
    const position = indexes.lastEntry?.position ?? 0
    let end = this.start
    this.scan(position, (buffer, at) => {
      end = batch.nextOffset(buffer, at)
      indexes.foldTimestamp(batch.maxTimestamp(buffer, at), end - 1)
      return true
    })
    indexes.resume(this.#sizeBytes - position)
    return end
  }

  /** Forgets what was accounted and the indexes: what follows is `account` from the first batch in the file on. */
  reset(): void {
    this.#indexes?.closeFiles()
    this.#indexes = this.#newIndexes()
    this.#firstTimestamp = null
    this.#sizeBytes = 0
  }

  /** Builds the indexes from the headers of the `.log`. Throws CORRUPT_MESSAGE if they aren't sound. */
  rebuildIndexes(): void {
    const sizeBytes = this.#sizeBytes
    this.reset()
    scanHeaders(this.#shared, this.file, 0, sizeBytes, (buffer, at) => {
      this.account(batch.lastOffset(buffer, at), batch.maxTimestamp(buffer, at), batch.sizeInBytes(buffer, at))
      return true
    })
    this.trySeal()
  }

  closeFiles(): void {
    this.#shared.handles.close(this.file)
    this.#indexes?.closeFiles()
  }

  #path(kind: 'log' | 'index' | 'timeindex'): string {
    return join(this.#home.directory, segmentFile(this.start, kind) + this.#suffix)
  }

  #newIndexes(): SegmentIndexes {
    return SegmentIndexes.create(this.#shared, this.#indexPaths, this.start)
  }

  get #indexPaths(): { index: string; timeindex: string } {
    return { index: this.#path('index'), timeindex: this.#path('timeindex') }
  }

  /** Takes the index files if they fit the `.log`, or builds them anew. */
  #loadIndexes(): SegmentIndexes {
    const indexes = SegmentIndexes.open(this.#shared, this.#indexPaths, this.start)
    if (indexes !== null && this.#leadsToBatch(indexes.lastEntry)) {
      this.#indexes = indexes
      return indexes
    }
    indexes?.closeFiles()
    this.#shared.warn(`${this.file.path}: its indexes are missing or don't fit and are built anew`)
    this.rebuildIndexes()
    return this.indexes
  }

  #leadsToBatch(entry: { readonly lastOffset: Offset; readonly position: number } | null): boolean {
    if (entry === null) return true
    if (entry.position + batch.HEADER_SIZE > this.#sizeBytes) return false
    const { disk, handles } = this.#shared
    const head = Buffer.alloc(batch.HEADER_SIZE)
    disk.read(handles.fd(this.file), head, 0, head.length, entry.position)
    return batch.magic(head, 0) === 2 && batch.lastOffset(head, 0) === entry.lastOffset
  }
}
