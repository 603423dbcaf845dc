/**
 * The checks of a produced batch that need no look at its records. Order and codes are those of Kafka 4.3.
 */
import { KafkaError } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'

/** Number of the zstd codec. */
const ZSTD = 4

/**
 * That `records` are what this version of Produce may carry: from version 3 on exactly one batch of magic 2, zstd from
 * version 7 on. Throws INVALID_RECORD, UNSUPPORTED_COMPRESSION_TYPE, CORRUPT_MESSAGE.
 */
export const checkForm = (records: Buffer, apiVersion: number): void => {
  if (records.length < batch.LENGTH_OVERHEAD) {
    if (apiVersion < 3) return
    throw new KafkaError(
      'INVALID_RECORD',
      `Produce requests with version ${apiVersion} must have at least one record batch per partition`,
    )
  }
  if (records.length <= batch.MAGIC) throw new KafkaError('CORRUPT_MESSAGE', `${records.length} bytes are no batch`)
  const magic = batch.magic(records, 0)
  if (apiVersion >= 3 && magic !== 2)
    throw new KafkaError(
      'INVALID_RECORD',
      `Produce requests with version ${apiVersion} are only allowed to contain record batches with magic version 2`,
    )
  if (magic !== 2) return
  const end = batch.batchEnd(records, 0)
  if (holdsAnother(records, end))
    throw new KafkaError(
      'INVALID_RECORD',
      `Produce requests with version ${apiVersion} are only allowed to contain exactly one record batch per partition`,
    )
  if (apiVersion < 7 && batch.codec(records, 0) === ZSTD)
    throw new KafkaError(
      'UNSUPPORTED_COMPRESSION_TYPE',
      `Produce requests with version ${apiVersion} are not allowed to use ZStandard compression`,
    )
}

/** Whether a whole batch follows at `position`; less than that is cut off, as Kafka does. */
const holdsAnother = (records: Buffer, position: number): boolean =>
  records.length - position >= batch.LENGTH_OVERHEAD &&
  batch.sizeInBytes(records, position) <= records.length - position

/**
 * That the batch of magic 2 which `records` hold may be appended by a client, as far as its header tells.
 * Throws INVALID_RECORD, MESSAGE_TOO_LARGE, CORRUPT_MESSAGE.
 */
export const checkHeader = (records: Buffer, maxMessageBytes: number): void => {
  const baseOffset = batch.baseOffset(records, 0)
  if (baseOffset !== 0)
    throw new KafkaError('INVALID_RECORD', `the base offset of a produced batch must be 0, it is ${baseOffset}`)
  checkSize(records.length, maxMessageBytes)
  if (!batch.checkCrc(records, 0)) throw new KafkaError('CORRUPT_MESSAGE', 'the batch’s CRC doesn’t match its bytes')
  const count = batch.recordCount(records, 0)
  const offsets = batch.lastOffsetDelta(records, 0) + 1
  if (offsets <= 0) throw new KafkaError('INVALID_RECORD', `the batch has an invalid range of ${offsets} offsets`)
  if (count <= 0) throw new KafkaError('INVALID_RECORD', `the batch claims ${count} records`)
  if (count !== offsets) throw new KafkaError('INVALID_RECORD', `the batch has ${offsets} offsets and ${count} records`)
  if (batch.isControl(records, 0)) throw new KafkaError('INVALID_RECORD', 'clients may not write control records')
  const producerId = batch.producerId(records, 0)
  if (producerId > batch.NO_PRODUCER_ID && batch.baseSequence(records, 0) < 0)
    throw new KafkaError(
      'INVALID_RECORD',
      `invalid sequence number ${batch.baseSequence(records, 0)} in a batch of producer ${producerId}`,
    )
}

/** Throws MESSAGE_TOO_LARGE. */
export const checkSize = (sizeBytes: number, maxMessageBytes: number): void => {
  if (sizeBytes <= maxMessageBytes) return
  throw new KafkaError(
    'MESSAGE_TOO_LARGE',
    `the batch is ${sizeBytes} bytes, the topic's max.message.bytes is ${maxMessageBytes}`,
  )
}
