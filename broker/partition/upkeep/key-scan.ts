/**
 * Reads the keys of a log's dirty stretch into the offset map.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { RecordReader } from '../../../protocol/records/record-reader.ts'
import { readPastDamage } from '../../../storage/read-past-damage.ts'
import type { Partition } from '../partition.ts'
import { openedRecords } from './compaction-pass.ts'
import type { OffsetMap } from './offset-map.ts'
import type { Slices } from './slices.ts'

/** Bytes of one read. */
const READ_BYTES = 512 * 1024
/** Records that are read between two looks at the clock. */
const RECORDS_PER_STEP = 64

/** Whom a scan makes way for. */
export interface ScanPace {
  readonly slices: Slices
  /** Is told of every read; throws when the work is to end. */
  spend(bytes: number): Promise<void> | null
}

/** One scan of `[from, end)`. */
export class KeyScan {
  readonly #partition: Partition
  readonly #offsets: OffsetMap
  readonly #pace: ScanPace
  readonly #from: number

  constructor(partition: Partition, from: number, offsets: OffsetMap, pace: ScanPace) {
    this.#partition = partition
    this.#from = from
    this.#offsets = offsets
    this.#pace = pace
  }

  /** Fills the map; resolves to the offset up to which it knows all keys: `end`, or where it was full. */
  async run(end: number): Promise<number> {
    let next = this.#from
    while (next < end) {
      // Keys in damage hide nothing.
      const options = { maxBytes: READ_BYTES, before: end, atLeastOne: true }
      const slice = await readPastDamage(this.#partition.log, next, options, () => {})
      try {
        const paid = this.#pace.spend(slice.sizeBytes)
        if (paid !== null) await paid
        for (const chunk of slice.chunks)
          for (const position of batch.batches(chunk)) {
            const fullAt = await this.#take(chunk, position)
            if (fullAt >= 0) return fullAt
            next = batch.nextOffset(chunk, position)
            if (this.#pace.slices.over) await this.#pace.slices.breathe()
          }
      } finally {
        slice.release()
      }
      if (slice.sizeBytes === 0) return end
    }
    return end
  }

  /** Puts the keys of a batch; the offset of the first record that found no room, −1 if all did. */
  async #take(chunk: Buffer, position: number): Promise<number> {
    // The rewrite finds a damaged batch; what looks like its keys must hide nothing.
    if (!batch.checkCrc(chunk, position)) return -1
    if (batch.isControl(chunk, position) || this.#isAborted(chunk, position)) return -1
    try {
      const reader = new RecordReader(chunk, position, await openedRecords(chunk, position))
      let count = 0
      while (reader.skim()) {
        const { key, offset } = reader
        if (key === null || offset < this.#from) continue
        if (this.#offsets.full) return offset
        this.#offsets.put(key, offset)
        if (++count % RECORDS_PER_STEP === 0 && this.#pace.slices.over) await this.#pace.slices.breathe()
      }
    } catch (error) {
      // The pass keeps such a batch; its keys hide nothing.
      if (!(error instanceof KafkaError)) throw error
    }
    return -1
  }

  #isAborted(chunk: Buffer, position: number): boolean {
    if (!batch.isTransactional(chunk, position)) return false
    const { transactions } = this.#partition.folds
    return transactions.isAborted(
      batch.producerId(chunk, position),
      batch.baseOffset(chunk, position),
      batch.lastOffset(chunk, position),
    )
  }
}
