/**
 * The codecs of record batches and message sets. A codec's library is loaded at its first use, not at start.
 *
 * Decompression is bounded before memory is taken: each codec reads the sizes that the data declares, or a bound from its block headers, and
 * never makes more than `maxBytes`. The bytes come from clients, so everything they claim is checked here; what the libraries get is
 * structurally sound.
 */
import { KafkaError } from '../errors.ts'
import { gunzip, gzip } from './gzip.ts'
import { lz4Compress, lz4Decompress } from './lz4.ts'
import { snappyCompress, snappyDecompress } from './snappy.ts'
import { zstdCompress, zstdDecompress, zstdReady } from './zstd.ts'

/** The codecs by their numbers in a batch's attributes; also the names that `compression.type` takes (there also `producer`, `uncompressed`). */
export const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** A codec's name. */
export type Codec = (typeof codecs)[number]

/** The codec of a number in a batch's attributes. Throws UNSUPPORTED_COMPRESSION_TYPE for one that Kafka 4.4 doesn't know. */
export const codecOf = (number: number): Codec => {
  const codec = codecs[number]
  if (codec === undefined) throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', `codec ${number} is unknown`)
  return codec
}

/**
 * Null if the codec can be used now; otherwise resolves when it can. Only zstd on a Node without zstd of its own (before 22.15) ever makes a
 * caller wait, once; the others load within `compress` and `decompress`.
 */
export const ready = (codec: Codec): Promise<void> | null => (codec === 'zstd' ? zstdReady() : null)

/**
 * Compresses. `level` is Kafka's `compression.<codec>.level`: gzip −1 (its default) or 1–9, zstd −131072–22 (default 3); lz4's is accepted and
 * makes no difference, as the library has one level. `codec` must be `ready`; `none` returns the data itself.
 */
export const compress = (codec: Codec, data: Buffer, level?: number): Buffer => {
  switch (codec) {
    case 'none':
      return data
    case 'gzip':
      return gzip(data, level)
    case 'snappy':
      return snappyCompress(data)
    case 'lz4':
      return lz4Compress(data)
    case 'zstd':
      return zstdCompress(data, level)
  }
}

/**
 * Decompresses to at most `maxBytes` (at least 1). `codec` must be `ready`; `none` returns the data itself. Throws MESSAGE_TOO_LARGE where the
 * data would give more, CORRUPT_MESSAGE where it isn't what the codec writes; in both cases no more than about twice `maxBytes` was ever taken.
 */
export const decompress = (codec: Codec, data: Buffer, maxBytes: number): Buffer => {
  switch (codec) {
    case 'none':
      return data
    case 'gzip':
      return gunzip(data, maxBytes)
    case 'snappy':
      return snappyDecompress(data, maxBytes)
    case 'lz4':
      return lz4Decompress(data, maxBytes)
    case 'zstd':
      return zstdDecompress(data, maxBytes)
  }
}
