/**
 * The outline of a zstd frame (RFC 8878), read without decompressing.
 */
import { corrupt } from './decompression-failure.ts'

/** What a frame says of its content. */
export interface Outline {
  /** Uncompressed bytes, where the frame declares them; never more than `bound`. */
  readonly contentSize: number | null
  /** No more bytes than these can come out of its blocks. */
  readonly bound: number
}

const FRAME_MAGIC = 0xfd2fb528
const SINGLE_SEGMENT_BIT = 0x20
const RESERVED_BIT = 0x08
const CHECKSUM_BIT = 0x04
const DICTIONARY_BITS = 0x03
/** No block gives more. */
const MAX_BLOCK_SIZE = 128 * 1024

/** Reads the outline of the one frame that the data is. Throws CORRUPT_MESSAGE where it isn't one whole frame and nothing else. */
export const outlineOf = (data: Buffer): Outline => {
  if (data.length < 6 || data.readUInt32LE(0) !== FRAME_MAGIC) throw corrupt('zstd', 'it begins no frame')
  const descriptor = data[4]!
  if (descriptor & RESERVED_BIT) throw corrupt('zstd', 'a reserved bit is set')
  if (descriptor & DICTIONARY_BITS) throw corrupt('zstd', 'a dictionary is asked for')
  const single = (descriptor & SINGLE_SEGMENT_BIT) !== 0
  // Without a single segment the window's size stands before the content's.
  const [contentSize, blocksStart] = readContentSize(data, single ? 5 : 6, descriptor >>> 6, single)
  const [blocksEnd, bound] = scanBlocks(data, blocksStart)
  const end = blocksEnd + (descriptor & CHECKSUM_BIT ? 4 : 0)
  if (end !== data.length) throw corrupt('zstd', `its frame ends at ${end} of ${data.length} bytes`)
  if (contentSize !== null && contentSize > bound)
    throw corrupt('zstd', `a frame that gives at most ${bound} bytes declares ${contentSize}`)
  return { contentSize, bound }
}

const readContentSize = (
  data: Buffer,
  position: number,
  flag: number,
  single: boolean,
): readonly [size: number | null, end: number] => {
  if (flag === 0 && !single) return [null, position]
  const width = 1 << flag
  if (data.length - position < width) throw corrupt('zstd', 'the frame is cut in its header')
  if (width === 1) return [data[position]!, position + 1]
  if (width === 2) return [data.readUInt16LE(position) + 256, position + 2]
  if (width === 4) return [data.readUInt32LE(position), position + 4]
  return [data.readUInt32LE(position) + data.readUInt32LE(position + 4) * 0x1_0000_0000, position + 8]
}

/** Finds the end of the last block, and the most that the blocks can give. */
const scanBlocks = (data: Buffer, start: number): readonly [end: number, bound: number] => {
  let position = start
  let bound = 0
  for (let last = false; !last; ) {
    if (data.length - position < 3) throw corrupt('zstd', 'the frame has no end')
    const header = data.readUIntLE(position, 3)
    last = (header & 1) !== 0
    const size = header >>> 3
    if (size > MAX_BLOCK_SIZE) throw corrupt('zstd', `a block's size is ${size}`)
    const type = (header >>> 1) & 3
    if (type === 3) throw corrupt('zstd', 'a block is of the reserved type')
    // Types: 0 stored, 1 one byte repeated, 2 compressed.
    bound += type === 2 ? MAX_BLOCK_SIZE : size
    position += 3 + (type === 1 ? 1 : size)
    if (position > data.length) throw corrupt('zstd', 'a block is cut')
  }
  return [position, bound]
}
