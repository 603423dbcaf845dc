/** Fetched records as text: batches of magic 2 by header and record, message sets of magic 0 and 1 by message. */
import { KafkaError } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'
import { codecs } from '../../protocol/records/compression.ts'
import { keyPosition } from '../../protocol/records/message.ts'
import type { KafkaRecord } from '../../protocol/records/record-reader.ts'
import { records } from '../../protocol/records/records.ts'
import type { Names } from './names.ts'
import { bytesText, timeText } from './scalar-text.ts'

/** The text of a partition's records; zstd must be ready. */
export const renderRecords = (buffer: Buffer, names: Names): string => {
  const shown: string[] = []
  let at = 0
  while (at < buffer.length) {
    const size = buffer.length - at < 17 ? Number.NaN : batch.sizeInBytes(buffer, at)
    if (!(at + size <= buffer.length)) {
      // Brokers may cut the last batch off, and readers drop it; alone it would be no progress.
      if (shown.length === 0) shown.push(`torn (${buffer.length - at} bytes)`)
      break
    }
    shown.push(batch.magic(buffer, at) === 2 ? batchText(buffer, at, names) : messageText(buffer, at, size))
    at += size
  }
  return `[${shown.join(', ')}]`
}

const batchText = (buffer: Buffer, at: number, names: Names): string => {
  const codec = codecs[batch.codec(buffer, at)] ?? 'unknown'
  const first = batch.baseOffset(buffer, at)
  const words = [`batch ${first}..${batch.lastOffset(buffer, at)}`, `epoch ${batch.leaderEpoch(buffer, at)}`]
  // Compressed sizes are the compressor's, not the protocol's.
  words.push(codec === 'none' ? `${batch.sizeInBytes(buffer, at)} bytes` : codec)
  words.push(`${batch.timestampType(buffer, at)} up to ${timeText(batch.maxTimestamp(buffer, at))}`)
  if (batch.isTransactional(buffer, at)) words.push('transactional')
  if (batch.isControl(buffer, at)) words.push('control')
  if (batch.hasDeleteHorizon(buffer, at)) words.push('delete horizon')
  const producerId = batch.producerId(buffer, at)
  if (producerId !== batch.NO_PRODUCER_ID) {
    words.push(`${names.number('producer', producerId)}/${batch.producerEpoch(buffer, at)}`)
    words.push(`sequence ${batch.baseSequence(buffer, at)}`)
  }
  if (!batch.checkCrc(buffer, at)) words.push('WRONG CRC')
  return `${words.join(' ')}: ${recordTexts(buffer, at)}`
}

const recordTexts = (buffer: Buffer, at: number): string => {
  const count = batch.recordCount(buffer, at)
  if (count > 20) return `${count} records`
  const all = readable(buffer, at)
  if (typeof all === 'string') return all
  const texts = all.map(({ offset, timestamp, key, value, headers }) => {
    const extra = headers.map(header => ` ${header.key}:${header.value === null ? 'null' : bytesText(header.value)}`)
    return `${offset} @${timeText(timestamp)} ${keyValue(key, value)}${extra.join('')}`
  })
  return `[${texts.join(', ')}]`
}

/** The records of a batch, or with which error they can't be read. */
const readable = (buffer: Buffer, at: number): readonly KafkaRecord[] | string => {
  try {
    return [...records(buffer, at)]
  } catch (error) {
    if (error instanceof KafkaError) return error.name
    throw error
  }
}

const messageText = (buffer: Buffer, at: number, size: number): string => {
  const magic = batch.magic(buffer, at) === 0 ? 0 : 1
  const keyAt = at + keyPosition(magic)
  const attributes = buffer.readInt8(at + 17)
  const keyLength = buffer.readInt32BE(keyAt)
  const valueAt = keyAt + 4 + Math.max(0, keyLength)
  const valueLength = buffer.readInt32BE(valueAt)
  const key = keyLength < 0 ? null : buffer.subarray(keyAt + 4, keyAt + 4 + keyLength)
  const value = valueLength < 0 ? null : buffer.subarray(valueAt + 4, valueAt + 4 + valueLength)
  const codec = codecs[attributes & 7] ?? 'unknown'
  const words = [`message ${batch.baseOffset(buffer, at)} magic ${magic}`]
  if (codec !== 'none') return `${words[0]} ${codec}`
  words.push(`${size} bytes`)
  if (magic === 1) words.push(`@${timeText(batch.readInt64(buffer, at + 18))}${attributes & 8 ? ' append time' : ''}`)
  return `${words.join(' ')} ${keyValue(key, value)}`
}

const keyValue = (key: Buffer | null, value: Buffer | null): string =>
  `${key === null ? 'null' : bytesText(key)}=${value === null ? 'null' : bytesText(value)}`
