/**
 * The end of one log: appends, the segments that they open, and how far all that is on the medium.
 */
import { KafkaError } from '../../protocol/errors.ts'
import type { Appended, Batch, LogId, LogOptions, Offset } from '../engine.ts'
import { type Run, undoRuns, writeRuns } from './append-runs.ts'
import type { Durability, DurableLog } from './durability.ts'
import { identityPath } from './directory/log-directories.ts'
import type { OffsetCheckpoint } from './directory/offset-checkpoint.ts'
import { type FlushedLog, RecoveryPoint } from './recovery-point.ts'
import { FileSegment, type SegmentHome } from './segment.ts'
import type { SegmentList } from './segment-list.ts'
import type { Shared } from './shared.ts'
import { guarded, isShortage, refusalFor } from './storage-error.ts'

/** What all logs of a data directory rest on. */
export interface LogBase {
  readonly recoveryPoints: OffsetCheckpoint
  readonly starts: OffsetCheckpoint
  /** Another one once the logs are open. */
  durability: Durability
  /** Calls `fire` once, `delayMs` later. Returns the cancel. */
  readonly after: (delayMs: number, fire: () => void) => () => void
}

/** The log whose end it is. */
export interface TailedLog {
  readonly id: LogId
  readonly name: string
  readonly directory: string
  /** Sees to it that `begin` was called. Throws the disk's error. */
  bringUp(): void
}

type Refused = Extract<Appended, { ok: false }>

/** A `flushMs` of never. */
const NEVER_MS = Number.MAX_SAFE_INTEGER

/** The end of a log. */
export class LogTail implements DurableLog, FlushedLog, SegmentHome {
  readonly id: LogId
  readonly name: string
  readonly directory: string
  options: LogOptions
  readonly recoveryPoint: RecoveryPoint
  readonly #shared: Shared
  readonly #log: TailedLog
  readonly #base: LogBase
  #segments: SegmentList | null = null
  #end: Offset = 0
  #state: 'open' | 'failed' | 'closed' | 'gone' = 'open'
  /** The indexes of the active segment may have changed since they were last on the medium. */
  #changed = false
  /** Behind the end of the active segment lies what was refused. */
  #untidy = false
  /** Settles when batches that were written are accounted or taken back. */
  #underWay: Promise<unknown> | null = null
  #cancelFlush: (() => void) | null = null

  constructor(shared: Shared, log: TailedLog, options: LogOptions, base: LogBase) {
    this.#shared = shared
    this.#log = log
    this.id = log.id
    this.name = log.name
    this.directory = log.directory
    this.options = options
    this.#base = base
    this.recoveryPoint = new RecoveryPoint(shared, this, base.recoveryPoints)
  }

  readonly indexIntervalBytes = (): number => this.options.indexIntervalBytes

  /** After the last batch that was accounted. */
  get end(): Offset {
    return this.#end
  }

  get unplaced(): boolean {
    return this.recoveryPoint.unplaced
  }

  /** It takes appends. */
  get open(): boolean {
    return this.#state === 'open'
  }

  get failed(): boolean {
    return this.#state === 'failed'
  }

  /** Its directory may be another log's by now. */
  get gone(): boolean {
    return this.#state === 'gone'
  }

  /** The log was loaded. @param clean false: what was there before a crash may never have come to the medium; the recovery point passes it when it has. */
  begin(segments: SegmentList, end: Offset, clean: boolean): void {
    this.#segments = segments
    this.#end = end
    // What recovery cut off there mustn't come back either.
    if (segments.active.isNew || !clean) this.recoveryPoint.made(segments.active.file.path)
    if (clean) return
    this.#changed = true
    this.recoveryPoint.placed(identityPath(this.directory, this.id, this.name))
    const { all } = segments
    const safe = this.recoveryPoint.offset
    const unsafe = all.filter((_, index) => (all[index + 1]?.start ?? end) > safe)
    for (const segment of unsafe) this.recoveryPoint.closed(segment)
    if (unsafe.length > 1) this.#flushBehind(unsafe[0]!)
  }

  append(batches: readonly Batch[], expectedEnd: Offset): Appended | Promise<Appended> {
    const written = this.write(batches, expectedEnd)
    if ('ok' in written) return this.#untidy ? this.#tidied().then(() => written) : written
    const outcome = this.account(batches, written)
    if (this.#end - this.recoveryPoint.offset >= this.options.flushMessages) return this.flush().then(() => outcome)
    if (this.options.flushMs < NEVER_MS) this.#flushInTime()
    return outcome
  }

  write(batches: readonly Batch[], expectedEnd: Offset): readonly Run[] | Refused {
    try {
      // A log that can't be read for want of room or descriptors isn't broken: the error must be the disk's own.
      if (this.#segments === null) this.#log.bringUp()
      const { active } = this.#segments!
      if (this.#state !== 'open') return this.#refused('failed')
      // One at a time: what is under way may move the end.
      if (expectedEnd !== this.#end || this.#underWay !== null) return this.#refused('conflict')
      this.#tidy()
      // They may have to be read, which can fail: not when the batches are accounted.
      void active.indexes
      const target = { active, options: this.options, open: this.#openSegment, untidy: this.#becomeUntidy }
      const runs = writeRuns(this.#shared, target, batches)
      this.#changed = true
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
    if (this.gone) return this.#forget(runs)
    const segments = this.#segments!
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
      undoRuns({ active: this.#segments!.active, untidy: this.#becomeUntidy }, runs)
      return this.#refuse(error)
    } catch (undoError) {
      return this.#refuse(undoError)
    }
  }

  async takenBack(): Promise<void> {
    const { disk } = this.#shared
    try {
      this.#tidy()
      if (this.#segments !== null) await disk.sync(this.#segments.active.file.path)
      await disk.syncDirectory(this.directory)
    } catch (error) {
      if (!this.gone) throw error
    }
  }

  abandon(): void {
    this.#underWay = null
  }

  /** As `Log.roll`. */
  async roll(stillThere: () => void): Promise<void> {
    // What is under way was written behind the end of the active segment. Whoever waits for it is told how it ended.
    while (this.#underWay !== null) await this.#underWay.catch(() => {})
    stillThere()
    this.#base.durability.check()
    const segments = this.#segments!
    if (segments.active.sizeBytes === 0) return
    guarded(() => this.#tidy())
    // Behind the end of its active segment there may be what an append left that failed; only a recovery cuts it off.
    if (this.failed) throw new KafkaError('KAFKA_STORAGE_ERROR', `${this.directory} must be recovered`)
    this.#close(
      segments,
      guarded(() => this.#openSegment(this.#end)),
    )
  }

  accounted(): { readonly segments: readonly FileSegment[]; readonly end: Offset } | null {
    return this.#segments && { segments: this.#segments.all, end: this.#end }
  }

  /** Makes all that was accounted survive a loss of power: the recovery point is there then, and lasts when its checkpoint is saved. Rejects with the disk's error. */
  async flush(): Promise<void> {
    this.#cancelFlush?.()
    this.#cancelFlush = null
    try {
      await this.recoveryPoint.flush()
    } catch (error) {
      if (!isShortage(error)) {
        this.fail(error)
        this.#base.durability.syncFailed(error)
      }
      throw error
    }
  }

  /** The medium refused what must not be refused: no more appends until the engine is opened anew. */
  fail(error: unknown): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.#shared.warn(`${this.directory} takes no more appends until it is recovered: ${error}`)
  }

  /** Ends appends; nothing more is written. */
  stop(): void {
    if (this.#state === 'open') this.#state = 'failed'
    this.#endFlushes()
  }

  /** The log is deleted. */
  discard(): void {
    this.#state = 'gone'
    this.#endFlushes()
    for (const segment of this.#segments?.all ?? []) segment.closeFiles()
  }

  /** Ends appends, and makes the log whole on the medium. Throws the disk's error. */
  async settle(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed'
    this.#cancelFlush?.()
    if (this.#segments === null) {
      if (this.recoveryPoint.pending) await this.recoveryPoint.flush()
      return
    }
    this.#tidy()
    for (const segment of this.#segments.all) if (!segment.indexes.needless) segment.seal()
    if (this.#changed) this.recoveryPoint.closed(this.#segments.active)
    await this.recoveryPoint.settle()
  }

  readonly #becomeUntidy = (): void => {
    this.#untidy = true
  }

  /** Throws the disk's error. */
  #tidy(): void {
    if (this.#untidy) this.#segments!.active.truncate()
    this.#untidy = false
  }

  /** An answer that nothing was written can't be given before it is so. */
  async #tidied(): Promise<void> {
    this.#tidy()
  }

  #endFlushes(): void {
    this.#cancelFlush?.()
    this.recoveryPoint.end()
  }

  readonly #openSegment = (start: Offset): FileSegment => {
    const segment = new FileSegment(this.#shared, this, start, null)
    this.recoveryPoint.made(segment.file.path)
    return segment
  }

  /** Closes the active segment: `next` is active from now on. */
  #close(segments: SegmentList, next: FileSegment): void {
    const { active } = segments
    active.trySeal()
    segments.add(next)
    this.recoveryPoint.closed(active)
    this.#flushBehind(active)
  }

  #flushBehind({ file }: FileSegment): void {
    const flushed = this.flush().then(() => this.#base.durability.flushed())
    this.#shared.background(`syncing ${file.path}`, flushed)
  }

  /** Sees to it that what was appended now is flushed when it is old enough. */
  #flushInTime(): void {
    this.#cancelFlush ??= this.#base.after(this.options.flushMs, () => {
      this.#cancelFlush = null
      this.#shared.background(`syncing ${this.directory}`, this.flush())
    })
  }

  #refuse(error: unknown): Refused {
    const reason = refusalFor(error)
    if (reason === 'failed') this.fail(error)
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
}
