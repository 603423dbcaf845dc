/**
 * The checks of a produced batch that need no look at its records. Order and codes are those of Kafka 4.3.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'

/** Number of the zstd codec. */
const ZSTD = 4

/** Bytes of the smallest message of magic 0 behind offset and length: less is no length at all. */
const MIN_LENGTH = 14

/**
 * That `records` are what this version of Produce may carry: from version 3 on exactly one batch of magic 2, zstd from
 * version 7 on. Bytes at the end that aren't a whole batch are cut off. Returns the end of the first batch or message, −1 if
 * there is none. Throws INVALID_RECORD, UNSUPPORTED_COMPRESSION_TYPE, CORRUPT_MESSAGE.
 */
export const checkForm = (records: Buffer, apiVersion: number): number => {
  const end = wholeBatchEnd(records, 0)
  if (apiVersion < 3 && (end < 0 || batch.magic(records, 0) < 2)) return end
  if (end < 0) throw form(apiVersion, 'must have at least one record batch per partition')
  if (batch.magic(records, 0) !== 2) throw form(apiVersion, 'may contain only batches of magic 2')
  if (wholeBatchEnd(records, end) >= 0) throw form(apiVersion, 'must have exactly one batch per partition')
  if (apiVersion < 7 && batch.codec(records, 0) === ZSTD)
    throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', `Produce ${apiVersion} may not use zstd`)
  return end
}

const form = (apiVersion: number, what: string): KafkaError =>
  new KafkaError('INVALID_RECORD', `Produce ${apiVersion} ${what}`)

/** The end of the batch or message at `position`, −1 if there is no whole one. Throws CORRUPT_MESSAGE for what can't be one. */
const wholeBatchEnd = (records: Buffer, position: number): number => {
  const left = records.length - position
  if (left < batch.LENGTH_OVERHEAD) return -1
  const size = batch.sizeInBytes(records, position)
  if (size < batch.LENGTH_OVERHEAD + MIN_LENGTH)
    throw new KafkaError('CORRUPT_MESSAGE', `a batch or message of ${size} bytes`)
  if (left <= batch.MAGIC) return -1
  const magic = batch.magic(records, position)
  if (magic < 0 || magic > 2) throw new KafkaError('CORRUPT_MESSAGE', `there is no magic ${magic}`)
  return size > left ? -1 : position + size
}

/**
 * That the batch of magic 2 which `records` hold may be appended by a client, as far as its header tells.
 * Throws INVALID_RECORD, MESSAGE_TOO_LARGE, CORRUPT_MESSAGE.
 */
export const checkHeader = (records: Buffer, maxMessageBytes: number): void => {
  batch.batchEnd(records, 0)
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
