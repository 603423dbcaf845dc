/**
 * What a produced batch goes through before it is queued: checked, and brought into the form in which its topic stores it.
 * All that is wrong is found here; afterwards only the producer's sequence can refuse it.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { type Codec, codecOf, ready } from '../../../protocol/records/compression.ts'
import { upConvert } from '../../../protocol/records/up-convert.ts'
import type { TopicSettings } from '../../config/resolved-topic-settings.ts'
import { checkHeader, checkSize } from './batch-checks.ts'
import { recompress, targetCodec } from './recompress.ts'
import { checkHeaderTimestamps, checkRecords, MAX_DECOMPRESSED_BYTES } from './record-checks.ts'

/**
 * One batch of magic 2 to be appended: a slice of `records`, stamped in place, or a buffer of its own. Null: there is nothing
 * to append (an empty message set of Produce 0 to 2). A promise only until a codec is ready, the first time it is used.
 *
 * Throws (or rejects with) KafkaError INVALID_RECORD, CORRUPT_MESSAGE, MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE,
 * INVALID_TIMESTAMP, UNSUPPORTED_COMPRESSION_TYPE; as `InvalidRecords` where single records are to blame.
 * @param end where `checkForm` says that the first batch or message of `records` ends
 * @param nowMs wall clock
 */
export const validate = (
  records: Buffer,
  end: number,
  settings: TopicSettings,
  nowMs: number,
): Buffer | null | Promise<Buffer> => {
  if (end < 0) return null
  const converted = batch.magic(records, 0) === 2 ? firstOf(records, end) : upConvert(records, MAX_DECOMPRESSED_BYTES)
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

/** The first batch alone, without what may trail it. */
const firstOf = (records: Buffer, end: number): Buffer => (end === records.length ? records : records.subarray(0, end))

const finish = (records: Buffer, source: Codec, target: Codec, settings: TopicSettings, nowMs: number): Buffer => {
  const isAppendTime = settings.messageTimestampType === 'LogAppendTime'
  // Opening every compressed batch would cost more than all else that Produce does; consumers check what they open.
  if (source !== 'none' && source === target && !settings.cleanupCompact) {
    checkHeaderTimestamps(records, settings, nowMs)
    if (!isAppendTime) correctTimestamps(records, batch.maxTimestamp(records, 0))
  } else {
    const walk = checkRecords(records, settings, nowMs)
    if (!isAppendTime) correctTimestamps(records, walk.maxTimestamp)
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

/**
 * A producer may be wrong about its greatest timestamp, and may not set LogAppendTime: both are put right as Kafka does, whose
 * greatest timestamp is never below −1.
 */
const correctTimestamps = (records: Buffer, greatest: number): void => {
  const claimed = batch.maxTimestamp(records, 0)
  const claimsAppendTime = batch.timestampType(records, 0) === 'LogAppendTime'
  const maxTimestamp = claimsAppendTime ? claimed : Math.max(batch.NO_TIMESTAMP, greatest)
  if (claimsAppendTime || maxTimestamp !== claimed) batch.setMaxTimestamp(records, 0, 'CreateTime', maxTimestamp)
}
