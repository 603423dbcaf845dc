import { buildBatch } from '../../protocol/records/build.ts'
import { buildMarker } from '../../protocol/records/control.ts'
import type { Batch, Offset } from '../../storage/engine.ts'
import type { Applied, Machine, Marker, Producer, Write } from './machine.ts'
import type { RecordCodec, StoredRecord } from './record-codec.ts'

/** Bytes that a record takes in a batch besides its key and value: its lengths, deltas and attributes, at most. */
const RECORD_OVERHEAD = 32

type Staged =
  | { readonly producer: Producer | null; readonly records: StoredRecord[]; sizeBytes: number }
  | { readonly marker: Marker }

/**
 * The writes of one round of decisions on their way to one append: applied to the machine as they are staged, so that the
 * next decision sees them, and made into batches at the end. Neighbouring writes of one producer share a batch.
 */
export class StagedWrites<Rec> {
  readonly #codec: RecordCodec<Rec>
  readonly #base: Offset
  readonly #timestamp: number
  readonly #maxBatchBytes: number
  readonly #staged: Staged[] = []
  #next: Offset

  /**
   * @param base offset of the first record: the log's end.
   * @param timestamp ms since the epoch, of all records.
   */
  constructor(codec: RecordCodec<Rec>, base: Offset, timestamp: number, maxBatchBytes: number) {
    this.#codec = codec
    this.#base = base
    this.#timestamp = timestamp
    this.#maxBatchBytes = maxBatchBytes
    this.#next = base
  }

  /** Whether there is nothing to append. */
  get empty(): boolean {
    return this.#next === this.#base
  }

  /**
   * Adds one decision's writes and applies them. When encoding or applying throws, none of them is staged (the machine is
   * then in doubt).
   */
  stage(writes: readonly Write<Rec>[], machine: Pick<Machine<unknown, Rec, unknown>, 'apply' | 'applyMarker'>): void {
    if (writes.length === 0) return
    const encoded = writes.map(write => ('records' in write ? write.records.map(r => this.#codec.encode(r)) : []))
    let next = this.#next
    for (const write of writes) {
      if ('marker' in write) {
        machine.applyMarker(write.marker, this.#at(next++, write.marker))
      } else {
        for (const record of write.records) machine.apply(record, this.#at(next++, write.producer ?? null))
      }
    }
    for (const [index, write] of writes.entries()) {
      if ('marker' in write) this.#staged.push({ marker: write.marker })
      else for (const record of encoded[index]!) this.#add(record, write.producer ?? null)
    }
    this.#next = next
  }

  /** The batches, with offsets from the base on. */
  batches(): readonly Batch[] {
    let baseOffset = this.#base
    return this.#staged.map(staged => {
      const count = 'marker' in staged ? 1 : staged.records.length
      const batch = {
        baseOffset,
        lastOffset: baseOffset + count - 1,
        maxTimestamp: this.#timestamp,
        bytes: this.#bytes(staged, baseOffset),
      }
      baseOffset += count
      return batch
    })
  }

  #at(offset: Offset, producer: Producer | null): Applied {
    return { offset, timestamp: this.#timestamp, producer }
  }

  #add(record: StoredRecord, producer: Producer | null): void {
    const sizeBytes = record.key.length + (record.value?.length ?? 0) + RECORD_OVERHEAD
    const last = this.#staged.at(-1)
    if (
      last !== undefined &&
      'records' in last &&
      last.producer?.id === producer?.id &&
      last.producer?.epoch === producer?.epoch &&
      last.sizeBytes + sizeBytes <= this.#maxBatchBytes
    ) {
      last.records.push(record)
      last.sizeBytes += sizeBytes
    } else {
      this.#staged.push({ producer, records: [record], sizeBytes })
    }
  }

  #bytes(staged: Staged, baseOffset: Offset): Buffer {
    const timestamp = this.#timestamp
    if ('marker' in staged) {
      const { id, epoch, committed, coordinatorEpoch } = staged.marker
      const result = committed ? 'commit' : 'abort'
      return buildMarker({ result, producerId: id, producerEpoch: epoch, coordinatorEpoch, timestamp, baseOffset })
    }
    const records = staged.records.map(({ key, value }) => ({ key, value, timestamp }))
    const { producer } = staged
    if (producer === null) return buildBatch({ records, baseOffset })
    return buildBatch({
      records,
      baseOffset,
      producerId: producer.id,
      producerEpoch: producer.epoch,
      transactional: true,
    })
  }
}
