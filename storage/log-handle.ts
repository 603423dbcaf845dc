/**
 * What `Engine.log` gives out where an engine keeps its logs in a map: a handle that looks its log up at each use. It may be made before the log
 * is, and fails with `LogGone` while there is none.
 */
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
  type Segments,
  type Slice,
} from './engine.ts'

/** A handle over an engine's own table of logs. */
export class LogHandle implements Log {
  readonly id: LogId
  readonly #find: (id: LogId) => Log | undefined

  /** @param find the log as the engine keeps it, if there is one now. */
  constructor(id: LogId, find: (id: LogId) => Log | undefined) {
    this.id = id
    this.#find = find
  }

  bounds(): Bounds | Promise<Bounds> {
    return this.#log().bounds()
  }

  read(from: Offset, options: ReadOptions): Slice | Promise<Slice> {
    return this.#log().read(from, options)
  }

  async firstAtOrAfter(timestamp: number): Promise<Batch | null> {
    return this.#log().firstAtOrAfter(timestamp)
  }

  async segments(): Promise<Segments> {
    return this.#log().segments()
  }

  sizeBytes(): number | Promise<number> {
    return this.#log().sizeBytes()
  }

  async roll(): Promise<void> {
    return this.#log().roll()
  }

  configure(options: LogOptions): void {
    this.#log().configure(options)
  }

  async trim(start: Offset): Promise<Bounds> {
    return this.#log().trim(start)
  }

  async rewrite(
    range: RewriteRange,
    keep: (batches: readonly Buffer[]) => Promise<readonly Buffer[]>,
  ): Promise<boolean> {
    return this.#log().rewrite(range, keep)
  }

  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    return this.#log().saveCheckpoint(checkpoint)
  }

  async loadCheckpoint(): Promise<Checkpoint | null> {
    return this.#log().loadCheckpoint()
  }

  #log(): Log {
    const log = this.#find(this.id)
    if (log === undefined) throw new LogGone(this.id)
    return log
  }
}
