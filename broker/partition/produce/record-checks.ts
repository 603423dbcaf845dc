/**
 * The checks of a produced batch's records: those of an uncompressed one are walked without making objects; a compressed one
 * is opened only where the topic needs it. What is said of every bad record is found again, with objects, when there is one.
 */
import * as batch from '../../../protocol/records/batch.ts'
import { type KafkaRecord, RecordReader, recordsOf } from '../../../protocol/records/record-reader.ts'
import { type Walk, walkRecords } from '../../../protocol/records/walk.ts'
import type { TopicSettings } from '../../config/resolved-topic-settings.ts'
import type { RecordError } from './append-outcome.ts'
import { InvalidRecords } from './invalid-records.ts'

/** The settings that records are checked against. */
export type RecordSettings = Pick<
  TopicSettings,
  'cleanupCompact' | 'messageTimestampType' | 'messageTimestampBeforeMaxMs' | 'messageTimestampAfterMaxMs'
>

/** Most bytes that a produced batch's records may be once decompressed. */
export const MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024

/**
 * Walks all records of the batch at the buffer's start, opened if it is compressed. Throws INVALID_RECORD (also for a null key
 * on a compacted topic), INVALID_TIMESTAMP, and as `decompress` does.
 */
export const checkRecords = (records: Buffer, settings: RecordSettings, nowMs: number): Walk => {
  const compressed = batch.codec(records, 0) !== 0
  const body = compressed ? recordsOf(records, 0, MAX_DECOMPRESSED_BYTES) : records
  const start = compressed ? 0 : batch.HEADER_SIZE
  const walk = walkRecords(body, start, body.length, batch.recordCount(records, 0), batch.baseTimestamp(records, 0))
  if (settings.cleanupCompact && walk.keylessIndex >= 0) throw keyless(records)
  checkTimestamps(records, walk.minTimestamp, walk.maxTimestamp, settings, nowMs)
  return walk
}

/** The timestamps that a batch's header tells of: trusted where a compressed batch isn't opened. Throws INVALID_TIMESTAMP. */
export const checkHeaderTimestamps = (records: Buffer, settings: RecordSettings, nowMs: number): void =>
  checkTimestamps(records, batch.baseTimestamp(records, 0), batch.maxTimestamp(records, 0), settings, nowMs)

const checkTimestamps = (
  records: Buffer,
  minTimestamp: number,
  maxTimestamp: number,
  settings: RecordSettings,
  nowMs: number,
): void => {
  if (settings.messageTimestampType === 'LogAppendTime') {
    if (batch.timestampType(records, 0) === 'LogAppendTime') throw presumptuous(records)
    return
  }
  const from = nowMs - settings.messageTimestampBeforeMaxMs
  const to = nowMs + settings.messageTimestampAfterMaxMs
  if (maxTimestamp <= to && minTimestamp >= from) return
  const errors = errorsIn(records, ({ timestamp }) =>
    timestamp === batch.NO_TIMESTAMP || (timestamp >= from && timestamp <= to)
      ? null
      : `its timestamp ${timestamp} is outside of [${from}, ${to}]`,
  )
  if (errors.length === 0) return
  throw new InvalidRecords(
    'INVALID_TIMESTAMP',
    `${errors.length} records have timestamps outside of [${from}, ${to}]`,
    errors,
  )
}

/** Observed with Kafka 4.3: refused where the topic has LogAppendTime, put right where it hasn't. */
const presumptuous = (records: Buffer): InvalidRecords =>
  new InvalidRecords(
    'INVALID_TIMESTAMP',
    'a producer may not set LogAppendTime',
    errorsIn(records, () => 'its timestamp type is LogAppendTime'),
  )

const keyless = (records: Buffer): InvalidRecords => {
  const errors = errorsIn(records, ({ key }) =>
    key === null ? 'a compacted topic takes no record without a key' : null,
  )
  const detail = `${errors.length} records have no key, which a compacted topic needs`
  return new InvalidRecords('INVALID_RECORD', detail, errors)
}

const errorsIn = (records: Buffer, errorOf: (record: KafkaRecord) => string | null): RecordError[] => {
  const reader = new RecordReader(records, 0, recordsOf(records, 0, MAX_DECOMPRESSED_BYTES))
  const errors: RecordError[] = []
  for (let record = reader.next(), index = 0; record !== null; record = reader.next(), index++) {
    const message = errorOf(record)
    if (message !== null) errors.push({ batchIndex: index, batchIndexErrorMessage: message })
  }
  return errors
}
