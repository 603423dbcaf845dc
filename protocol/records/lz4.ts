/**
 * lz4 in its frame format, by lz4-napi. The frames are taken apart here first, so that their size is known before a byte is decompressed and a
 * frame without an end isn't taken for a whole one. Dictionaries are refused: Kafka has none.
 */
import { corrupt, tooLarge } from './decompression-failure.ts'
import { loadNative } from './load-native.ts'
import { xxhash32Short } from './xxhash32.ts'

interface Lz4 {
  compressFrame(data: Uint8Array): Promise<Buffer>
  compressFrameSync(data: Buffer): Buffer
  decompressFrame(data: Uint8Array): Promise<Buffer>
  decompressFrameSync(data: Buffer): Buffer
}

let loaded: Lz4 | undefined
const lz4 = (): Lz4 => {
  loaded ??= loadNative<Lz4>('lz4-napi')
  return loaded
}

const FRAME_MAGIC = 0x184d2204
const CONTENT_SIZE_BIT = 0x08
const DICTIONARY_BIT = 0x01
const BLOCK_CHECKSUM_BIT = 0x10
const CONTENT_CHECKSUM_BIT = 0x04
/** The sign of a block's size: the block is stored as it is. */
const STORED = 0x8000_0000

/** Compresses into one frame of independent blocks without checksums, which is what Kafka's Java client can read. */
export const lz4Compress = (data: Buffer): Buffer => lz4().compressFrameSync(data)

/**
 * Decompresses one frame to at most `maxBytes`. Throws MESSAGE_TOO_LARGE or CORRUPT_MESSAGE, this also where something follows the frame: no
 * client writes it, and every frame costs its decoder's buffers.
 */
export const lz4Decompress = (data: Buffer, maxBytes: number): Buffer => {
  checkFrame(data, maxBytes)
  const library = lz4()
  try {
    return library.decompressFrameSync(data)
  } catch (error) {
    throw corrupt('lz4', (error as Error).message)
  }
}

/** As `lz4Compress`, on another thread. */
export const lz4CompressAside = (data: Buffer): Promise<Buffer> => lz4().compressFrame(data)

/** As `lz4Decompress`, on another thread. */
export const lz4DecompressAside = async (data: Buffer, maxBytes: number): Promise<Buffer> => {
  checkFrame(data, maxBytes)
  const library = lz4()
  try {
    return await library.decompressFrame(data)
  } catch (error) {
    throw corrupt('lz4', (error as Error).message)
  }
}

const checkFrame = (data: Buffer, maxBytes: number): void => {
  const end = frameEnd(data, maxBytes)
  if (end !== data.length) throw corrupt('lz4', `${data.length - end} bytes follow the frame`)
}

/** Length of the frame's header: magic, FLG, BD, the optional sizes, and the header's checksum byte at its end. */
const headerSize = (data: Buffer): number => {
  if (data.length < 7 || data.readUInt32LE(0) !== FRAME_MAGIC) throw corrupt('lz4', 'it begins no frame')
  const flags = data[4]!
  if (flags >>> 6 !== 1) throw corrupt('lz4', `frame version ${flags >>> 6}`)
  if (flags & DICTIONARY_BIT) throw corrupt('lz4', 'a dictionary is asked for')
  const size = flags & CONTENT_SIZE_BIT ? 15 : 7
  if (data.length < size) throw corrupt('lz4', 'it is cut in its header')
  return size
}

/** Finds the frame's end by its block headers, and sees that it gives no more than `maxBytes`. */
const frameEnd = (data: Buffer, maxBytes: number): number => {
  let position = headerSize(data)
  const flags = data[4]!
  const checksumSize = flags & BLOCK_CHECKSUM_BIT ? 4 : 0
  const blockSizeId = (data[5]! >>> 4) & 7
  if (blockSizeId < 4) throw corrupt('lz4', `block size ${blockSizeId}`)
  const maxBlockSize = 1 << (8 + 2 * blockSizeId)
  let bound = 0
  for (;;) {
    if (data.length - position < 4) throw corrupt('lz4', 'the frame has no end')
    const field = data.readUInt32LE(position)
    position += 4
    if (field === 0) break
    const stored = field >= STORED
    const size = stored ? field - STORED : field
    if (size > maxBlockSize || size > data.length - position) throw corrupt('lz4', `a block's size is ${size}`)
    if (stored) bound += size
    // A rough bound costs nothing; the exact one is counted only where the rough one is too much.
    else bound += bound + maxBlockSize <= maxBytes ? maxBlockSize : blockContentSize(data, position, position + size)
    if (bound > maxBytes) throw tooLarge('lz4', maxBytes)
    position += size + checksumSize
  }
  position += flags & CONTENT_CHECKSUM_BIT ? 4 : 0
  if (position > data.length) throw corrupt('lz4', 'the frame is cut in its checksum')
  return position
}

/** Bytes that a compressed block gives: the sum of its literals and matches. Ends at the block's end, whatever it holds. */
const blockContentSize = (data: Buffer, start: number, end: number): number => {
  let total = 0
  for (let position = start; position < end; ) {
    const token = data[position++]!
    let literals = token >>> 4
    if (literals === 15)
      while (position < end) {
        const byte = data[position++]!
        literals += byte
        if (byte !== 255) break
      }
    total += literals
    position += literals
    // The last sequence has no match.
    if (position >= end) break
    position += 2
    total += (token & 15) + 4
    if ((token & 15) === 15)
      while (position < end) {
        const byte = data[position++]!
        total += byte
        if (byte !== 255) break
      }
  }
  return total
}

/** Kafka before 0.10 summed the frame's magic too into the header's checksum (KAFKA-3160). */
const headerChecksum = (data: Buffer, size: number, withMagic: boolean): number =>
  (xxhash32Short(data, withMagic ? 0 : 4, size - 1) >>> 8) & 0xff

/** Sets the header checksum that readers of magic 0 expect, in place, on what `lz4Compress` made. */
export const breakHeaderChecksum = (frame: Buffer): Buffer => {
  const size = headerSize(frame)
  frame[size - 1] = headerChecksum(frame, size, true)
  return frame
}

/** A copy of the frame with a true header checksum: in magic 0 nobody can tell which sum it carries, so, as in Kafka, none is checked there. */
export const mendHeaderChecksum = (frame: Buffer): Buffer => {
  const mended = Buffer.from(frame)
  const size = headerSize(mended)
  mended[size - 1] = headerChecksum(mended, size, false)
  return mended
}
