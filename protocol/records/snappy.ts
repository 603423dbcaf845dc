/**
 * snappy, raw and in the framing of snappy-java ("xerial"), by the snappy package. Kafka's Java client writes and reads the framing, librdkafka
 * writes either and most others the framing, so both are read and the framing is written.
 */
import { corrupt, tooLarge } from './decompression-failure.ts'
import { loadNative } from './load-native.ts'

interface Snappy {
  compressSync(data: Uint8Array): Buffer
  compress(data: Uint8Array): Promise<Buffer>
  uncompressSync(data: Uint8Array): Buffer
}

let loaded: Snappy | undefined
const snappy = (): Snappy => {
  loaded ??= loadNative<Snappy>('snappy')
  return loaded
}

/** The framing: this magic, its version and the oldest compatible version (1 and 1), then chunks, each raw snappy after its int32 length. */
const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const HEADER = Buffer.concat([MAGIC, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])])
/** Uncompressed bytes of a chunk, as snappy-java cuts them. */
const CHUNK_SIZE = 32 * 1024
/** A copy of at most 64 bytes takes at least 2, so no raw snappy grows more than 32-fold. */
const MAX_RATIO = 32

/** Compresses into snappy-java's framing. */
export const snappyCompress = (data: Buffer): Buffer => {
  const parts: Buffer[] = [HEADER]
  for (let start = 0; start < data.length; start += CHUNK_SIZE)
    parts.push(...framed(snappy().compressSync(data.subarray(start, start + CHUNK_SIZE))))
  return Buffer.concat(parts)
}

/** As `snappyCompress`, on another thread. */
export const snappyCompressAside = async (data: Buffer): Promise<Buffer> => {
  const parts: Buffer[] = [HEADER]
  for (let start = 0; start < data.length; start += CHUNK_SIZE)
    parts.push(...framed(await snappy().compress(data.subarray(start, start + CHUNK_SIZE))))
  return Buffer.concat(parts)
}

const framed = (chunk: Buffer): readonly [length: Buffer, chunk: Buffer] => {
  const length = Buffer.allocUnsafe(4)
  length.writeInt32BE(chunk.length)
  return [length, chunk]
}

/** Decompresses raw or framed data to at most `maxBytes`. Throws MESSAGE_TOO_LARGE or CORRUPT_MESSAGE. */
export const snappyDecompress = (data: Buffer, maxBytes: number): Buffer => {
  if (data.length < HEADER.length || data.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0)
    return uncompressRaw(data, declaredSize(data, maxBytes, maxBytes))
  const chunks = chunksOf(data)
  let total = 0
  for (const chunk of chunks) total += declaredSize(chunk, maxBytes - total, maxBytes)
  const parts = chunks.map(chunk => uncompressRaw(chunk, declaredSize(chunk, maxBytes, maxBytes)))
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, total)
}

const chunksOf = (data: Buffer): readonly Buffer[] => {
  const chunks: Buffer[] = []
  for (let position = HEADER.length; position < data.length; ) {
    if (data.length - position < 4) throw corrupt('snappy', 'a chunk is cut in its length')
    const length = data.readInt32BE(position)
    position += 4
    if (length <= 0 || length > data.length - position) throw corrupt('snappy', `a chunk's length is ${length}`)
    chunks.push(data.subarray(position, position + length))
    position += length
  }
  return chunks
}

/** The uncompressed size with which raw snappy begins; refused if there is more than `room`, or more than so few bytes could give. */
const declaredSize = (data: Buffer, room: number, maxBytes: number): number => {
  let size = 0
  let scale = 1
  for (let index = 0; index < 5; index++) {
    const byte = data[index]
    if (byte === undefined) break
    size += (byte & 0x7f) * scale
    scale *= 128
    if (byte >= 0x80) continue
    if (size > room) throw tooLarge('snappy', maxBytes)
    if (size > data.length * MAX_RATIO) throw corrupt('snappy', `${data.length} bytes can't hold ${size}`)
    return size
  }
  throw corrupt('snappy', 'its size has no end')
}

const uncompressRaw = (data: Buffer, size: number): Buffer => {
  const library = snappy()
  let result: Buffer
  try {
    result = library.uncompressSync(data)
  } catch (error) {
    throw corrupt('snappy', (error as Error).message)
  }
  if (result.length !== size) throw corrupt('snappy', `it gives ${result.length} bytes and declares ${size}`)
  return result
}
