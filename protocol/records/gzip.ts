/**
 * gzip, by Node's own zlib.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import { corrupt, tooLarge } from './decompression-failure.ts'

/** Zlib's working buffer: fewer, larger steps than its 16 KiB. */
const CHUNK_SIZE = 64 * 1024

/** Compresses at level −1 (zlib's default, 6) or 1–9. */
export const gzip = (data: Buffer, level = -1): Buffer => gzipSync(data, { level, chunkSize: CHUNK_SIZE })

/** Decompresses one or more gzip members to at most `maxBytes`. Throws MESSAGE_TOO_LARGE or CORRUPT_MESSAGE. */
export const gunzip = (data: Buffer, maxBytes: number): Buffer => {
  try {
    return gunzipSync(data, { maxOutputLength: maxBytes, chunkSize: CHUNK_SIZE })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('gzip', maxBytes)
    // Zlib's own findings about the data are Z_DATA_ERROR, Z_BUF_ERROR, Z_NEED_DICT …; anything else is not about the data.
    if (code?.startsWith('Z_') && code !== 'Z_MEM_ERROR') throw corrupt('gzip', message)
    throw error
  }
}
