/**
 * The storage contract: what a broker asks of an engine, and all that an engine must know. An engine keeps logs of opaque
 * record batches; topics, configs, groups, producer sequences and retention policy are the broker's. `conformance.ts` is
 * the suite that every engine passes.
 */
import { KafkaError } from '../protocol/errors.ts'

/** A log position: a safe integer ≥ 0. */
export type Offset = number

/** `data/<topicId>/<partition>` or `state/<name>`. An engine gives it no other meaning. */
export type LogId = string

/**
 * One record batch of magic 2, offsets and leader epoch already stamped.
 * `bytes` is exactly one batch; the engine may keep a reference and never writes to it, and the caller doesn't either once
 * it is appended.
 */
export interface Batch {
  readonly baseOffset: Offset
  readonly lastOffset: Offset
  /** ms since the epoch, −1 if the batch has none. */
  readonly maxTimestamp: number
  readonly bytes: Buffer
}

/**
 * What can be read: offsets [start, end). `committed` is the high watermark, `start ≤ committed ≤ end`; it equals `end`
 * where the engine has no replicas. `start` rises by trim only, `end` by append only.
 */
export interface Bounds {
  readonly start: Offset
  readonly committed: Offset
  readonly end: Offset
}

/**
 * The outcome of an append to one log.
 * `conflict`: the log didn't end at `expectedEnd`; nothing was written. `full`: no space; nothing was written, a later try
 * may succeed. `failed`: the medium refused (an I/O error); nothing was acknowledged and the log takes no more until it
 * is recovered. `gone`: there is no such log (`end` is 0 then). A rejected promise instead of an outcome: unknown, the caller must catch up.
 */
export type Appended =
  | { readonly ok: true; readonly end: Offset }
  | { readonly ok: false; readonly reason: 'conflict' | 'full' | 'failed' | 'gone'; readonly end: Offset }

/** Batches for one log; the first starts at `expectedEnd` and each at its predecessor's `lastOffset + 1`. */
export interface AppendRequest {
  readonly log: Log
  readonly batches: readonly Batch[]
  readonly expectedEnd: Offset
}

/** What `Engine.append` answers, in the order of the requests: see there. */
export type AppendOutcomes = readonly (Appended | Promise<Appended>)[] | Promise<readonly Appended[]>

/** The outcomes of an append once all are known; rejects if one of them does. */
export const allOutcomes = async (outcomes: AppendOutcomes): Promise<readonly Appended[]> => Promise.all(await outcomes)

/** How much of a log to read. */
export interface ReadOptions {
  /** Whole batches are returned while they fit. */
  readonly maxBytes: number
  /** Only batches whose base offset is below: the high watermark or the last stable offset. Default: the end. */
  readonly before?: Offset
  /** Return the first batch even when it alone exceeds `maxBytes` (Fetch's progress guarantee, KIP-74). */
  readonly atLeastOne?: boolean
}

/**
 * Whole batches in offset order, by reference: a chunk holds one or more, and none is split over two. The first batch is
 * the one that contains the asked offset (or the next one after it), so it may begin below it. Chunks are read-only and
 * valid until `release`, which the caller calls once when the socket took them (or they were dropped).
 */
export interface Slice {
  readonly chunks: readonly Buffer[]
  readonly sizeBytes: number
  /** The offset after the last batch returned; the asked offset if none. */
  readonly next: Offset
  release(): void
}

/** A stretch of a log as the engine keeps it; only the last one, the active one, is appended to. */
export interface Segment {
  readonly start: Offset
  /** Exclusive. */
  readonly end: Offset
  readonly sizeBytes: number
  /** The largest timestamp of any batch, −1 if none has one. */
  readonly maxTimestamp: number
  /** Last offset of the first batch that has `maxTimestamp`; −1 if none. */
  readonly maxTimestampOffset: Offset
  /** Wall clock, ms: when it was last appended to. Compaction keeps the newest of the segments that it puts together. */
  readonly modifiedMs: number
}

/** A log's segments in offset order, contiguous; the last one is active and may be empty, so there is always one. */
export interface Segments {
  /** Moves whenever segments are rewritten or deleted; not when a roll adds one. */
  readonly generation: number
  readonly segments: readonly Segment[]
}

/** The closed segments that begin in [from, to), as they were at `generation`. Both bounds are starts of segments. */
export interface RewriteRange {
  readonly from: Offset
  readonly to: Offset
  readonly generation: number
}

/** How a log is kept. Names are Kafka's topic settings. */
export interface LogOptions {
  /** For people and for Kafka's tools: `<topic>-<partition>`, the directory where an engine has directories. */
  readonly name: string
  readonly segmentBytes: number
  /** A segment is rolled when its first batch is older. */
  readonly segmentMs: number
  readonly indexIntervalBytes: number
  readonly segmentIndexBytes: number
  readonly flushMessages: number
  readonly flushMs: number
}

/**
 * What folds over a log (producer state, epoch starts, aborted transactions) keep beside it, as named parts so that an
 * engine with files can use Kafka's names: a part whose name begins with a dot (`.snapshot`) belongs to offset `at`, any
 * other (`leader-epoch-checkpoint`) to the log.
 */
export interface Checkpoint {
  /** The fold has seen all offsets below. */
  readonly at: Offset
  readonly parts: ReadonlyMap<string, Buffer>
}

/**
 * One log. Where the medium can't be read or written methods fail with the KafkaError KAFKA_STORAGE_ERROR, and with CORRUPT_MESSAGE where
 * it holds something else than batches. A handle does no I/O until it is used, and stands for the id: all methods fail with `LogGone` (thrown or rejected) while there is no
 * such log, before it is created and after it was deleted.
 */
export interface Log {
  readonly id: LogId
  bounds(): Bounds | Promise<Bounds>
  /**
   * Batches from the one that contains `from`; empty at or beyond the end. `from` below start reads from start. Fails with `DamagedRange` where `from` lies
   * in a damaged stretch; a read that begins before one ends at it.
   */
  read(from: Offset, options: ReadOptions): Slice | Promise<Slice>
  /** The first readable batch at or after `start` whose max timestamp is ≥ `timestamp` (ms), or null. */
  firstAtOrAfter(timestamp: number): Promise<Batch | null>
  segments(): Promise<Segments>
  sizeBytes(): number | Promise<number>
  /** Closes the active segment, if it has batches, and opens an empty one at the end. */
  roll(): Promise<void>
  configure(options: LogOptions): void
  /**
   * Raises `start` to the offset asked for (DeleteRecords, retention), or to `committed` where that is less; never lowers it. Closed
   * segments that end at or below it go, the active one stays. Resolves when durable.
   */
  trim(start: Offset): Promise<Bounds>
  /**
   * Compaction: replaces the batches of the closed segments in `range` by what `keep` returns for portions of them, in order, whole batches
   * each way, in bounded memory; smaller segments may be merged up to `segmentBytes`. The buffers given are read-only and valid until the
   * promise settles. Returned batches (those given, or new ones that nobody writes to later) keep ascending offsets inside their portion's range.
   * Each read sees a segment as it was or as it becomes, and so does a crash.
   * Segments with damaged stretches stay as they are: `keep` sees what of them is readable, for what it learns from it, and what it returns is dropped.
   * Resolves to false if `generation` has moved or a bound isn't a segment's start (nothing changed), or if segments were deleted or
   * rewritten meanwhile (what is done stays). At most one rewrite of a log at a time: a second resolves to false.
   */
  rewrite(range: RewriteRange, keep: (batches: readonly Buffer[]) => Promise<readonly Buffer[]>): Promise<boolean>
  /**
   * Durable, as appends are, when it resolves. Older checkpoints may go. A part's name holds letters, digits, dots and dashes, with a letter
   * first (after the dot, if it begins with one), and isn't one that the engine uses itself (`.log`, `.index`, ...).
   */
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>
  /**
   * The newest one at or below the end, or null. Parts that didn't survive are missing from it; those of the log (without a leading dot) may come
   * from a later checkpoint than `at` says, where that one was lost half-way.
   */
  loadCheckpoint(): Promise<Checkpoint | null>
}

/**
 * CORRUPT_MESSAGE of a read that begins in a stretch of the log which can't be read any more: the medium holds something else than the batches
 * that were there. What stands before and after is readable.
 */
export class DamagedRange extends KafkaError {
  /** The stretch, half open: reading can go on at `to`, which is at most the log's end. */
  readonly from: Offset
  readonly to: Offset

  /** @param detail where it is and what is wrong with it, for people. */
  constructor(from: Offset, to: Offset, detail: string) {
    super('CORRUPT_MESSAGE', detail)
    this.from = from
    this.to = to
  }
}

/** The log was deleted, or never was. */
export class LogGone extends Error {
  readonly id: LogId
  constructor(id: LogId) {
    super(`log ${id} doesn't exist`)
    this.name = 'LogGone'
    this.id = id
  }
}

/** What opening found. */
export interface Opened {
  /** Logs that weren't closed cleanly: their leader epoch must rise before the next append. */
  readonly unclean: readonly LogId[]
}

/** An engine: all logs of one store. */
export interface Engine {
  /** For messages and metrics: `memory`, `file`. */
  readonly name: string
  /** Whether another process may append to the same logs. */
  readonly shared: boolean
  /** Takes what it needs (directory lock, connections), recovers what needs it. Fails with an Error a person can act on. */
  open(): Promise<Opened>
  /** Makes all that was appended as durable as a clean stop can, and gives everything back. No rewrite may be under way. */
  close(): Promise<void>
  /**
   * Says whose the storage is, once that is known (the cluster's id lies in a log, so after `open`). An engine that can mark its storage does so,
   * and fails with an Error for people if it bears another's mark.
   */
  identify(clusterId: string, nodeId: number): Promise<void>
  /** A handle, without I/O; it need not exist. */
  log(id: LogId): Log
  /** False if it was there already (its options are then `configure`d, all but the name). Durable, as appends are, when it resolves. */
  createLog(id: LogId, options: LogOptions): Promise<boolean>
  /** Idempotent. Nothing of it is readable when it resolves, nor after a restart; space may come back later. */
  deleteLog(id: LogId): Promise<void>
  /** Ids with the prefix, in no particular order. */
  logs(prefix: string): AsyncIterable<LogId>
  /**
   * Appends to many logs at once, one call a turn of the loop; the outcomes are in the order of the requests. Per log all
   * or nothing for live readers. At most one request per log in a call, and the caller keeps one call per log under way.
   * Synchronous where the engine can answer at once; an outcome is a promise where that log alone must wait (`flushMessages`); all is one promise
   * where all wait for the medium. `allOutcomes` reads all three. Batches that don't follow one another are the caller's bug and throw, with
   * nothing written.
   */
  append(requests: readonly AppendRequest[]): AppendOutcomes
  /** Called after appends by others than the caller (other processes of a shared engine). Returns the cancel. */
  watch(id: LogId, listener: (bounds: Bounds) => void): () => void
  readonly leases: Leases
  /** Where the bytes are, for DescribeLogDirs: a path or a URL, and its space if known (−1: not known). */
  location(): Promise<{ readonly path: string; readonly totalBytes: number; readonly usableBytes: number }>
}

/** Who leads what, among processes that share the engine. Safety never rests on it: `expectedEnd` does. */
export interface Leases {
  /** Takes or renews; resolves to the holder that now has it, with a fencing number that rises with each new holder. */
  acquire(name: string, holder: string, ttlMs: number): Promise<{ readonly holder: string; readonly fence: number }>
  release(name: string, holder: string): Promise<void>
  holders(prefix: string): Promise<ReadonlyMap<string, string>>
}
