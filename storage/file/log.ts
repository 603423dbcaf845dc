/**
 * One log on files. Its directory is read at its first use; appends and reads are answered at once, from the page cache.
 */
import { join } from 'node:path'
import {
  type Appended,
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
import { writeRuns } from './append-runs.ts'
import type { AppendableLog } from './durability.ts'
import { loadLog } from './load.ts'
import type { OffsetCheckpoint } from './offset-checkpoint.ts'
import { loadParts, saveParts } from './parts.ts'
import { FileSlice } from './read.ts'
import { RecoveryPoint } from './recovery-point.ts'
import { type Keep, type RewrittenLog, retireSegment, rewriteSegments } from './rewrite.ts'
import { UnreadableBatch } from './scan.ts'
import { toTheEnd } from './scan-file.ts'
import { FileSegment } from './segment.ts'
import { SegmentList } from './segment-list.ts'
import type { Shared } from './shared.ts'
import { guarded, guardedAsync, refusalFor } from './storage-error.ts'

/** The files at the top of the data directory that all logs write into. */
export interface TopCheckpoints {
  readonly recoveryPoints: OffsetCheckpoint
  readonly starts: OffsetCheckpoint
}

/** Damaged places that one call looks at before it gives up. */
const MAX_TRIES = 64

/** One log. Its methods are those of the contract; the engine alone makes and ends it. */
export class FileLog implements Log, AppendableLog, RewrittenLog {
  readonly id: LogId
  readonly name: string
  readonly directory: string
  readonly #shared: Shared
  readonly #clean: boolean
  readonly #starts: OffsetCheckpoint
  readonly #recoveryPoint: RecoveryPoint
  #options: LogOptions
  #segments: SegmentList | null = null
  #start: Offset = 0
  #end: Offset = 0
  #state: 'open' | 'failed' | 'closed' | 'gone' = 'open'
  #rewriting = false
  /** Since the log was opened. */
  #appended = false

  /** @param log `clean`: its last stop was a clean one; otherwise the first use recovers it. */
  constructor(
    shared: Shared,
    dataDir: string,
    log: { readonly id: LogId; readonly name: string; readonly options: LogOptions; readonly clean: boolean },
    checkpoints: TopCheckpoints,
  ) {
    this.#shared = shared
    this.id = log.id
    this.name = log.name
    this.directory = join(dataDir, log.name)
    this.#options = log.options
    this.#clean = log.clean
    this.#starts = checkpoints.starts
    this.#recoveryPoint = new RecoveryPoint(shared, log.name, checkpoints.recoveryPoints)
  }

  readonly indexIntervalBytes = (): number => this.#options.indexIntervalBytes

  get loaded(): boolean {
    return this.#segments !== null
  }

  get failed(): boolean {
    return this.#state === 'failed'
  }

  /** Reads the directory, if that wasn't done. Throws KAFKA_STORAGE_ERROR if it can't be read. */
  load(): SegmentList {
    if (this.#segments !== null) return this.#segments
    const segments = guarded(() => toTheEnd(this.loading()))
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
      recoveryPoint: this.#recoveryPoint.offset,
      start: this.#starts.get(this.name) ?? 0,
    })
    this.#start = loaded.start
    this.#end = loaded.end
    this.#segments = new SegmentList(this.#shared, loaded.segments)
    if (!this.#clean) this.#distrust(loaded.segments)
    return this.#segments
  }

  /** Resolves when what was found damaged is remembered durably. Rejects with the disk's error. */
  async saveDamage(): Promise<void> {
    const unsaved = this.#segments?.all.filter(segment => segment.damageUnsaved) ?? []
    await Promise.all(unsaved.map(segment => segment.saveDamage()))
  }

  append(batches: readonly Batch[], expectedEnd: Offset): Appended {
    try {
      const segments = this.load()
      if (this.#state !== 'open') return { ok: false, reason: 'failed', end: this.#end }
      if (expectedEnd !== this.#end) return { ok: false, reason: 'conflict', end: this.#end }
      const open = (start: Offset): FileSegment => this.#openSegment(start)
      const runs = writeRuns(this.#shared, { active: segments.active, options: this.#options, open }, batches)
      this.#appended = true
      for (const { segment, from, to } of runs) {
        if (segment !== segments.active) this.#close(segments, segment)
        for (let index = from; index < to; index++) {
          const { lastOffset, maxTimestamp, bytes } = batches[index]!
          segment.account(lastOffset, maxTimestamp, bytes.length)
          this.#end = lastOffset + 1
        }
      }
      return { ok: true, end: this.#end }
    } catch (error) {
      const reason = refusalFor(error)
      if (reason === 'failed') this.#fail(error)
      return { ok: false, reason, end: this.#end }
    }
  }

  bounds(): Bounds {
    this.load()
    return { start: this.#start, committed: this.#end, end: this.#end }
  }

  read(from: Offset, { maxBytes, before = Number.POSITIVE_INFINITY, atLeastOne = false }: ReadOptions): Slice {
    const segments = this.load()
    const slice = new FileSlice(this.#shared.pool, from)
    if (from < this.#end) {
      const offset = Math.max(from, this.#start)
      const limits = { maxBytes, before, atLeastOne, from: offset, end: this.#end }
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
      const end = all[index + 1]?.start ?? this.#end
      return { start, end, sizeBytes, maxTimestamp, maxTimestampOffset, modifiedMs }
    }
    return { generation, segments: this.#overDamage(segments, () => all.map(describe)) }
  }

  sizeBytes(): number {
    return this.load().all.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  }

  async roll(): Promise<void> {
    const segments = this.load()
    if (segments.active.sizeBytes === 0) return
    this.#close(
      segments,
      guarded(() => this.#openSegment(this.#end)),
    )
  }

  configure(options: LogOptions): void {
    this.#options = options
  }

  async trim(start: Offset): Promise<Bounds> {
    const segments = this.load()
    const raised = Math.min(start, this.#end) > this.#start
    if (raised) {
      this.#start = Math.min(start, this.#end)
      this.#starts.set(this.name, this.#start)
    }
    const below = segments.all.findLastIndex(segment => segment.start <= this.#start)
    if (below > 0)
      for (const segment of segments.replace(0, below, [])) guarded(() => retireSegment(this.#shared, segment))
    await guardedAsync(() => (raised ? this.#starts.save() : this.#starts.settled()))
    return this.bounds()
  }

  async rewrite(range: RewriteRange, keep: Keep): Promise<boolean> {
    const segments = this.load()
    const closed = segments.range(range)
    if (this.#rewriting || closed === null) return false
    this.#rewriting = true
    try {
      const { segmentBytes } = this.#options
      return await this.#unlessGone(() => rewriteSegments(this.#shared, this, closed, segmentBytes, keep))
    } finally {
      this.#rewriting = false
    }
  }

  /** Its directory may be another log's by now. */
  get gone(): boolean {
    return this.#state === 'gone'
  }

  /** For `rewriteSegments`. */
  has(group: readonly FileSegment[]): boolean {
    this.#stillThere()
    const { all } = this.load()
    const index = all.indexOf(group[0]!)
    return this.#state === 'open' && index >= 0 && group.every((segment, at) => all[index + at] === segment)
  }

  /** For `rewriteSegments`. A failure half-way through leaves files that only a recovery understands. */
  replace(group: readonly FileSegment[], rename: () => FileSegment): void {
    const segments = this.load()
    try {
      const by = rename()
      segments.replace(segments.all.indexOf(group[0]!), group.length, [by])
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.load()
    if (checkpoint.at > this.#end) throw new RangeError(`a checkpoint at ${checkpoint.at}, beyond the end ${this.#end}`)
    await this.#unlessGone(() => saveParts(this.#shared.disk, this.directory, checkpoint, () => this.#stillThere()))
  }

  async loadCheckpoint(): Promise<Checkpoint | null> {
    this.load()
    return guarded(() => loadParts(this.#shared.disk, this.directory, this.#end))
  }

  /** Ends all use; what is under way ends with `LogGone`. */
  discard(): void {
    this.#state = 'gone'
    this.#recoveryPoint.end()
    for (const segment of this.#segments?.all ?? []) segment.closeFiles()
  }

  /** Ends appends and rewrites, and makes the log whole on the medium. Throws the disk's error. */
  async settle(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed'
    if (this.#segments === null) return
    for (const segment of this.#segments.all) segment.seal()
    const { all } = this.#segments
    const safe = this.#recoveryPoint.offset
    const unsafe = all.filter((_, index) => (all[index + 1]?.start ?? Number.POSITIVE_INFINITY) > safe)
    const paths = this.#appended || !this.#clean ? unsafe.flatMap(segment => segment.paths) : []
    await this.#recoveryPoint.settle(paths, this.#end)
  }

  /** What work on the segments gives. Damage that it meets and nobody knew of is remembered, and the work done again. */
  #overDamage<T>(segments: SegmentList, work: () => T): T {
    for (let tries = 1; ; tries++) {
      try {
        return guarded(work)
      } catch (error) {
        if (!(error instanceof UnreadableBatch) || tries === MAX_TRIES) throw error
        guarded(() => segments.examine(error, this.#end))
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

  #openSegment(start: Offset): FileSegment {
    return new FileSegment(this.#shared, this, start, null)
  }

  /** Segments that were closed before a crash may never have come to the medium: the recovery point passes them when they have. */
  #distrust(segments: readonly FileSegment[]): void {
    const safe = this.#recoveryPoint.offset
    for (const [index, segment] of segments.entries()) {
      const end = segments[index + 1]?.start ?? safe
      if (end > safe) this.#recoveryPoint.closed(segment, end, error => this.#fail(error))
    }
  }

  /** Closes the active segment: `next` is active from now on. */
  #close(segments: SegmentList, next: FileSegment): void {
    const { active } = segments
    active.trySeal()
    segments.add(next)
    this.#recoveryPoint.closed(active, next.start, error => this.#fail(error))
  }

  /** The medium refused what must not be refused: no more appends until the engine is opened anew. */
  #fail(error: unknown): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.#shared.warn(`${this.directory} takes no more appends until it is recovered: ${error}`)
  }
}
