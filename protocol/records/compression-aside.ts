/**
 * Compression for background work on stored batches: what takes long is done on another thread, so that the event loop isn't held.
 *
 * zstd stays on this one: the WebAssembly build has no other. It takes about 3 ms for a MiB, and batches are seldom larger.
 */
import { type Codec, compress, decompress } from './compression.ts'
import { gunzipAside, gzipAside } from './gzip.ts'
import { lz4CompressAside, lz4DecompressAside } from './lz4.ts'
import { snappyCompressAside } from './snappy.ts'

/** Below this a codec takes less than about a millisecond, and another thread isn't worth the way there. */
const WORTH_BYTES = 16 * 1024
/** The same for lz4 and snappy, which are some ten times as fast. */
const WORTH_BYTES_FAST = 256 * 1024

/** As `compress` with the codec's default level; a promise where it is done aside. */
export const compressAside = (codec: Codec, data: Buffer): Buffer | Promise<Buffer> => {
  if (codec === 'gzip' && data.length > WORTH_BYTES) return gzipAside(data)
  if (codec === 'lz4' && data.length > WORTH_BYTES_FAST) return lz4CompressAside(data)
  if (codec === 'snappy' && data.length > WORTH_BYTES_FAST) return snappyCompressAside(data)
  return compress(codec, data)
}

/** As `decompress`; a promise where it is done aside. */
export const decompressAside = (codec: Codec, data: Buffer, maxBytes: number): Buffer | Promise<Buffer> => {
  if (codec === 'gzip' && data.length > WORTH_BYTES) return gunzipAside(data, maxBytes)
  if (codec === 'lz4' && data.length > WORTH_BYTES_FAST) return lz4DecompressAside(data, maxBytes)
  return decompress(codec, data, maxBytes)
}
