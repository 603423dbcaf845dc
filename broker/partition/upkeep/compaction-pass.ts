/**
 * One compaction of a log: decides of every batch, in offset order from the log's start, what is left of it. Keeps each key's last
 * record; tombstones and markers until their horizon (KIP-534); of each live producer the last batch, emptied if need be, so
 * that its sequence survives; nothing of aborted transactions.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { codecOf, ready } from '../../../protocol/records/compression.ts'
import { compressAside, decompressAside } from '../../../protocol/records/compression-aside.ts'
import { readControl } from '../../../protocol/records/control.ts'
import { BatchFilter, emptied, filterBatch } from '../../../protocol/records/filter-batch.ts'
import { DEFAULT_MAX_DECOMPRESSED_BYTES, type KafkaRecord } from '../../../protocol/records/record-reader.ts'
import type { ProducerState } from '../folds/producer-state.ts'
import type { OffsetMap } from './offset-map.ts'
import type { Slices } from './slices.ts'

/** What a pass decides by. */
export interface CompactionRules {
  readonly offsets: OffsetMap
  /** The map knows all keys below; records from here on all stay. */
  readonly mapEnd: number
  /** ms from the moment a tombstone or marker is first compacted to its removal. */
  readonly deleteRetentionMs: number
  /** Wall clock, ms. */
  readonly nowMs: number
  readonly producers: ProducerState
  /** Whether a transactional batch was aborted. */
  isAborted(producerId: number, baseOffset: number, lastOffset: number): boolean
}

/** Records that are decided between two looks at the clock. */
const RECORDS_PER_STEP = 64

/** The records of the batch, uncompressed; what takes long is done on another thread. Throws as `recordsOf`. */
export const openedRecords = async (buffer: Buffer, position: number): Promise<Buffer> => {
  const codec = codecOf(batch.codec(buffer, position))
  const packed = buffer.subarray(position + batch.HEADER_SIZE, position + batch.sizeInBytes(buffer, position))
  const wait = ready(codec)
  if (wait !== null) await wait
  return decompressAside(codec, packed, DEFAULT_MAX_DECOMPRESSED_BYTES)
}

/** The decisions of one pass. Batches are given in offset order, each once. */
export class CompactionPass {
  readonly #rules: CompactionRules
  readonly #slices: Slices
  /** Producers of whose open transaction a batch was seen. */
  readonly #inTransaction = new Set<number>()
  readonly #emptyAborts = new Set<number>()
  #unreadable = 0

  /** @param slices lets others run within large batches. */
  constructor(rules: CompactionRules, slices: Slices) {
    this.#rules = rules
    this.#slices = slices
  }

  /** Offsets of the abort markers of whose transactions nothing is left. */
  get emptyAborts(): ReadonlySet<number> {
    return this.#emptyAborts
  }

  /** Batches that were kept because their records can't be read. */
  get unreadable(): number {
    return this.#unreadable
  }

  /** What stays of the batch that fills `source`: itself, a rewritten one, or null. `source` must stay as it is until then. */
  async keep(source: Buffer): Promise<Buffer | null> {
    if (batch.baseOffset(source, 0) >= this.#rules.mapEnd) return source
    if (batch.isControl(source, 0)) return this.#keepMarker(source)
    if (batch.isTransactional(source, 0)) {
      const producerId = batch.producerId(source, 0)
      this.#inTransaction.add(producerId)
      if (this.#rules.isAborted(producerId, batch.baseOffset(source, 0), batch.lastOffset(source, 0)))
        return this.#isLastOfProducer(source) ? emptied(source, 0) : null
    }
    if (batch.recordCount(source, 0) === 0) return this.#isLastOfProducer(source) ? source : null
    try {
      return await this.#keepRecords(source)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      // Stored on trust (a compressed batch of a topic that wasn't compacted then): not ours to drop.
      this.#unreadable++
      return source
    }
  }

  #keepMarker(source: Buffer): Buffer | null {
    const producerId = batch.producerId(source, 0)
    const marker = readControl(source)
    const left = this.#inTransaction.delete(producerId)
    if (marker === null) return this.#isLastOfProducer(source) ? source : null
    if (left) return source
    if (marker.type === 'abort') this.#emptyAborts.add(batch.lastOffset(source, 0))
    if (!batch.hasDeleteHorizon(source, 0))
      return filterBatch(source, 0, () => true, { deleteHorizonMs: this.#newHorizonMs })
    if (batch.baseTimestamp(source, 0) > this.#rules.nowMs) return source
    return this.#isLastOfProducer(source) ? emptied(source, 0) : null
  }

  async #keepRecords(source: Buffer): Promise<Buffer | null> {
    const filter = new BatchFilter(source, await openedRecords(source, 0))
    const keepsTombstones = await this.#filter(filter, source)
    if (filter.kept === 0) return this.#isLastOfProducer(source) ? emptied(source, 0) : null
    const horizon = keepsTombstones && !batch.hasDeleteHorizon(source, 0) ? this.#newHorizonMs : undefined
    if (filter.keepsAll && horizon === undefined) return source
    const steps = filter.records(horizon)
    let step = steps.next()
    for (; step.done !== true; step = steps.next()) if (this.#slices.over) await this.#slices.breathe()
    return filter.batchOf(await compressAside(codecOf(batch.codec(source, 0)), step.value), horizon)
  }

  /** Tells the filter what stays; whether a tombstone does. */
  async #filter(filter: BatchFilter, source: Buffer): Promise<boolean> {
    const { nowMs } = this.#rules
    const dropsTombstones = batch.hasDeleteHorizon(source, 0) && batch.baseTimestamp(source, 0) <= nowMs
    let keepsTombstones = false
    let count = 0
    while (filter.skim()) {
      const { hasValue } = filter.record
      if (!(dropsTombstones && !hasValue) && this.#isLatest(filter.record)) {
        filter.keep()
        keepsTombstones ||= !hasValue
      }
      if (++count % RECORDS_PER_STEP === 0 && this.#slices.over) await this.#slices.breathe()
    }
    return keepsTombstones
  }

  #isLatest({ offset, key }: Pick<KafkaRecord, 'offset' | 'key'>): boolean {
    if (offset >= this.#rules.mapEnd) return true
    return key !== null && offset >= this.#rules.offsets.get(key)
  }

  get #newHorizonMs(): number {
    return this.#rules.nowMs + this.#rules.deleteRetentionMs
  }

  #isLastOfProducer(source: Buffer): boolean {
    const id = batch.producerId(source, 0)
    const producer = id === batch.NO_PRODUCER_ID ? undefined : this.#rules.producers.get(id)
    if (producer === undefined) return false
    const last = producer.batches.at(-1)
    if (last !== undefined) return last.lastOffset === batch.lastOffset(source, 0)
    return batch.isControl(source, 0) && batch.producerEpoch(source, 0) === producer.epoch
  }
}
