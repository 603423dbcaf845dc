/**
 * zstd: Node's own where it has one (from 22.15 on), else a WebAssembly build. A frame's outline is read first, so that its size is
 * bounded before memory is taken.
 */
import * as zlib from 'node:zlib'
import { corrupt, tooLarge } from './decompression-failure.ts'
import { outlineOf } from './zstd-frame.ts'

/** One frame in, at most `room` bytes out; null where that isn't enough. Throws an Error where the frame isn't zstd. */
interface Zstd {
  compress(data: Buffer, level: number): Buffer
  decompress(frame: Buffer, room: number): Buffer | null
}

/** What node:zlib has from 22.15 on; the types of Node 20 don't know it. */
interface ZlibWithZstd {
  zstdCompressSync?(data: Buffer, options: { params: Record<number, number> }): Buffer
  zstdDecompressSync?(data: Buffer, options: { maxOutputLength: number }): Buffer
  constants: { ZSTD_c_compressionLevel: number }
}

const ofNode = (): Zstd | null => {
  const { zstdCompressSync, zstdDecompressSync, constants } = zlib as unknown as ZlibWithZstd
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return null
  return {
    compress: (data, level) => zstdCompressSync(data, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
    decompress: (frame, room) => {
      try {
        return zstdDecompressSync(frame, { maxOutputLength: Math.max(room, 1) })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null
        throw error
      }
    },
  }
}

/** The library's error for an output that is too small: zstd's number 70, negated. */
const DESTINATION_TOO_SMALL = /-70$/

const ofWasm = async (): Promise<Zstd> => {
  const library = await import('@bokuweb/zstd-wasm')
  await library.init()
  const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return {
    compress: (data, level) => view(library.compress(data, level)),
    decompress: (frame, room) => {
      try {
        return view(library.decompress(frame, { defaultHeapSize: Math.max(room, 1) }))
      } catch (error) {
        if (DESTINATION_TOO_SMALL.test((error as Error).message)) return null
        throw error
      }
    },
  }
}

let engine: Zstd | null = ofNode()
let loading: Promise<void> | null = null

/** Null if zstd can be used now; otherwise resolves when it can. */
export const zstdReady = (): Promise<void> | null => {
  if (engine !== null) return null
  loading ??= ofWasm().then(loaded => {
    engine = loaded
  })
  return loading
}

const notReady = (): Error => new Error('zstd is used before ready() has resolved')

/** Compresses at a level of −131072 to 22. */
export const zstdCompress = (data: Buffer, level = 3): Buffer => {
  if (engine === null) throw notReady()
  return engine.compress(data, level)
}

/**
 * Decompresses one frame to at most `maxBytes`. Throws MESSAGE_TOO_LARGE or CORRUPT_MESSAGE, this also where something follows the frame: no
 * client writes it, and every frame costs a decoder.
 */
export const zstdDecompress = (data: Buffer, maxBytes: number): Buffer => {
  if (engine === null) throw notReady()
  const { contentSize, bound } = outlineOf(data)
  if (contentSize !== null && contentSize > maxBytes) throw tooLarge('zstd', maxBytes)
  const room = Math.min(contentSize ?? bound, maxBytes)
  let content: Buffer | null
  try {
    content = engine.decompress(data, room)
  } catch (error) {
    throw corrupt('zstd', (error as Error).message)
  }
  if (content !== null && content.length <= room) return content
  throw bound > maxBytes ? tooLarge('zstd', maxBytes) : corrupt('zstd', `it gives more than ${room} bytes`)
}
