/**
 * A log in memory. Segments serve retention and compaction as files would; all is answered at once.
 */
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
  type Segments,
  type Slice,
} from '../engine.ts'
import { mustRoll } from '../rolling.ts'
import { rewriteSegments } from './rewrite.ts'
import { Collector, MemorySegment } from './segment.ts'

/** The bytes that all logs of an engine share. */
export interface Space {
  readonly maxBytes: number
  usedBytes: number
}

/** Nothing to give back: the chunks are the log's own memory. */
const release = (): void => {}

/** One log. Its methods are those of the contract. */
export class MemoryLog implements Log {
  readonly id: LogId
  readonly #space: Space
  readonly #now: () => number
  #options: LogOptions
  #segments: MemorySegment[]
  #start: Offset = 0
  #end: Offset = 0
  #generation = 0
  #rewriting = false
  #gone = false
  #checkpoint: Checkpoint | null = null

  /** @param now wall clock, ms. */
  constructor(id: LogId, options: LogOptions, space: Space, now: () => number) {
    this.id = id
    this.#options = options
    this.#space = space
    this.#now = now
    this.#segments = [new MemorySegment(0, now())]
  }

  get #active(): MemorySegment {
    return this.#segments[this.#segments.length - 1]!
  }

  /** All of them or none; `batches` are checked already. */
  append(batches: readonly Batch[], expectedEnd: Offset): Appended {
    if (expectedEnd !== this.#end) return { ok: false, reason: 'conflict', end: this.#end }
    let addedBytes = 0
    for (const { bytes } of batches) addedBytes += bytes.length
    if (this.#space.usedBytes + addedBytes > this.#space.maxBytes) return { ok: false, reason: 'full', end: this.#end }
    for (const batch of batches) {
      const { baseOffset, lastOffset, maxTimestamp, bytes } = batch
      if (mustRoll(this.#active, { lastOffset, maxTimestamp, sizeBytes: bytes.length }, this.#options, this.#now()))
        this.#segments.push(new MemorySegment(baseOffset, this.#now()))
      this.#active.append(batch)
      this.#active.modifiedMs = this.#now()
      this.#end = lastOffset + 1
    }
    this.#space.usedBytes += addedBytes
    return { ok: true, end: this.#end }
  }

  bounds(): Bounds {
    return { start: this.#start, committed: this.#end, end: this.#end }
  }

  read(from: Offset, options: ReadOptions): Slice {
    const { maxBytes, before = Number.POSITIVE_INFINITY, atLeastOne = false } = options
    const collector = new Collector(from, maxBytes, atLeastOne)
    if (from < this.#end) {
      const offset = Math.max(from, this.#start)
      let index = this.#segmentOf(offset)
      let more = this.#segments[index]!.collect(this.#segments[index]!.indexOf(offset), before, collector)
      while (more && ++index < this.#segments.length) more = this.#segments[index]!.collect(0, before, collector)
      collector.finish()
    }
    return { chunks: collector.chunks, sizeBytes: collector.sizeBytes, next: collector.next, release }
  }

  async firstAtOrAfter(timestamp: number): Promise<Batch | null> {
    for (let index = this.#segmentOf(this.#start); index < this.#segments.length; index++) {
      const segment = this.#segments[index]!
      if (segment.maxTimestamp < timestamp) continue
      const found = segment.indexOfTimestamp(segment.indexOf(this.#start), timestamp)
      if (found < segment.count) return segment.batch(found)
    }
    return null
  }

  async segments(): Promise<Segments> {
    const segments = this.#segments.map((segment, index) => ({
      start: segment.start,
      end: this.#segments[index + 1]?.start ?? this.#end,
      sizeBytes: segment.sizeBytes,
      maxTimestamp: segment.maxTimestamp,
      maxTimestampOffset: segment.maxTimestampOffset,
      modifiedMs: segment.modifiedMs,
    }))
    return { generation: this.#generation, segments }
  }

  sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  }

  async roll(): Promise<void> {
    if (this.#active.count > 0) this.#segments.push(new MemorySegment(this.#end, this.#now()))
  }

  configure(options: LogOptions): void {
    this.#options = options
  }

  async trim(start: Offset): Promise<Bounds> {
    this.#start = Math.max(this.#start, Math.min(start, this.#end))
    let below = 0
    while (below < this.#segments.length - 1 && this.#segments[below + 1]!.start <= this.#start) below++
    if (below > 0) this.#replace(0, below, [])
    return this.bounds()
  }

  async rewrite(
    range: RewriteRange,
    keep: (batches: readonly Buffer[]) => Promise<readonly Buffer[]>,
  ): Promise<boolean> {
    const first = this.#segments.findIndex(segment => segment.start === range.from)
    const last = this.#segments.findIndex(segment => segment.start === range.to)
    if (this.#rewriting || range.generation !== this.#generation || first < 0 || last <= first) return false
    this.#rewriting = true
    try {
      const rewritten = await rewriteSegments(this.#segments.slice(first, last), keep, this.#options.segmentBytes)
      if (this.#gone) throw new LogGone(this.id)
      if (this.#generation !== range.generation) return false
      this.#replace(first, last, rewritten)
      return true
    } finally {
      this.#rewriting = false
    }
  }

  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    if (checkpoint.at > this.#end) throw new RangeError(`a checkpoint at ${checkpoint.at}, beyond the end ${this.#end}`)
    const parts = new Map([...checkpoint.parts].map(([name, bytes]) => [name, Buffer.from(bytes)]))
    this.#checkpoint = { at: checkpoint.at, parts }
  }

  async loadCheckpoint(): Promise<Checkpoint | null> {
    return this.#checkpoint
  }

  /** Gives the log's bytes back; a rewrite under way ends. */
  discard(): void {
    this.#gone = true
    this.#space.usedBytes -= this.sizeBytes()
    this.#segments = [new MemorySegment(this.#end, 0)]
  }

  #replace(from: number, to: number, by: readonly MemorySegment[]): void {
    const before = this.sizeBytes()
    this.#segments.splice(from, to - from, ...by)
    this.#space.usedBytes += this.sizeBytes() - before
    this.#generation++
  }

  /** Index of the segment that holds `offset`, which is within the log. */
  #segmentOf(offset: Offset): number {
    let low = 0
    let high = this.#segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#segments[middle]!.start <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
}
