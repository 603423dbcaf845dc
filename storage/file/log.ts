/**
 * One log on files. Its directory is read at its first use; appends and reads are answered at once, from the page cache.
 */
import { join } from 'node:path'
import { KafkaError } from '../../protocol/errors.ts'
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
import { type Run, undoRuns, writeRuns } from './append-runs.ts'
import type { Durability, DurableLog } from './durability.ts'
import { loadLog } from './load.ts'
import type { OffsetCheckpoint } from './offset-checkpoint.ts'
import { loadParts, saveParts } from './parts.ts'
import { FileSlice } from './read.ts'
import { type FlushedLog, RecoveryPoint } from './recovery-point.ts'
import { type Keep, type RewrittenLog, retireSegment, rewriteSegments } from './rewrite.ts'
import { UnreadableBatch } from './scan.ts'
import { toTheEnd } from './scan-file.ts'
import { FileSegment } from './segment.ts'
import { SegmentList } from './segment-list.ts'
import type { Shared } from './shared.ts'
import { guarded, guardedAsync, isShortage, refusalFor } from './storage-error.ts'

/** What all logs of a data directory rest on. */
export interface LogBase {
  readonly recoveryPoints: OffsetCheckpoint
  readonly starts: OffsetCheckpoint
  readonly durability: Durability
  /** Calls `fire` once, `delayMs` later. Returns the cancel. */
  readonly after: (delayMs: number, fire: () => void) => () => void
}

type Refused = Extract<Appended, { ok: false }>

/** A `flushMs` of never. */
const NEVER_MS = Number.MAX_SAFE_INTEGER

/** Damaged places that one call looks at before it gives up. */
const MAX_TRIES = 64

/** One log. Its methods are those of the contract; the engine alone makes and ends it. */
export class FileLog implements Log, DurableLog, FlushedLog, RewrittenLog {
  readonly id: LogId
  readonly name: string
  readonly directory: string
  /** Resolves when its creation lasts. */
  created: Promise<void> = Promise.resolve()
  readonly #shared: Shared
  readonly #clean: boolean
  readonly #starts: OffsetCheckpoint
  readonly #durability: Durability
  readonly #after: LogBase['after']
  readonly #recoveryPoint: RecoveryPoint
  #options: LogOptions
  #segments: SegmentList | null = null
  #start: Offset = 0
  #end: Offset = 0
  /** The start that survives. */
  #trimmedTo: Offset = 0
  #state: 'open' | 'failed' | 'closed' | 'gone' = 'open'
  #rewriting = false
  /** Since the log was opened. */
  #appended = false
  /** Settles when batches that were written are accounted or taken back. */
  #underWay: Promise<unknown> | null = null
  #cancelFlush: (() => void) | null = null

  /** @param log `clean`: its last stop was a clean one; otherwise the first use recovers it. */
  constructor(
    shared: Shared,
    dataDir: string,
    log: { readonly id: LogId; readonly name: string; readonly options: LogOptions; readonly clean: boolean },
    base: LogBase,
  ) {
    this.#shared = shared
    this.id = log.id
    this.name = log.name
    this.directory = join(dataDir, log.name)
    this.#options = log.options
    this.#clean = log.clean
    this.#starts = base.starts
    this.#durability = base.durability
    this.#after = base.after
    this.#recoveryPoint = new RecoveryPoint(shared, this, base.recoveryPoints)
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
    return guarded(() => this.#bringUp())
  }

  #bringUp(): SegmentList {
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
      recoveryPoint: this.#recoveryPoint.offset,
      start: this.#starts.get(this.name) ?? 0,
    })
    this.#start = loaded.start
    this.#end = loaded.end
    this.#trimmedTo = loaded.start
    this.#segments = new SegmentList(this.#shared, loaded.segments)
    if (!this.#clean) this.#distrust(loaded.segments)
    return this.#segments
  }

  /** Resolves when what was found damaged is remembered durably. Rejects with the disk's error. */
  async saveDamage(): Promise<void> {
    const unsaved = this.#segments?.all.filter(segment => segment.damageUnsaved) ?? []
    await Promise.all(unsaved.map(segment => segment.saveDamage()))
  }

  append(batches: readonly Batch[], expectedEnd: Offset): Appended | Promise<Appended> {
    const written = this.write(batches, expectedEnd)
    if ('ok' in written) return written
    const outcome = this.account(batches, written)
    if (this.#end - this.#recoveryPoint.offset >= this.#options.flushMessages) return this.flush().then(() => outcome)
    if (this.#options.flushMs < NEVER_MS) this.#flushInTime()
    return outcome
  }

  write(batches: readonly Batch[], expectedEnd: Offset): readonly Run[] | Refused {
    try {
      // A log that can't be read for want of room or descriptors isn't broken: the error must be the disk's own.
      const segments = this.#bringUp()
      if (this.#state !== 'open') return this.#refused('failed')
      // One at a time: what is under way may move the end.
      if (expectedEnd !== this.#end || this.#underWay !== null) return this.#refused('conflict')
      const open = (start: Offset): FileSegment => this.#openSegment(start)
      // They may have to be read, which can fail: not when the batches are accounted.
      void segments.active.indexes
      const runs = writeRuns(this.#shared, { active: segments.active, options: this.#options, open }, batches)
      this.#appended = true
      return runs
    } catch (error) {
      return this.#refuse(error)
    }
  }

  await(whole: Promise<unknown>): void {
    this.#underWay = whole
  }

  account(batches: readonly Batch[], runs: readonly Run[]): Appended {
    this.#underWay = null
    const segments = this.#segments!
    if (this.gone) return this.#forget(runs)
    for (const { segment, from, to } of runs) {
      if (segment !== segments.active) this.#close(segments, segment)
      for (let index = from; index < to; index++) {
        const { lastOffset, maxTimestamp, bytes } = batches[index]!
        segment.account(lastOffset, maxTimestamp, bytes.length)
        this.#end = lastOffset + 1
      }
    }
    return { ok: true, end: this.#end }
  }

  takeBack(runs: readonly Run[], error: unknown): Appended {
    this.#underWay = null
    if (this.gone) return this.#forget(runs)
    try {
      undoRuns(this.#shared, this.#segments!.active, runs)
      return this.#refuse(error)
    } catch (undoError) {
      return this.#refuse(undoError)
    }
  }

  async takenBack(): Promise<void> {
    const { disk } = this.#shared
    try {
      await disk.sync(this.load().active.file.path)
      await disk.syncDirectory(this.directory)
    } catch (error) {
      if (!this.gone) throw error
    }
  }

  abandon(): void {
    this.#underWay = null
  }

  accounted(): { readonly segments: readonly FileSegment[]; readonly end: Offset } | null {
    return this.#segments && { segments: this.#segments.all, end: this.#end }
  }

  /** A file of the log was made outside of it. */
  made(path: string): void {
    this.#recoveryPoint.made(path)
  }

  /** Makes all that was accounted survive a loss of power: the recovery point is there then, and lasts when its checkpoint is saved. Rejects with the disk's error. */
  async flush(): Promise<void> {
    this.#cancelFlush?.()
    this.#cancelFlush = null
    try {
      await this.#recoveryPoint.flush()
    } catch (error) {
      if (!isShortage(error)) {
        this.#fail(error)
        this.#durability.syncFailed(error)
      }
      throw error
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
    // What is under way was written behind the end of the active segment. Whoever waits for it is told how it ended.
    while (this.#underWay !== null) await this.#underWay.catch(() => {})
    this.#stillThere()
    this.#durability.check()
    if (segments.active.sizeBytes === 0) return
    // Behind the end of its active segment there may be what an append left that failed; only a recovery cuts it off.
    if (this.#state === 'failed') throw new KafkaError('KAFKA_STORAGE_ERROR', `${this.directory} must be recovered`)
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
    this.#durability.check()
    const raised = Math.min(start, this.#end)
    if (raised > this.#start) {
      this.#start = raised
      this.#starts.set(this.name, raised)
    }
    const last = this.#start
    if (last > this.#trimmedTo) await this.#unlessGone(() => this.#durability.trimmed(this, last))
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
    this.#durability.check()
    const closed = segments.range(range)
    if (this.#rewriting || closed === null) return false
    this.#rewriting = true
    try {
      const { segmentBytes } = this.#options
      return await this.#unlessGone(() => rewriteSegments(this.#shared, this, closed, segmentBytes, keep))
    } catch (error) {
      if (!(error instanceof UnreadableBatch)) throw error
      guarded(() => segments.examine(error, this.#end))
      return false
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
    this.#durability.check()
    const { all } = this.load()
    const index = all.indexOf(group[0]!)
    return this.#state === 'open' && index >= 0 && group.every((segment, at) => all[index + at] === segment)
  }

  /** For `rewriteSegments`. */
  async announce(group: readonly FileSegment[]): Promise<void> {
    await this.#durability.rewriting(this, group[0]!.start, group.at(-1)!.start + 1)
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
    this.#durability.check()
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
    this.#cancelFlush?.()
    this.#recoveryPoint.end()
    for (const segment of this.#segments?.all ?? []) segment.closeFiles()
  }

  /** Ends appends and rewrites, and makes the log whole on the medium. Throws the disk's error. */
  async settle(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed'
    this.#cancelFlush?.()
    if (this.#segments === null) return
    for (const segment of this.#segments.all) segment.seal()
    if (this.#appended || !this.#clean) this.#recoveryPoint.closed(this.#segments.active)
    await this.#recoveryPoint.settle()
  }

  /** Ends appends; nothing more is written. */
  stop(): void {
    if (this.#state === 'open') this.#state = 'failed'
    this.#cancelFlush?.()
    this.#recoveryPoint.end()
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
    const segment = new FileSegment(this.#shared, this, start, null)
    this.#recoveryPoint.made(segment.file.path)
    return segment
  }

  /** What was there before a crash may never have come to the medium: the recovery point passes it when it has. */
  #distrust(segments: readonly FileSegment[]): void {
    const safe = this.#recoveryPoint.offset
    const unsafe = segments.filter((_, index) => (segments[index + 1]?.start ?? this.#end) > safe)
    for (const segment of unsafe) this.#recoveryPoint.closed(segment)
    if (unsafe.length > 1) this.#flushBehind(unsafe[0]!)
  }

  /** Closes the active segment: `next` is active from now on. */
  #close(segments: SegmentList, next: FileSegment): void {
    const { active } = segments
    active.trySeal()
    segments.add(next)
    this.#recoveryPoint.closed(active)
    this.#flushBehind(active)
  }

  #flushBehind({ file }: FileSegment): void {
    const flushed = this.flush().then(() => this.#durability.flushed())
    this.#shared.background(`syncing ${file.path}`, flushed)
  }

  /** Sees to it that what was appended now is flushed when it is old enough. */
  #flushInTime(): void {
    this.#cancelFlush ??= this.#after(this.#options.flushMs, () => {
      this.#cancelFlush = null
      this.#shared.background(`syncing ${this.directory}`, this.flush())
    })
  }

  #refuse(error: unknown): Refused {
    const reason = refusalFor(error)
    if (reason === 'failed') this.#fail(error)
    return this.#refused(reason)
  }

  #refused(reason: Refused['reason']): Refused {
    return { ok: false, reason, end: this.#end }
  }

  /** Of an append to a log that was deleted meanwhile. */
  #forget(runs: readonly Run[]): Refused {
    for (const { segment } of runs) segment.closeFiles()
    return { ok: false, reason: 'gone', end: 0 }
  }

  /** The medium refused what must not be refused: no more appends until the engine is opened anew. */
  #fail(error: unknown): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.#shared.warn(`${this.directory} takes no more appends until it is recovered: ${error}`)
  }
}
