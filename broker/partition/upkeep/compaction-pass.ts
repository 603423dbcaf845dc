/**
 * One compaction of a log: decides of every batch, in offset order from the log's start, what is left of it. Keeps each key's last
 * record; tombstones and markers until their horizon (KIP-534); of each live producer the last batch, emptied if need be, so
 * that its sequence survives; nothing of aborted transactions.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { readControl } from '../../../protocol/records/control.ts'
import { emptied, filterBatch } from '../../../protocol/records/filter-batch.ts'
import type { KafkaRecord } from '../../../protocol/records/record-reader.ts'
import type { OffsetMap } from './offset-map.ts'
import type { ProducerState } from '../folds/producer-state.ts'

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

/** The decisions of one pass. Batches are given in offset order, each once. */
export class CompactionPass {
  readonly #rules: CompactionRules
  /** Producers of whose open transaction a batch was seen. */
  readonly #inTransaction = new Set<number>()
  readonly #emptyAborts = new Set<number>()
  #unreadable = 0

  constructor(rules: CompactionRules) {
    this.#rules = rules
  }

  /** Offsets of the abort markers of whose transactions nothing is left. */
  get emptyAborts(): ReadonlySet<number> {
    return this.#emptyAborts
  }

  /** Batches that were kept because their records can't be read. */
  get unreadable(): number {
    return this.#unreadable
  }

  /** What stays of the batch that fills `source`: itself, a rewritten one, or null. */
  keep(source: Buffer): Buffer | null {
    if (batch.baseOffset(source, 0) >= this.#rules.mapEnd) return source
    return batch.isControl(source, 0) ? this.#keepMarker(source) : this.#keepRecords(source)
  }

  #keepMarker(source: Buffer): Buffer | null {
    const producerId = batch.producerId(source, 0)
    const marker = readControl(source)
    const left = this.#inTransaction.delete(producerId)
    if (marker === null) return this.#isLastOfProducer(source) ? source : null
    if (left) return source
    if (marker.type === 'abort') this.#emptyAborts.add(batch.lastOffset(source, 0))
    if (!batch.hasDeleteHorizon(source, 0)) return filterBatch(source, 0, () => true, this.#horizon())
    if (batch.baseTimestamp(source, 0) > this.#rules.nowMs) return source
    return this.#isLastOfProducer(source) ? emptied(source, 0) : null
  }

  #keepRecords(source: Buffer): Buffer | null {
    if (batch.isTransactional(source, 0)) {
      const producerId = batch.producerId(source, 0)
      this.#inTransaction.add(producerId)
      if (this.#rules.isAborted(producerId, batch.baseOffset(source, 0), batch.lastOffset(source, 0)))
        return this.#isLastOfProducer(source) ? emptied(source, 0) : null
    }
    if (batch.recordCount(source, 0) === 0) return this.#isLastOfProducer(source) ? source : null
    try {
      return this.#filter(source)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      // Stored on trust (a compressed batch of a topic that wasn't compacted then): not ours to drop.
      this.#unreadable++
      return source
    }
  }

  #filter(source: Buffer): Buffer | null {
    const dropTombstones = batch.hasDeleteHorizon(source, 0) && batch.baseTimestamp(source, 0) <= this.#rules.nowMs
    let tombstones = false
    let kept = filterBatch(source, 0, record => {
      if (!this.#isLatest(record)) return false
      if (record.value !== null) return true
      tombstones = true
      return !dropTombstones
    })
    if (batch.recordCount(kept, 0) === 0) return this.#isLastOfProducer(source) ? kept : null
    if (tombstones && !batch.hasDeleteHorizon(kept, 0)) kept = filterBatch(kept, 0, () => true, this.#horizon())
    return kept
  }

  #isLatest({ offset, key }: KafkaRecord): boolean {
    if (offset >= this.#rules.mapEnd) return true
    return key !== null && offset >= this.#rules.offsets.get(key)
  }

  #horizon(): { readonly deleteHorizonMs: number } {
    return { deleteHorizonMs: this.#rules.nowMs + this.#rules.deleteRetentionMs }
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
