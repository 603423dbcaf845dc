/**
 * How far one log is known to be on the medium: recovery after a crash reads what lies above. It moves with each flush: in the background when a segment
 * is closed, when a setting or the journal asks for it, and at a clean stop.
 */
import { dirname } from 'node:path'
import type { Offset } from '../engine.ts'
import { Coalesced } from './coalesced.ts'
import { systemCode } from './disk.ts'
import type { OffsetCheckpoint } from './directory/offset-checkpoint.ts'
import type { FileSegment } from './segment.ts'
import type { Shared } from './shared.ts'

/** What there is of a log to sync. */
export interface FlushedLog {
  readonly name: string
  readonly directory: string
  /** All that was accounted so far, or null before the log is loaded. */
  accounted(): { readonly segments: readonly FileSegment[]; readonly end: Offset } | null
}

/** The recovery point of one log. */
export class RecoveryPoint {
  readonly #shared: Shared
  readonly #log: FlushedLog
  readonly #points: OffsetCheckpoint
  readonly #flushing = new Coalesced(() => this.#flush())
  /** Files beside the segments' ends that must be synced. */
  #paths = new Set<string>()
  #namesChanged = false
  /** The name of the log's directory is known to be on the medium. */
  #placed = true
  #offset: Offset
  #ended = false

  constructor(shared: Shared, log: FlushedLog, points: OffsetCheckpoint) {
    this.#shared = shared
    this.#log = log
    this.#points = points
    this.#offset = points.get(log.name) ?? 0
  }

  get offset(): Offset {
    return this.#offset
  }

  /** The name of the log's directory isn't known to be on the medium. */
  get unplaced(): boolean {
    return !this.#placed
  }

  /** A file of the log was made, or written from its beginning. */
  made(path: string): void {
    this.#paths.add(path)
    this.#namesChanged = true
  }

  /** The log's directory was made, or a crash came since: neither its name nor the file in it that says whose it is need be on the medium. */
  placed(identityPath: string): void {
    this.made(identityPath)
    this.#placed = false
  }

  /** The indexes of a segment that was closed have to come to the medium too. */
  closed(segment: FileSegment): void {
    for (const path of segment.paths) this.made(path)
  }

  /**
   * Makes all that was accounted before the call survive a loss of power; the recovery point is at least there then. The checkpoint has it when it is
   * saved next. Rejects with the disk's error.
   */
  flush(): Promise<void> {
    return this.#flushing.run()
  }

  /** Something of it must be synced although no batch of it is. */
  get pending(): boolean {
    return this.#namesChanged
  }

  /** The last flush, for a clean stop: the checkpoint has the log's end, whatever it had before. */
  async settle(): Promise<void> {
    await this.flush()
    this.#ended = true
    this.#points.set(this.#log.name, this.#offset)
  }

  /** The log is gone, or its engine: nothing more is written. */
  end(): void {
    this.#ended = true
  }

  async #flush(): Promise<void> {
    if (this.#ended) return
    const { disk } = this.#shared
    const { segments, end } = this.#log.accounted() ?? { segments: [], end: this.#offset }
    const [made, namesChanged] = [this.#paths, this.#namesChanged]
    this.#paths = new Set()
    this.#namesChanged = false
    const paths = new Set(made)
    const damaged: FileSegment[] = []
    for (const [index, segment] of segments.entries()) {
      if ((segments[index + 1]?.start ?? end) <= this.#offset) continue
      // A start that begins at the recovery point finds its place by them.
      segment.flushIndexes()
      paths.add(segment.file.path)
      if (segment.damageUnsaved) damaged.push(segment)
    }
    try {
      // A start that begins above it doesn't find it again.
      for (const segment of damaged) await this.#unlessMissing(segment.saveDamage())
      for (const path of paths) await this.#unlessMissing(disk.sync(path))
      if (namesChanged) await this.#unlessMissing(disk.syncDirectory(this.#log.directory))
      if (!this.#placed) await disk.syncDirectory(dirname(this.#log.directory))
      this.#placed = true
    } catch (error) {
      for (const path of made) this.#paths.add(path)
      this.#namesChanged ||= namesChanged
      throw error
    }
    if (this.#ended || end <= this.#offset) return
    this.#offset = end
    this.#points.set(this.#log.name, end)
  }

  /** Trimmed, compacted or deleted meanwhile, or never written, as an index of a short segment. */
  async #unlessMissing(syncing: Promise<void>): Promise<void> {
    try {
      await syncing
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
    }
  }
}
