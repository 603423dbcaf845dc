/**
 * What the parts of the conformance suite share: batches, logs, and what a log holds.
 */
import type { ExecutionContext } from 'ava'
import * as header from '../../protocol/records/batch.ts'
import {
  type Appended,
  allOutcomes,
  type Batch,
  type Engine,
  type Log,
  type LogId,
  type LogOptions,
  type Offset,
} from '../engine.ts'

/** An engine to be tested. */
export interface Subject {
  /** Not yet opened. */
  readonly engine: Engine
  /** Another engine over the same storage, for after the first is closed. Without it nothing is expected to survive `close`. */
  readonly again?: () => Engine
}

/** Declares a test, which gets the engine open and needn't close it. */
export type Suite = (
  title: string,
  body: (t: ExecutionContext, engine: Engine, subject: Subject) => Promise<void>,
) => void

/** What a test may say of a batch it makes. */
export interface BatchOptions {
  /** Number of offsets that it covers. Default: 1. */
  readonly offsets?: number
  /** Max timestamp, ms. Default: none. */
  readonly timestamp?: number
  /** Of the whole batch. Default: 100. */
  readonly sizeBytes?: number
  /** What the records are filled with. Default: the base offset. */
  readonly fill?: number
}

/** A batch with a sound header and checksum; what would be its records is filling. */
export const batchAt = (baseOffset: Offset, options: BatchOptions = {}): Batch => {
  const { offsets = 1, timestamp = -1, sizeBytes = 100, fill = baseOffset } = options
  const bytes = Buffer.alloc(sizeBytes, fill & 0xff)
  bytes.fill(0, 0, header.HEADER_SIZE)
  bytes.writeInt32BE(sizeBytes - header.LENGTH_OVERHEAD, header.BATCH_LENGTH)
  bytes.writeInt8(2, header.MAGIC)
  bytes.writeInt32BE(offsets - 1, header.LAST_OFFSET_DELTA)
  header.writeInt64(bytes, header.BASE_TIMESTAMP, timestamp)
  header.writeInt64(bytes, header.MAX_TIMESTAMP, timestamp)
  header.writeInt64(bytes, header.PRODUCER_ID, -1)
  bytes.writeInt16BE(-1, header.PRODUCER_EPOCH)
  bytes.writeInt32BE(-1, header.BASE_SEQUENCE)
  bytes.writeInt32BE(offsets, header.RECORD_COUNT)
  header.stamp(bytes, 0, baseOffset, 0)
  header.writeCrc(bytes, 0)
  return { baseOffset, lastOffset: baseOffset + offsets - 1, maxTimestamp: timestamp, bytes }
}

/** Batches that follow one another from `start` on. */
export const batchesFrom = (start: Offset, ...options: readonly BatchOptions[]): Batch[] => {
  const batches: Batch[] = []
  let next = start
  for (const option of options) {
    const batch = batchAt(next, option)
    batches.push(batch)
    next = batch.lastOffset + 1
  }
  return batches
}

/** Kafka's defaults, but for `changes`. */
export const logOptions = (name: string, changes: Partial<LogOptions> = {}): LogOptions => ({
  name,
  segmentBytes: 1_000_000,
  segmentMs: 1_000_000_000,
  indexIntervalBytes: 400,
  segmentIndexBytes: 100_000,
  flushMessages: Number.MAX_SAFE_INTEGER,
  flushMs: Number.MAX_SAFE_INTEGER,
  ...changes,
})

/** A topic id in Kafka's form. */
export const TOPIC_ID = 'dGVzdC1vZi1lbmdpbmVzMQ'

/** Creates the log of partition `partition` of a topic `t`. */
export const createLog = async (engine: Engine, changes: Partial<LogOptions> = {}, partition = 0): Promise<Log> => {
  const id: LogId = `data/${TOPIC_ID}/${partition}`
  await engine.createLog(id, logOptions(`t-${partition}`, changes))
  return engine.log(id)
}

/** Appends to one log. */
export const append = async (
  engine: Engine,
  log: Log,
  batches: readonly Batch[],
  expectedEnd: Offset = batches[0]!.baseOffset,
): Promise<Appended> => {
  const [outcome] = await allOutcomes(engine.append([{ log, batches, expectedEnd }]))
  return outcome!
}

/** Appends each batch by itself, and expects that to succeed. */
export const fill = async (t: ExecutionContext, engine: Engine, log: Log, batches: readonly Batch[]): Promise<void> => {
  for (const batch of batches) t.deepEqual(await append(engine, log, [batch]), { ok: true, end: batch.lastOffset + 1 })
}

/** All batches of a log from its start on, each in a buffer of its own. */
export const contents = async (log: Log): Promise<Buffer[]> => {
  const { start, end } = await log.bounds()
  const found: Buffer[] = []
  for (let next = start; next < end; ) {
    const slice = await log.read(next, { maxBytes: 1000, atLeastOne: true })
    if (slice.chunks.length === 0) break
    found.push(...batchesOf(slice.chunks).map(bytes => Buffer.from(bytes)))
    next = slice.next
    slice.release()
  }
  return found
}

/** Cuts chunks into their batches. */
export const batchesOf = (chunks: readonly Buffer[]): Buffer[] =>
  chunks.flatMap(chunk => {
    const found: Buffer[] = []
    for (const at of header.batches(chunk)) found.push(chunk.subarray(at, at + header.sizeInBytes(chunk, at)))
    return found
  })

/** Base offsets of the batches. */
export const offsetsOf = (batches: readonly Buffer[]): Offset[] => batches.map(bytes => header.baseOffset(bytes, 0))

/** The bytes of batches. */
export const bytesOf = (batches: readonly Batch[]): Buffer[] => batches.map(batch => batch.bytes)
