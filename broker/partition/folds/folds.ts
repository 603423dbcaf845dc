/**
 * All that a partition knows beyond its log's bounds, folded over the log's batches: producers, transactions, leader epochs.
 * Live and on replay the same `apply` sees every batch once, in order. Checkpoints are Kafka's own files, and what these lack.
 */
import * as batch from '../../../protocol/records/batch.ts'
import { readControl } from '../../../protocol/records/control.ts'
import type { Checkpoint, DamagedRange, Log } from '../../../storage/engine.ts'
import { readPastDamage } from '../../../storage/read-past-damage.ts'
import { decodeAbortedPart, encodeAbortedPart } from './aborted-index.ts'
import { decodeEarlierBatches, encodeEarlierBatches, withEarlierBatches } from './earlier-batches.ts'
import { decodeEpochFile, encodeEpochFile } from './epoch-file.ts'
import { EpochStarts } from './epoch-starts.ts'
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts'
import { ProducerState } from './producer-state.ts'
import { TransactionState } from './transaction-state.ts'
import { Verifications } from './verifications.ts'

const SNAPSHOT = '.snapshot'
const EARLIER_BATCHES = '.batches'
const ABORTED_INDEX = '.aborted'
const EPOCHS = 'leader-epoch-checkpoint'
const CLEANED = 'cleaner-offset'

/** Bytes of one read: what a replay holds in memory at a time. */
const REPLAY_BYTES = 1024 * 1024

/** The folds of one partition, and how far they are. */
export class Folds {
  readonly transactions = new TransactionState()
  readonly producers = new ProducerState(null, id => this.transactions.openedAt(id) >= 0)
  /** Of transactions that are about to begin here. Not in the log: after a restart the coordinator is asked again. */
  readonly verifications = new Verifications()
  readonly epochs = new EpochStarts()
  /** Compaction has been over all offsets below. */
  cleanedTo = 0
  #end = 0
  #replayedBytes = 0
  readonly #passed: (range: DamagedRange) => void

  /** @param passed is told of a part of the log that can't be read and is passed over. */
  constructor(passed: (range: DamagedRange) => void = () => {}) {
    this.#passed = passed
  }

  /** How much of the log was read because no checkpoint had it. */
  get replayedBytes(): number {
    return this.#replayedBytes
  }

  /** All offsets below have been seen. */
  get end(): number {
    return this.#end
  }

  /** The batch at `position`, as it stands in the log. */
  apply(buffer: Buffer, position: number): void {
    const baseOffset = batch.baseOffset(buffer, position)
    this.#end = batch.nextOffset(buffer, position)
    const epoch = batch.leaderEpoch(buffer, position)
    if (epoch > this.epochs.latest) this.epochs.assign(epoch, baseOffset)
    const producerId = batch.producerId(buffer, position)
    if (producerId !== batch.NO_PRODUCER_ID) this.#applyProducer(buffer, position, producerId, baseOffset)
  }

  #applyProducer(buffer: Buffer, position: number, producerId: number, baseOffset: number): void {
    const producerEpoch = batch.producerEpoch(buffer, position)
    const lastOffset = batch.lastOffset(buffer, position)
    const timestamp = batch.maxTimestamp(buffer, position)
    if (batch.isControl(buffer, position)) {
      // Null: compaction leaves markers without their record where the producer's state rests on them.
      const marker = readControl(buffer, position)
      if (marker === null || marker.type === 'other') return
      this.producers.marker(producerId, producerEpoch, marker.coordinatorEpoch, timestamp)
      this.transactions.marker(producerId, lastOffset, marker.type === 'commit')
      this.verifications.end(producerId)
      return
    }
    if (batch.isTransactional(buffer, position)) {
      this.transactions.append(producerId, baseOffset)
      this.verifications.end(producerId)
    }
    const firstSequence = batch.baseSequence(buffer, position)
    if (firstSequence !== batch.NO_SEQUENCE) {
      const sequenced = { producerId, producerEpoch, firstSequence, lastSequence: batch.lastSequence(buffer, position) }
      this.producers.append(sequenced, lastOffset, lastOffset - baseOffset, timestamp)
    } else this.producers.wrote(producerId, producerEpoch, timestamp)
  }

  /** Offsets below `start` are gone. Producers stay: what they wrote last may still be repeated. */
  trim(start: number): void {
    this.transactions.trim(start)
    this.epochs.trim(start)
  }

  /** What lets the next `restore` skip all below `end`. */
  checkpoint(): Checkpoint {
    const entries = Array.from(this.producers.producers(), producer => ({
      producer,
      openedAt: this.transactions.openedAt(producer.id),
    }))
    return {
      at: this.#end,
      parts: new Map([
        [SNAPSHOT, encodeProducerSnapshot(entries)],
        [EARLIER_BATCHES, encodeEarlierBatches(this.producers.producers())],
        [ABORTED_INDEX, encodeAbortedPart(this.transactions.aborted())],
        [EPOCHS, encodeEpochFile(this.epochs.all())],
        [CLEANED, Buffer.from(`${this.cleanedTo}\n`)],
      ]),
    }
  }

  /** Takes the newest checkpoint and replays what the log holds beyond it; all of the log where a part is missing or damaged. */
  async restore(log: Log): Promise<void> {
    const { start, end } = await log.bounds()
    const checkpoint = await log.loadCheckpoint()
    const taken = checkpoint !== null && checkpoint.at >= start && checkpoint.at <= end && this.#take(checkpoint)
    if (!taken) this.#clear(start)
    await this.replay(log)
    this.trim(start)
  }

  /** Applies what can be read of the log from `end` on. Lets other work run between portions. */
  async replay(log: Log): Promise<void> {
    const { start, end } = await log.bounds()
    this.#end = Math.max(this.#end, start)
    while (this.#end < end) {
      const from = this.#end
      const slice = await readPastDamage(log, from, { maxBytes: REPLAY_BYTES, atLeastOne: true }, this.#passed)
      for (const chunk of slice.chunks) this.#applyChunk(chunk, from)
      this.#replayedBytes += slice.sizeBytes
      slice.release()
      // Compaction left nothing from here to the end.
      if (this.#end === from) this.#end = end
      else await new Promise<void>(resolve => setImmediate(resolve))
    }
  }

  #applyChunk(chunk: Buffer, from: number): void {
    for (const position of batch.batches(chunk)) {
      // The first batch read may begin below, when the place lies inside it: it was seen before.
      if (batch.nextOffset(chunk, position) > from) this.apply(chunk, position)
    }
  }

  #take(checkpoint: Checkpoint): boolean {
    const snapshot = checkpoint.parts.get(SNAPSHOT)
    const aborted = checkpoint.parts.get(ABORTED_INDEX)
    const epochs = checkpoint.parts.get(EPOCHS)
    const producers = snapshot === undefined ? null : decodeProducerSnapshot(snapshot)
    const abortedEntries = aborted === undefined ? null : decodeAbortedPart(aborted)
    const starts = epochs === undefined ? null : decodeEpochFile(epochs)
    const batches = checkpoint.parts.get(EARLIER_BATCHES)
    // Kafka's own checkpoints don't have them.
    const earlier = batches === undefined ? new Map() : decodeEarlierBatches(batches)
    if (producers === null || earlier === null || abortedEntries === null || starts === null) return false
    this.#clear(checkpoint.at)
    for (const { producer } of producers) this.producers.restore(withEarlierBatches(producer, earlier.get(producer.id)))
    const open = producers.filter(entry => entry.openedAt >= 0).sort((a, b) => a.openedAt - b.openedAt)
    this.transactions.restore(
      open.map(({ producer, openedAt }) => [producer.id, openedAt] as const),
      abortedEntries,
    )
    const cleanedTo = Number(checkpoint.parts.get(CLEANED)?.toString('latin1') ?? 0)
    // Without it the log is only compacted again.
    if (Number.isSafeInteger(cleanedTo)) this.cleanedTo = cleanedTo
    // The file is the log's, not the checkpoint's: it may know more than `at`.
    for (const { epoch, startOffset } of starts)
      if (startOffset <= checkpoint.at) this.epochs.assign(epoch, startOffset)
    return true
  }

  #clear(end: number): void {
    this.producers.clear()
    this.transactions.clear()
    this.epochs.clear()
    this.cleanedTo = 0
    this.#end = end
  }
}
