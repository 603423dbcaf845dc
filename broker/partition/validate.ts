/**
 * What a produced batch goes through before it is queued: checked, and brought into the form in which its topic stores it.
 * All that is wrong is found here; afterwards only the producer's sequence can refuse it.
 */
import { KafkaError } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'
import { type Codec, codecOf, ready } from '../../protocol/records/compression.ts'
import { upConvert } from '../../protocol/records/up-convert.ts'
import type { TopicSettings } from '../config/resolved-topic-settings.ts'
import { checkForm, checkHeader, checkSize } from './batch-checks.ts'
import { recompress, targetCodec } from './recompress.ts'
import { checkHeaderTimestamps, checkRecords, MAX_DECOMPRESSED_BYTES } from './record-checks.ts'

/**
 * One batch of magic 2 to be appended: a slice of `records`, stamped in place, or a buffer of its own. Null: there is nothing
 * to append (an empty message set of Produce 0 to 2). A promise only until a codec is ready, the first time it is used.
 *
 * Throws (or rejects with) KafkaError INVALID_RECORD, CORRUPT_MESSAGE, MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE,
 * INVALID_TIMESTAMP, UNSUPPORTED_COMPRESSION_TYPE; as `InvalidRecords` where single records are to blame.
 * @param nowMs wall clock
 */
export const validate = (
  records: Buffer,
  apiVersion: number,
  settings: TopicSettings,
  nowMs: number,
): Buffer | null | Promise<Buffer> => {
  checkForm(records, apiVersion)
  const converted = inMagic2(records)
  if (converted === null) return null
  checkHeader(converted, settings.maxMessageBytes)
  const source = codecOf(batch.codec(converted, 0))
  const target = targetCodec(settings, source)
  if (source === target && (source === 'none' || !settings.cleanupCompact))
    return finish(converted, source, target, settings, nowMs)
  const waits = [ready(source), ready(target)].filter(wait => wait !== null)
  if (waits.length === 0) return finish(converted, source, target, settings, nowMs)
  return Promise.all(waits).then(() => finish(converted, source, target, settings, nowMs))
}

/** The first batch alone, without what may trail it cut off. */
const inMagic2 = (records: Buffer): Buffer | null => {
  if (records.length < batch.LENGTH_OVERHEAD) return null
  if (batch.magic(records, 0) !== 2) return fromMessageSet(records)
  const end = batch.batchEnd(records, 0)
  return end === records.length ? records : records.subarray(0, end)
}

const fromMessageSet = (records: Buffer): Buffer | null => {
  const converted = upConvert(records, MAX_DECOMPRESSED_BYTES)
  if (converted !== null && batch.timestampType(converted, 0) === 'LogAppendTime')
    throw new KafkaError('INVALID_TIMESTAMP', 'a producer may not set LogAppendTime')
  return converted
}

const finish = (records: Buffer, source: Codec, target: Codec, settings: TopicSettings, nowMs: number): Buffer => {
  const isAppendTime = settings.messageTimestampType === 'LogAppendTime'
  // Opening every compressed batch would cost more than all else that Produce does; consumers check what they open.
  if (source !== 'none' && source === target && !settings.cleanupCompact) {
    checkHeaderTimestamps(records, settings, nowMs)
  } else {
    const walk = checkRecords(records, settings, nowMs)
    if (!isAppendTime && walk.maxTimestamp !== batch.maxTimestamp(records, 0))
      batch.setMaxTimestamp(records, 0, 'CreateTime', walk.maxTimestamp)
  }
  const stored = source === target ? records : recompress(records, target, settings, MAX_DECOMPRESSED_BYTES)
  if (stored !== records) checkSize(stored.length, settings.maxMessageBytes)
  if (stored.length > settings.segmentBytes)
    throw new KafkaError(
      'RECORD_LIST_TOO_LARGE',
      `the batch is ${stored.length} bytes, the topic's segment.bytes is ${settings.segmentBytes}`,
    )
  if (isAppendTime) batch.setMaxTimestamp(stored, 0, 'LogAppendTime', nowMs)
  return stored
}
