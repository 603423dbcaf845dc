/**
 * Rewrites a stored batch with some of its records: what compaction does.
 */
import * as batch from './batch.ts'
import { writeInt16, writeInt32 } from './big-endian.ts'
import { codecOf, compress } from './compression.ts'
import { type KafkaRecord, RecordReader, recordsOf } from './record-reader.ts'
import {
  afterVarint,
  readVarint,
  readVarlongExact,
  sizeOfVarlongExact,
  writeVarint,
  writeVarlongExact,
} from './varint.ts'

/** How `filterBatch` rewrites. */
export interface FilterOptions {
  /** Sets the batch's delete horizon in ms (KIP-534), if it has none yet; its records' timestamps stay as they are. */
  readonly deleteHorizonMs?: number
  /** Bound for decompression; default 128 MiB. */
  readonly maxBytes?: number
}

/** Records that `BatchFilter.records` writes between two yields. */
const RECORDS_PER_STEP = 256

/** What a record may grow by when its timestamp delta is written anew: up to 9 bytes of delta, and one of its length. */
const MAX_GROWTH = 10

/**
 * A batch that is rewritten step by step, so that whoever does it can stop between records: `skim` or `next` and then perhaps `keep` for every record, then `records`,
 * which are compressed by the caller, and `batchOf`.
 */
export class BatchFilter {
  readonly #source: Buffer
  readonly #reader: RecordReader
  /** Starts and ends of stretches of the body that are kept, in turn. */
  readonly #runs: number[] = []
  #read = 0
  #kept = 0
  #keptBytes = 0
  #maxTimestamp = Number.NEGATIVE_INFINITY

  /** @param source one whole batch @param body its records, uncompressed (`recordsOf`). Throws INVALID_RECORD as `RecordReader`. */
  constructor(source: Buffer, body: Buffer) {
    this.#source = source
    this.#reader = new RecordReader(source, 0, body)
  }

  /** Records that were kept so far. */
  get kept(): number {
    return this.#kept
  }

  /** Whether every record so far was kept. */
  get keepsAll(): boolean {
    return this.#kept === this.#read
  }

  /** The place of the record in question: `skim` and `next` move it. */
  get record(): Pick<RecordReader, 'offset' | 'key' | 'hasValue'> {
    return this.#reader
  }

  /** Goes to the next record, which is `record` then; false after the last. Throws INVALID_RECORD where one is malformed. */
  skim(): boolean {
    const more = this.#reader.skim()
    if (more) this.#read++
    return more
  }

  /** As `skim`; the record, or null after the last. */
  next(): KafkaRecord | null {
    const record = this.#reader.next()
    if (record !== null) this.#read++
    return record
  }

  /** The record that was gone to last stays. */
  keep(): void {
    const { start, end, timestamp } = this.#reader
    this.#kept++
    this.#keptBytes += end - start
    this.#maxTimestamp = Math.max(this.#maxTimestamp, timestamp)
    if (this.#runs.at(-1) === start) this.#runs[this.#runs.length - 1] = end
    else this.#runs.push(start, end)
  }

  /**
   * The kept records, uncompressed, for a batch with that delete horizon (none if the batch has one already). Yields now and then where there is
   * much to do.
   */
  *records(deleteHorizonMs?: number): Generator<void, Buffer, void> {
    const { body } = this.#reader
    const shift = this.#shift(deleteHorizonMs)
    const target = Buffer.allocUnsafe(this.#keptBytes + (shift === 0n ? 0 : this.#kept * MAX_GROWTH))
    let at = 0
    let count = 0
    for (let run = 0; run < this.#runs.length; run += 2) {
      const end = this.#runs[run + 1]!
      if (shift === 0n) at += body.copy(target, at, this.#runs[run]!, end)
      else
        for (let start = this.#runs[run]!; start < end; ) {
          const size = readVarint(body, start)
          const fieldsStart = afterVarint
          at = writeShifted(target, at, body, fieldsStart, fieldsStart + size, shift)
          start = fieldsStart + size
          if (++count % RECORDS_PER_STEP === 0) yield
        }
      if (++count % RECORDS_PER_STEP === 0) yield
    }
    return target.subarray(0, at)
  }

  /** The batch that holds `records`, which are the outcome of `records` with the same horizon, compressed by the batch's codec. */
  batchOf(records: Buffer, deleteHorizonMs?: number): Buffer {
    const source = this.#source
    const target = Buffer.concat([source.subarray(0, batch.HEADER_SIZE), records])
    writeInt32(target, batch.BATCH_LENGTH, target.length - batch.LENGTH_OVERHEAD)
    writeInt32(target, batch.RECORD_COUNT, this.#kept)
    const maxTimestamp = this.#maxTimestamp
    // A saturated timestamp isn't written: the header keeps its bits.
    if (Number.isSafeInteger(maxTimestamp) && Math.abs(maxTimestamp) !== Number.MAX_SAFE_INTEGER)
      batch.writeInt64(target, batch.MAX_TIMESTAMP, maxTimestamp)
    if (deleteHorizonMs !== undefined && !batch.hasDeleteHorizon(source, 0)) {
      batch.writeInt64(target, batch.BASE_TIMESTAMP, deleteHorizonMs)
      writeInt16(target, batch.ATTRIBUTES, batch.attributes(target, 0) | batch.DELETE_HORIZON_BIT)
    }
    batch.writeCrc(target, 0)
    return target
  }

  /** What is added to each timestamp delta: deltas count from the base timestamp, which a horizon takes the place of. */
  #shift(deleteHorizonMs: number | undefined): bigint {
    if (deleteHorizonMs === undefined || batch.hasDeleteHorizon(this.#source, 0)) return 0n
    return this.#source.readBigInt64BE(batch.BASE_TIMESTAMP) - BigInt(deleteHorizonMs)
  }
}

/**
 * The batch at `position` with those of its records that `keep` accepts, each asked once in order. Offsets (base and last too), timestamps,
 * codec, producer fields and leader epoch stay; the record count and the greatest timestamp are those of the kept records. If all are kept
 * and no horizon is set it is a slice of the buffer, else a buffer of its own; if none is kept, a header of record count 0 which says only what
 * its producer wrote last (`emptied`). The codec must be `ready`. Throws as `records` does.
 */
export const filterBatch = (
  buffer: Buffer,
  position: number,
  keep: (record: KafkaRecord) => boolean,
  { deleteHorizonMs, maxBytes }: FilterOptions = {},
): Buffer => {
  const source = buffer.subarray(position, position + batch.sizeInBytes(buffer, position))
  const filter = new BatchFilter(source, recordsOf(source, 0, maxBytes))
  for (let record = filter.next(); record !== null; record = filter.next()) if (keep(record)) filter.keep()
  const horizon = batch.hasDeleteHorizon(source, 0) ? undefined : deleteHorizonMs
  if (filter.keepsAll && horizon === undefined) return source
  if (filter.kept === 0) return emptied(source, 0)
  const steps = filter.records(horizon)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return filter.batchOf(compress(codecOf(batch.codec(source, 0)), step.value), horizon)
}

/** Writes the record whose fields are `[fieldsStart, end)` of the body with `shift` added to its timestamp delta, every bit of both. Returns the end. */
const writeShifted = (
  target: Buffer,
  at: number,
  body: Buffer,
  fieldsStart: number,
  end: number,
  shift: bigint,
): number => {
  const delta = BigInt.asIntN(64, readVarlongExact(body, fieldsStart + 1) + shift)
  const restStart = afterVarint
  let position = writeVarint(target, at, 1 + sizeOfVarlongExact(delta) + end - restStart)
  target[position++] = body[fieldsStart]!
  position = writeVarlongExact(target, position, delta)
  return position + body.copy(target, position, restStart, end)
}

/**
 * The batch at `position` without its records, in a buffer of its own: base offset, last offset, producer fields and flags stay, so that its
 * producer's last sequence is still known. Kafka's compaction leaves the same (observed with Kafka 4.3): no base timestamp, and the old greatest one.
 */
export const emptied = (buffer: Buffer, position: number): Buffer => {
  const target = Buffer.from(buffer.subarray(position, position + batch.HEADER_SIZE))
  writeInt32(target, batch.BATCH_LENGTH, batch.HEADER_SIZE - batch.LENGTH_OVERHEAD)
  writeInt32(target, batch.RECORD_COUNT, 0)
  const flags = batch.attributes(target, 0) & ~(batch.CODEC_MASK | batch.DELETE_HORIZON_BIT)
  writeInt16(target, batch.ATTRIBUTES, flags)
  batch.writeInt64(target, batch.BASE_TIMESTAMP, batch.NO_TIMESTAMP)
  batch.writeCrc(target, 0)
  return target
}
