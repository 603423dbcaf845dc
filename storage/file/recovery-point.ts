/**
 * How far one log is known to be on the medium: recovery after a crash reads what lies above. Segments are synced when they are closed, in the
 * background and in order, and the rest by a clean stop.
 */
import type { Offset } from '../engine.ts'
import { systemCode } from './disk.ts'
import type { OffsetCheckpoint } from './offset-checkpoint.ts'
import type { FileSegment } from './segment.ts'
import type { Shared } from './shared.ts'

/** The recovery point of one log. */
export class RecoveryPoint {
  readonly #shared: Shared
  readonly #name: string
  readonly #points: OffsetCheckpoint
  /** Closed and not synced; `end` is the start of the segment that follows. */
  readonly #closed: { readonly segment: FileSegment; readonly end: Offset }[] = []
  #syncing = false
  #ended = false

  /** @param name the log's directory. */
  constructor(shared: Shared, name: string, points: OffsetCheckpoint) {
    this.#shared = shared
    this.#name = name
    this.#points = points
  }

  get offset(): Offset {
    return this.#points.get(this.#name) ?? 0
  }

  /** A segment was closed at `end`. Calls `failed` if the medium doesn't take it. */
  closed(segment: FileSegment, end: Offset, failed: (error: unknown) => void): void {
    this.#closed.push({ segment, end })
    if (this.#syncing) return
    this.#syncing = true
    this.#shared.background(`syncing ${segment.file.path}`, this.#syncClosed(failed))
  }

  /** For a clean stop: syncs the files that aren't yet, after which all below `end` is on the medium. Throws the disk's error. */
  async settle(paths: Iterable<string>, end: Offset): Promise<void> {
    this.#ended = true
    for (const path of paths) await this.#sync(path)
    this.#points.set(this.#name, end)
  }

  /** The log is gone, or its engine: nothing more is written. */
  end(): void {
    this.#ended = true
  }

  async #syncClosed(failed: (error: unknown) => void): Promise<void> {
    try {
      for (let next = this.#closed[0]; next !== undefined && !this.#ended; next = this.#closed[0]) {
        for (const path of next.segment.paths) await this.#sync(path)
        if (this.#ended) return
        this.#closed.shift()
        this.#points.set(this.#name, next.end)
        if (this.#closed.length === 0) await this.#points.save()
      }
    } catch (error) {
      failed(error)
    } finally {
      this.#syncing = false
    }
  }

  async #sync(path: string): Promise<void> {
    try {
      await this.#shared.disk.sync(path)
    } catch (error) {
      // Trimmed or compacted meanwhile, or never written, as an index of a short segment.
      if (systemCode(error) !== 'ENOENT') throw error
    }
  }
}
