/**
 * One segment of a log: the `.log` file and its indexes. Knows nothing of the log around it; what follows its end, whether it is active and
 * when it is rolled, is `log.ts`'s.
 */
import { join } from 'node:path'
import * as batch from '../../protocol/records/batch.ts'
import type { Batch, Offset } from '../engine.ts'
import type { Damage } from './recovery/damage.ts'
import { DamageFile } from './recovery/damage-file.ts'
import { systemCode } from './disk.ts'
import { LogFile } from './handles.ts'
import { indexesFit, isTrueOf, type Scan } from './index/index-check.ts'
import { checkedSize, scanSound, UnreadableBatch, type Visit } from './recovery/scan.ts'
import { type IndexEntry, SegmentIndexes } from './index/segment-indexes.ts'
import { segmentFile } from './segment-names.ts'
import type { Shared } from './shared.ts'
import { writeBatches } from './write-batches.ts'

/** Where segments live. */
export interface SegmentHome {
  readonly directory: string
  /** As it is now: a setting that can change. */
  readonly indexIntervalBytes: () => number
}

/** One segment, from its base offset to its end. */
export class FileSegment {
  /** Base offset, which names the files. */
  readonly start: Offset
  /** Wall clock, ms: when this object was made. */
  readonly openedMs: number
  /** Its file was made by this object: nothing says yet that its name is on the medium. */
  readonly isNew: boolean
  readonly file: LogFile
  readonly #shared: Shared
  readonly #home: SegmentHome
  readonly #suffix: string
  #sizeBytes: number
  #indexes: SegmentIndexes | null = null
  #firstTimestamp: number | null = null
  /** Null until it is known. */
  #modifiedMs: number | null = null
  #damage: readonly Damage[] = []
  readonly #damageFile: DamageFile

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
    this.isNew = sizeBytes === null
    this.file = new LogFile(this.#path('log'))
    this.#damageFile = new DamageFile(shared.disk, this.#path('damaged'))
    this.#sizeBytes = sizeBytes ?? 0
    if (sizeBytes !== null) return
    this.#modifiedMs = this.openedMs
    shared.handles.create(this.file, suffix === '' ? 'wx+' : 'w+')
    this.#indexes = SegmentIndexes.create(this.#shared, this.#indexPaths, this.start)
  }

  /** Of the `.log`; what lies beyond in the file doesn't count. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** Max timestamp of the first batch, −1 without one or where that can't be read. */
  get firstTimestamp(): number {
    if (this.#firstTimestamp === null && this.#sizeBytes > 0) this.#findFirstTimestamp()
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

  /** The `.log` behind the indexes: recovery takes a renamed `.log` as a sign that they are renamed. What says what of it is damaged outlasts it. */
  get paths(): readonly string[] {
    const paths = [this.#path('index'), this.#path('timeindex'), this.#path('log')]
    return this.#damage.length + this.#damageFile.saved.length === 0 ? paths : [...paths, this.#damageFile.path]
  }

  /** In the order of the file. */
  get damage(): readonly Damage[] {
    return this.#damage
  }

  /** Whether the file beside the `.log` says something else than `damage`. */
  get damageUnsaved(): boolean {
    return this.#damageFile.differs(this.#damage)
  }

  /** @param saved whether the file beside says so already. Damage behind the end makes the segment longer. */
  setDamage(damage: readonly Damage[], saved = false): void {
    this.#damage = damage
    if (saved) this.#damageFile.saved = damage
    const last = damage.at(-1)
    if (last !== undefined && last.end > this.#sizeBytes) this.#sizeBytes = last.end
  }

  /** Takes the damage at its end out, for `truncate` to cut it off. */
  forgetTail(): void {
    this.#sizeBytes = this.#damage.at(-1)!.position
    this.#damage = this.#damage.slice(0, -1)
  }

  /** Resolves when a loss of power doesn't make it forget its damage. Rejects with the disk's error. */
  saveDamage(): Promise<void> {
    return this.#damageFile.save(() => this.#damage)
  }

  /** Writes batches `[from, to)` at the end and nothing else: `account` makes them part of the segment. */
  write(batches: readonly Batch[], from: number, to: number): void {
    const { disk, handles } = this.#shared
    this.#modifiedMs = this.#shared.now()
    writeBatches(disk, handles.fd(this.file), batches, from, to, this.#sizeBytes)
  }

  /** Takes a batch that lies at the end of the segment, or behind damage there, into it. */
  account(lastOffset: Offset, maxTimestamp: number, sizeBytes: number, position = this.#sizeBytes): void {
    this.#sizeBytes = position
    if (position === 0) this.#firstTimestamp = maxTimestamp
    this.indexes.add(lastOffset, maxTimestamp, this.#sizeBytes, sizeBytes, this.#home.indexIntervalBytes())
    this.#sizeBytes += sizeBytes
  }

  /** As `account`, for the batch whose header is at `at` and that lies at `position` of the file. */
  accountHeader(buffer: Buffer, at: number, position: number): void {
    const { lastOffset, maxTimestamp, sizeInBytes } = batch
    this.account(lastOffset(buffer, at), maxTimestamp(buffer, at), sizeInBytes(buffer, at), position)
  }

  /** Cuts off what was written and not accounted. */
  truncate(): void {
    this.#shared.disk.truncate(this.#shared.handles.fd(this.file), this.#sizeBytes)
  }

  /** Writes the indexes as Kafka leaves them in a closed segment, if they were loaded. Throws if the disk refuses: they serve from memory until the next time. */
  seal(): void {
    this.#indexes?.seal()
  }

  /** Writes some of the indexes, if there is enough to write. */
  flushIndexes(): void {
    this.#indexes?.flushSome()
  }

  /** As `seal`, but a refusal is left to the next one. */
  trySeal(): void {
    try {
      this.seal()
    } catch (error) {
      if (systemCode(error) === undefined) throw error
    }
  }

  /** Position of the first sound batch whose last offset is at or above `offset`; `sizeBytes` if there is none. */
  positionOf(offset: Offset): number {
    return this.#scanFrom(
      () => this.indexes.entryBefore(offset),
      (buffer, at) => batch.lastOffset(buffer, at) < offset,
    )
  }

  /** Position of the first sound batch at or after `from` whose max timestamp is at or above `timestamp`; `sizeBytes` if there is none. */
  positionOfTimestamp(from: Offset, timestamp: number): number {
    if (!isTrueOf(this.indexes.timeBefore(timestamp), this.indexes, this.#toEnd)) this.#rebuildDoubted()
    return this.#scanFrom(
      () => this.indexes.entryBefore(Math.max(from, this.indexes.timeBefore(timestamp)?.offset ?? 0)),
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

  /** As `scanHeaders`, to the segment's end and past damage. */
  scan(from: number, visit: Visit, to: number = this.#sizeBytes): number {
    return scanSound(this.#shared, this.file, this.#damage, from, to, visit)
  }

  /** Where the next batch begins: `position`, or the end of damage that begins there. */
  pastDamage(position: number): number {
    return this.#damage.find(damage => damage.position === position)?.end ?? position
  }

  /** Up to where batches follow `position` without damage between them. */
  soundUpTo(position: number): number {
    if (this.#damage.length === 0) return this.#sizeBytes
    return this.#damage.find(damage => damage.position >= position)?.position ?? this.#sizeBytes
  }

  /**
   * Makes the last segment ready for appends after a clean stop, reading no more than what follows the last index entry. Returns the offset after
   * the last batch. Throws `UnreadableBatch` if there is something else than batches.
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
    return Math.max(end, this.#damage.at(-1)?.to ?? 0)
  }

  /** Forgets what was accounted, damage and the indexes: what follows is `account` from the first batch in the file on. */
  reset(): void {
    this.#indexes?.closeFiles()
    this.#indexes = SegmentIndexes.create(this.#shared, this.#indexPaths, this.start)
    this.#firstTimestamp = null
    this.#sizeBytes = 0
    this.#damage = []
  }

  /**
   * As `reset`, but for what lies below `offset`, where the file holds nothing but sound batches and the damage that is known: of that only headers
   * are read, behind the last index entry. Returns where the rest begins, and the offset that is due there.
   */
  rewind(offset: Offset): { readonly position: number; readonly due: Offset } {
    const sizeBytes = this.#sizeBytes
    const below = this.#damage.filter(({ from }) => from < offset)
    const known = below.length === this.#damage.length ? this.#damage : below
    const kept = offset > this.start ? this.#indexesBelow(offset) : null
    this.reset()
    if (offset <= this.start) return { position: 0, due: this.start }
    if (kept !== null) this.#indexes = kept
    this.setDamage(known)
    let due = this.start
    let end = kept?.lastEntry?.position ?? 0
    try {
      this.scan(
        end,
        (buffer, at, position) => {
          this.accountHeader(buffer, at, position)
          due = batch.nextOffset(buffer, at)
          end = this.#sizeBytes
          return due < offset
        },
        sizeBytes,
      )
      this.setDamage(known)
    } catch (error) {
      if (!(error instanceof UnreadableBatch)) throw error
      this.#sizeBytes = end
      this.setDamage(known.filter(damage => damage.position < end))
    }
    const last = this.#damage.at(-1)
    return { position: this.#sizeBytes, due: Math.max(due, last?.to ?? 0) }
  }

  /** Builds the indexes from the headers of the `.log`. Throws `UnreadableBatch` if they aren't sound; the next use of the indexes tries again then. */
  rebuildIndexes(): void {
    const sizeBytes = this.#sizeBytes
    const damage = this.#damage
    this.reset()
    this.#damage = damage
    try {
      this.scan(
        0,
        (buffer, at, position) => {
          this.accountHeader(buffer, at, position)
          return true
        },
        sizeBytes,
      )
    } catch (error) {
      this.#indexes?.closeFiles()
      this.#indexes = null
      throw error
    } finally {
      this.#sizeBytes = sizeBytes
    }
    if (!this.indexes.needless) this.trySeal()
  }

  closeFiles(): void {
    this.#shared.handles.close(this.file)
    this.#indexes?.closeFiles()
  }

  /** Takes its files away; for a segment that no reader knows. Throws the disk's error. */
  remove(): void {
    this.closeFiles()
    for (const path of this.paths) this.#shared.disk.unlink(path)
  }

  #path(kind: 'log' | 'index' | 'timeindex' | 'damaged'): string {
    return join(this.#home.directory, segmentFile(this.start, kind) + this.#suffix)
  }

  /** Scans from an entry of the index on, if it leads to its batch; `visit` may be asked again about what it has seen. */
  #scanFrom(find: () => IndexEntry | null, visit: Visit): number {
    const entry = find()
    if (entry === null) return this.scan(0, visit)
    let leads = false
    try {
      const stopped = this.scan(entry.position, (buffer, at, position) => {
        leads ||= position === entry.position && batch.lastOffset(buffer, at) === entry.lastOffset
        return leads && visit(buffer, at, position)
      })
      if (leads) return stopped
    } catch (error) {
      if (leads || !(error instanceof UnreadableBatch)) throw error
    }
    this.#rebuildDoubted()
    return this.scan(find()?.position ?? 0, visit)
  }

  #findFirstTimestamp(): void {
    try {
      this.scan(0, (buffer, at) => {
        this.#firstTimestamp = batch.maxTimestamp(buffer, at)
        return false
      })
    } catch (error) {
      // A read will say so.
      if (!(error instanceof UnreadableBatch)) throw error
    }
  }

  readonly #toEnd: Scan = (from, visit) => this.scan(from, visit)

  get #indexPaths(): { index: string; timeindex: string } {
    return { index: this.#path('index'), timeindex: this.#path('timeindex') }
  }

  /** The indexes as they are on the disk, without what is at `offset` or above; null if they can't be any. */
  #indexesBelow(offset: Offset): SegmentIndexes | null {
    const indexes = SegmentIndexes.open(this.#shared, this.#indexPaths, this.start)
    const entry = indexes?.cutBelow(offset) ?? null
    // Of the two files each may have come to the medium without the other.
    const toEntry: Scan = (from, visit) =>
      this.scan(from, (buffer, at, position) => position <= entry!.position && visit(buffer, at, position))
    if (indexes !== null && entry !== null && indexesFit(indexes, toEntry)) return indexes
    indexes?.closeFiles()
    return null
  }

  /** Takes the index files if they fit the `.log`, or builds them anew. */
  #loadIndexes(): SegmentIndexes {
    const indexes = SegmentIndexes.open(this.#shared, this.#indexPaths, this.start)
    if (indexes !== null && indexesFit(indexes, this.#toEnd)) {
      this.#indexes = indexes
      return indexes
    }
    indexes?.closeFiles()
    this.#rebuildDoubted()
    return this.#indexes!
  }

  #rebuildDoubted(): void {
    this.rebuildIndexes()
    if (this.indexes.needless) return
    this.#shared.warn(`${this.file.path}: its indexes were missing or didn't fit and are built anew`)
  }
}
