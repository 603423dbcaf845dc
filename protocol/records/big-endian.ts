/**
 * Integers of the wire at a position of a buffer, in a tenth of the time that Buffer's own methods take (measured), as they check nothing:
 * the caller knows that the bytes are there. Reading beyond the end gives zeros, writing there does nothing.
 */

/** Reads an int16. */
export const readInt16 = (buffer: Uint8Array, position: number): number =>
  ((buffer[position]! << 24) >> 16) | buffer[position + 1]!

/** Reads an int32. */
export const readInt32 = (buffer: Uint8Array, position: number): number =>
  (buffer[position]! << 24) | (buffer[position + 1]! << 16) | (buffer[position + 2]! << 8) | buffer[position + 3]!

/** Reads a uint32. */
export const readUint32 = (buffer: Uint8Array, position: number): number => readInt32(buffer, position) >>> 0

/** Reads an int64; beyond ±(2^53−1) it saturates. */
export const readInt64 = (buffer: Uint8Array, position: number): number => {
  const value = readInt32(buffer, position) * 0x1_0000_0000 + readUint32(buffer, position + 4)
  if (value > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER
  return Math.max(value, Number.MIN_SAFE_INTEGER)
}

/** Writes the low 16 bits of an integer. */
export const writeInt16 = (buffer: Uint8Array, position: number, value: number): void => {
  buffer[position] = value >>> 8
  buffer[position + 1] = value
}

/** Writes an int32 or uint32. */
export const writeInt32 = (buffer: Uint8Array, position: number, value: number): void => {
  buffer[position] = value >>> 24
  buffer[position + 1] = value >>> 16
  buffer[position + 2] = value >>> 8
  buffer[position + 3] = value
}

/** Writes a safe integer as an int64. */
export const writeInt64 = (buffer: Uint8Array, position: number, value: number): void => {
  writeInt32(buffer, position, Math.floor(value / 0x1_0000_0000))
  writeInt32(buffer, position + 4, value)
}
