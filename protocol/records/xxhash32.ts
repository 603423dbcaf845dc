/**
 * xxHash-32 of fewer than 16 bytes: all that an lz4 frame's header needs.
 */
const PRIME_2 = 0x85ebca77
const PRIME_3 = 0xc2b2ae3d
const PRIME_4 = 0x27d4eb2f
const PRIME_5 = 0x165667b1

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

/** The hash, with seed 0 and unsigned, of `[start, end)`, which must be shorter than 16 bytes: longer input takes another path in xxHash. */
export const xxhash32Short = (buffer: Buffer, start: number, end: number): number => {
  let hash = (PRIME_5 + end - start) | 0
  let position = start
  for (; position + 4 <= end; position += 4)
    hash = Math.imul(rotate((hash + Math.imul(buffer.readInt32LE(position), PRIME_3)) | 0, 17), PRIME_4)
  for (; position < end; position++)
    hash = Math.imul(rotate((hash + Math.imul(buffer[position]!, PRIME_5)) | 0, 11), 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2)
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
  return (hash ^ (hash >>> 16)) >>> 0
}
