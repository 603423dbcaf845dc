/**
 * Control batches: one control record each, never shown to consumers. The broker writes end-transaction markers (KIP-98).
 */
import { KafkaError } from '../errors.ts'
import * as batch from './batch.ts'
import { buildBatch } from './build.ts'
import { RecordReader } from './record-reader.ts'

/** How a marker ends its producer's transaction in the partition. */
export type TransactionResult = 'abort' | 'commit'

/** What a control batch says. `other` are types that only Kafka's own metadata log has (leader change, snapshots, KRaft versions and voters). */
export type ControlRecord =
  | { readonly type: TransactionResult; readonly coordinatorEpoch: number }
  | { readonly type: 'other'; readonly number: number }

/** A marker to be written. */
export interface EndTransactionMarker {
  readonly result: TransactionResult
  readonly producerId: number
  readonly producerEpoch: number
  /** Epoch of the transaction coordinator that ordered it; consumers don't use it, coordinators fence by it. */
  readonly coordinatorEpoch: number
  /** ms. */
  readonly timestamp: number
  /** Default 0: stamped at the append. */
  readonly baseOffset?: number
  /** Default −1. */
  readonly leaderEpoch?: number
}

/** The types that a control record's key holds after its version; the index is the number. */
const transactionResults: readonly TransactionResult[] = ['abort', 'commit']

/** Builds the batch of one end-transaction marker: transactional, control, its producer's id and epoch, no sequence. */
export const buildMarker = (marker: EndTransactionMarker): Buffer => {
  const key = Buffer.alloc(4)
  key.writeInt16BE(transactionResults.indexOf(marker.result), 2)
  const value = Buffer.alloc(6)
  value.writeInt32BE(marker.coordinatorEpoch, 2)
  return buildBatch({
    records: [{ timestamp: marker.timestamp, key, value }],
    baseOffset: marker.baseOffset ?? 0,
    leaderEpoch: marker.leaderEpoch ?? -1,
    producerId: marker.producerId,
    producerEpoch: marker.producerEpoch,
    transactional: true,
    control: true,
  })
}

/**
 * What the control batch at `position` (seen by `batchEnd`, `isControl`) says; null for one that compaction emptied. Later versions of key and
 * value only add at their ends. Throws INVALID_RECORD where there is more than one record or its key or value is too short.
 */
export const readControl = (buffer: Buffer, position = 0): ControlRecord | null => {
  const count = batch.recordCount(buffer, position)
  if (count === 0) return null
  if (count !== 1) throw new KafkaError('INVALID_RECORD', `a control batch of ${count} records`)
  const { key, value } = new RecordReader(buffer, position).next()!
  if (key === null || key.length < 4) throw new KafkaError('INVALID_RECORD', 'a control record without a type')
  const number = key.readInt16BE(2)
  const type = transactionResults[number]
  if (type === undefined) return { type: 'other', number }
  if (value === null || value.length < 6)
    throw new KafkaError('INVALID_RECORD', 'a marker without its coordinator epoch')
  return { type, coordinatorEpoch: value.readInt32BE(2) }
}
