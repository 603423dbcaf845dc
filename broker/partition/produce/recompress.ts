/**
 * Gives a batch the codec that its topic wants (`compression.type`).
 */
import * as batch from '../../../protocol/records/batch.ts'
import { type Codec, codecs, compress } from '../../../protocol/records/compression.ts'
import { recordsOf } from '../../../protocol/records/record-reader.ts'
import type { TopicSettings } from '../../config/resolved-topic-settings.ts'

/** The settings that say how batches are stored. */
export type CompressionSettings = Pick<
  TopicSettings,
  'compressionType' | 'compressionGzipLevel' | 'compressionLz4Level' | 'compressionZstdLevel'
>

/** The codec that a batch of `source` is stored with. */
export const targetCodec = (settings: CompressionSettings, source: Codec): Codec => {
  if (settings.compressionType === 'producer') return source
  return settings.compressionType === 'uncompressed' ? 'none' : settings.compressionType
}

/**
 * The batch of `records` with another codec, in a buffer of its own; all but the codec, the size and the CRC stays. Both codecs
 * must be `ready`. Throws as `decompress` does.
 */
export const recompress = (records: Buffer, codec: Codec, settings: CompressionSettings, maxBytes: number): Buffer => {
  const body = compress(codec, recordsOf(records, 0, maxBytes), levelOf(codec, settings))
  const target = Buffer.concat([records.subarray(0, batch.HEADER_SIZE), body])
  target.writeInt32BE(target.length - batch.LENGTH_OVERHEAD, batch.BATCH_LENGTH)
  const attributes = (batch.attributes(target, 0) & ~batch.CODEC_MASK) | codecs.indexOf(codec)
  target.writeInt16BE(attributes, batch.ATTRIBUTES)
  batch.writeCrc(target, 0)
  return target
}

const levelOf = (codec: Codec, settings: CompressionSettings): number | undefined => {
  switch (codec) {
    case 'gzip':
      return settings.compressionGzipLevel
    case 'lz4':
      return settings.compressionLz4Level
    case 'zstd':
      return settings.compressionZstdLevel
    default:
      return undefined
  }
}
