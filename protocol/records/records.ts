/**
 * The records of a batch as objects: for coordinators, compaction, searches inside a batch and tests. Produce and Fetch never come here.
 */
import { type KafkaRecord, RecordReader, recordsOf } from './record-reader.ts'

/**
 * The records of the batch at `position` (seen by `batchEnd`; its codec must be `ready`), in order of offset. Their bytes are slices. Throws
 * INVALID_RECORD or CORRUPT_MESSAGE where they are malformed, MESSAGE_TOO_LARGE where they decompress to more than `maxBytes` (default 128 MiB),
 * UNSUPPORTED_COMPRESSION_TYPE for an unknown codec.
 */
export function* records(buffer: Buffer, position = 0, maxBytes?: number): Generator<KafkaRecord, void, void> {
  const reader = new RecordReader(buffer, position, recordsOf(buffer, position, maxBytes))
  for (let record = reader.next(); record !== null; record = reader.next()) yield record
}
