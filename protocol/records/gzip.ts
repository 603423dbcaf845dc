/**
 * gzip, by Node's own zlib.
 */
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { corrupt, tooLarge } from './decompression-failure.ts'

/** Zlib's output comes in pieces of this size: few steps where there is much, little to allocate where there isn't. */
const chunkSize = (data: Buffer): number => Math.min(64 * 1024, Math.max(1024, data.length * 4))

/** Compresses at level −1 (zlib's default, 6) or 1–9. */
export const gzip = (data: Buffer, level = -1): Buffer => zlib.gzipSync(data, { level, chunkSize: chunkSize(data) })

/** Decompresses one or more gzip members to at most `maxBytes`. Throws MESSAGE_TOO_LARGE or CORRUPT_MESSAGE. */
export const gunzip = (data: Buffer, maxBytes: number): Buffer => {
  try {
    return zlib.gunzipSync(data, { maxOutputLength: maxBytes, chunkSize: chunkSize(data) })
  } catch (error) {
    throw refusal(error, maxBytes)
  }
}

const gzipInPool = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip)
const gunzipInPool = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)

/** As `gzip` at the default level, on another thread. */
export const gzipAside = (data: Buffer): Promise<Buffer> => gzipInPool(data, { chunkSize: chunkSize(data) })

/** As `gunzip`, on another thread. */
export const gunzipAside = async (data: Buffer, maxBytes: number): Promise<Buffer> => {
  try {
    return await gunzipInPool(data, { maxOutputLength: maxBytes, chunkSize: chunkSize(data) })
  } catch (error) {
    throw refusal(error, maxBytes)
  }
}

const refusal = (error: unknown, maxBytes: number): unknown => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge('gzip', maxBytes)
  // Zlib's own findings about the data are Z_DATA_ERROR, Z_BUF_ERROR, Z_NEED_DICT …; anything else is not about the data.
  return code?.startsWith('Z_') && code !== 'Z_MEM_ERROR' ? corrupt('gzip', message) : error
}
