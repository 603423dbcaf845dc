/**
 * One log on files. Its directory is read at its first use; appends and reads are answered at once, from the page cache.
 */
import { join } from 'node:path'
import {
  type Batch,
  type Bounds,
  type Checkpoint,
  type Log,
  LogGone,
  type LogId,
  type LogOptions,
  type Offset,
  type ReadOptions,
  type RewriteRange,
  type Segment,
  type Segments,
  type Slice,
} from '../engine.ts'
import { loadLog } from './recovery/load.ts'
import { type LogBase, LogTail, type TailedLog } from './log-tail.ts'
import type { OffsetCheckpoint } from './directory/offset-checkpoint.ts'
import { loadParts, saveParts } from './parts.ts'
import { FileSlice } from './read.ts'
import { type Keep, type RewrittenLog, retireSegment, rewriteSegments } from './rewrite.ts'
import { UnreadableBatch } from './recovery/scan.ts'
import { toTheEnd } from './recovery/scan-file.ts'
import type { FileSegment } from './segment.ts'
import { SegmentList } from './segment-list.ts'
import type { Shared } from './shared.ts'
import { guarded, guardedAsync } from './storage-error.ts'

/** Damaged places that one call looks at before it gives up. */
const MAX_TRIES = 64

/** What is known of a log before its directory is read. */
export interface OpenedLog {
  readonly id: LogId
  readonly name: string
  readonly options: LogOptions
  /** Its last stop was a clean one; otherwise the first use recovers it. */
  readonly clean: boolean
  /** As in `RecoverOptions`. */
  readonly acknowledged: Offset | null
  readonly journaled?: boolean
}

/** One log. Its methods are those of the contract; the engine alone makes and ends it. */
export class FileLog implements Log, TailedLog, RewrittenLog {
  readonly id: LogId
  readonly name: string
  readonly directory: string
  /** Resolves when its creation lasts. */
  created: Promise<void> = Promise.resolve()
  readonly #shared: Shared
  readonly #clean: boolean
  readonly #acknowledged: Offset | null
  readonly #journaled: boolean
  readonly #pointsReadable: boolean
  readonly #starts: OffsetCheckpoint
  readonly #base: LogBase
  readonly #tail: LogTail
  #segments: SegmentList | null = null
  #start: Offset = 0
  /** The start that survives. */
  #trimmedTo: Offset = 0
  #rewriting = false
  /** Settles when the checkpoints are saved that were asked for: one after the other, as they have files in common. */
  #saving: Promise<void> = Promise.resolve()

  constructor(shared: Shared, dataDir: string, log: OpenedLog, base: LogBase) {
    this.#shared = shared
    this.id = log.id
    this.name = log.name
    this.directory = join(dataDir, log.name)
    this.#clean = log.clean
    this.#acknowledged = log.acknowledged
    this.#journaled = log.journaled ?? false
    this.#pointsReadable = base.recoveryPoints.readable
    this.#starts = base.starts
    this.#base = base
    this.#tail = new LogTail(shared, this, log.options, base)
  }

  readonly indexIntervalBytes = (): number => this.#tail.indexIntervalBytes()

  /** Where it is appended to and flushed. */
  get tail(): LogTail {
    return this.#tail
  }

  get loaded(): boolean {
    return this.#segments !== null
  }

  get failed(): boolean {
    return this.#tail.failed
  }

  /** Reads the directory, if that wasn't done. Throws KAFKA_STORAGE_ERROR if it can't be read. */
  load(): SegmentList {
    return this.#segments ?? guarded(() => this.bringUp())
  }

  /** As `load`, but throws the disk's error. */
  bringUp(): SegmentList {
    if (this.#segments !== null) return this.#segments
    const segments = toTheEnd(this.loading())
    if (segments.all.some(segment => segment.damageUnsaved))
      this.#shared.background(`remembering the damage in ${this.directory}`, this.saveDamage())
    return segments
  }

  /** As `load`, in portions: yields the bytes read since the last time. `saveDamage` must follow. Throws the disk's error. */
  *loading(): Generator<number, SegmentList, void> {
    if (this.#segments !== null) return this.#segments
    const loaded = yield* loadLog(this.#shared, {
      directory: this.directory,
      indexIntervalBytes: this.indexIntervalBytes,
      clean: this.#clean,
      acknowledged: this.#acknowledged,
      journaled: this.#journaled,
      // Where the journal has the last word it has put back what was lost.
      whole: this.#acknowledged === null && this.#pointsReadable,
      recoveryPoint: this.#tail.recoveryPoint.offset,
      start: this.#starts.get(this.name) ?? 0,
    })
    this.#start = loaded.start
    this.#trimmedTo = loaded.start
    this.#segments = new SegmentList(this.#shared, loaded.segments)
    this.#tail.begin(this.#segments, loaded.end, this.#clean)
    return this.#segments
  }

  /** Resolves when what was found damaged is remembered durably. Rejects with the disk's error. */
  async saveDamage(): Promise<void> {
    const unsaved = this.#segments?.all.filter(segment => segment.damageUnsaved) ?? []
    await Promise.all(unsaved.map(segment => segment.saveDamage()))
  }

  bounds(): Bounds {
    this.load()
    return { start: this.#start, committed: this.#tail.end, end: this.#tail.end }
  }

  read(from: Offset, { maxBytes, before = Number.POSITIVE_INFINITY, atLeastOne = false }: ReadOptions): Slice {
    const segments = this.load()
    const slice = new FileSlice(this.#shared.pool, from)
    if (from < this.#tail.end) {
      const offset = Math.max(from, this.#start)
      const limits = { maxBytes, before, atLeastOne, from: offset, end: this.#tail.end }
      this.#overDamage(segments, () => segments.read(slice, offset, limits))
    }
    return slice
  }

  async firstAtOrAfter(timestamp: number): Promise<Batch | null> {
    const segments = this.load()
    return this.#overDamage(segments, () => {
      for (const segment of segments.all.slice(segments.indexOf(this.#start))) {
        if (segment.indexes.maxTimestamp < timestamp) continue
        const position = segment.positionOfTimestamp(this.#start, timestamp)
        if (position < segment.sizeBytes) return segment.batchAt(position)
      }
      return null
    })
  }

  async segments(): Promise<Segments> {
    const segments = this.load()
    const { all, generation } = segments
    const describe = ({ start, sizeBytes, indexes, modifiedMs }: FileSegment, index: number): Segment => {
      const { maxTimestamp, maxTimestampOffset } = indexes
      const end = all[index + 1]?.start ?? this.#tail.end
      return { start, end, sizeBytes, maxTimestamp, maxTimestampOffset, modifiedMs }
    }
    return { generation, segments: this.#overDamage(segments, () => all.map(describe)) }
  }

  sizeBytes(): number {
    return this.load().all.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  }

  async roll(): Promise<void> {
    this.load()
    await this.#tail.roll(() => this.#stillThere())
  }

  configure(options: LogOptions): void {
    this.#tail.options = options
  }

  async trim(start: Offset): Promise<Bounds> {
    const segments = this.load()
    this.#base.durability.check()
    const raised = Math.min(start, this.#tail.end)
    if (raised > this.#start) {
      this.#start = raised
      this.#starts.set(this.name, raised)
    }
    const last = this.#start
    if (last > this.#trimmedTo) await this.#unlessGone(() => this.#base.durability.trimmed(this.#tail, last))
    this.#stillThere()
    this.#trimmedTo = Math.max(this.#trimmedTo, last)
    // Only now: a start that a crash takes back would lie where there is nothing any more.
    const below = segments.all.findLastIndex(segment => segment.start <= this.#trimmedTo)
    if (below > 0)
      for (const segment of segments.replace(0, below, [])) guarded(() => retireSegment(this.#shared, segment))
    return this.bounds()
  }

  async rewrite(range: RewriteRange, keep: Keep): Promise<boolean> {
    const segments = this.load()
    this.#base.durability.check()
    const closed = segments.range(range)
    if (this.#rewriting || closed === null) return false
    this.#rewriting = true
    try {
      const { segmentBytes } = this.#tail.options
      return await this.#unlessGone(() => rewriteSegments(this.#shared, this, closed, segmentBytes, keep))
    } catch (error) {
      if (!(error instanceof UnreadableBatch)) throw error
      guarded(() => segments.examine(error, this.#tail.end))
      return false
    } finally {
      this.#rewriting = false
    }
  }

  /** Its directory may be another log's by now. */
  get gone(): boolean {
    return this.#tail.gone
  }

  /** For `rewriteSegments`. */
  has(group: readonly FileSegment[]): boolean {
    this.#stillThere()
    this.#base.durability.check()
    const { all } = this.load()
    const index = all.indexOf(group[0]!)
    return this.#tail.open && index >= 0 && group.every((segment, at) => all[index + at] === segment)
  }

  /** For `rewriteSegments`. */
  async announce(group: readonly FileSegment[]): Promise<void> {
    const { all } = this.load()
    const last = all.indexOf(group.at(-1)!)
    if (last >= 0) await this.#base.durability.rewriting(this.#tail, group[0]!.start, all[last + 1]!.start)
  }

  /** For `rewriteSegments`. A failure half-way through leaves files that only a recovery understands. */
  replace(group: readonly FileSegment[], rename: () => FileSegment): void {
    const segments = this.load()
    try {
      const by = rename()
      segments.replace(segments.all.indexOf(group[0]!), group.length, [by])
    } catch (error) {
      this.#tail.fail(error)
      throw error
    }
  }

  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.load()
    this.#base.durability.check()
    if (checkpoint.at > this.#tail.end)
      throw new RangeError(`a checkpoint at ${checkpoint.at}, beyond the end ${this.#tail.end}`)
    const save = async () => {
      await saveParts(this.#shared.disk, this.directory, checkpoint, () => this.#stillThere())
      await this.#base.durability.saved(this.#tail)
    }
    const saved = this.#saving.then(() => this.#unlessGone(save))
    // Whoever asked for it is told.
    this.#saving = saved.catch(() => {})
    await saved
  }

  async loadCheckpoint(): Promise<Checkpoint | null> {
    this.load()
    return guarded(() => loadParts(this.#shared.disk, this.directory, this.#tail.end))
  }

  /** Ends all use; what is under way ends with `LogGone`. */
  discard(): void {
    this.#tail.discard()
  }

  /** What work on the segments gives. Damage that it meets and nobody knew of is remembered, and the work done again. */
  #overDamage<T>(segments: SegmentList, work: () => T): T {
    for (let tries = 1; ; tries++) {
      try {
        return guarded(work)
      } catch (error) {
        if (!(error instanceof UnreadableBatch) || tries === MAX_TRIES) throw error
        guarded(() => segments.examine(error, this.#tail.end))
      }
    }
  }

  #stillThere(): void {
    if (this.gone) throw new LogGone(this.id)
  }

  /** What work on the files gives, or LogGone where they were taken away meanwhile. */
  async #unlessGone<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await guardedAsync(work)
    } catch (error) {
      this.#stillThere()
      throw error
    }
  }
}
