/**
 * Variable-length integers of records: seven bits a byte, lowest first, zigzag (0, −1, 1, −2, …), so that small ones take one byte (KIP-98).
 *
 * Reading returns the number; the position behind it is then in `afterVarint`, which the next read overwrites. That saves an object per number
 * where millions are read in a second. A number that doesn't end within 5 (varlong: 10) bytes or within the buffer throws INVALID_RECORD.
 */
import { KafkaError } from '../errors.ts'

/** The position behind the number that was read last. */
export let afterVarint = 0

const tooLong = (position: number): KafkaError =>
  new KafkaError('INVALID_RECORD', `the number at byte ${position} of the records has no end`)

/** Reads an int32. */
export const readVarint = (buffer: Uint8Array, position: number): number => {
  const first = buffer[position]!
  if (first < 0x80) {
    afterVarint = position + 1
    return (first >>> 1) ^ -(first & 1)
  }
  const second = buffer[position + 1]!
  if (second < 0x80) {
    afterVarint = position + 2
    const value = (first & 0x7f) | (second << 7)
    return (value >>> 1) ^ -(value & 1)
  }
  return readLongVarint(buffer, position)
}

const readLongVarint = (buffer: Uint8Array, position: number): number => {
  let value = 0
  for (let index = 0; index < 5; index++) {
    const byte = buffer[position + index]
    if (byte === undefined) break
    value |= (byte & 0x7f) << (7 * index)
    if (byte < 0x80) {
      afterVarint = position + index + 1
      return (value >>> 1) ^ -(value & 1)
    }
  }
  throw tooLong(position)
}

/** Reads an int64 as a number: exact within ±2^53, rounded beyond. */
export const readVarlong = (buffer: Uint8Array, position: number): number => {
  const first = buffer[position]!
  if (first < 0x80) {
    afterVarint = position + 1
    return (first >>> 1) ^ -(first & 1)
  }
  let value = 0
  let scale = 1
  for (let index = 0; index < 10; index++) {
    const byte = buffer[position + index]
    if (byte === undefined) break
    if (byte < 0x80) {
      afterVarint = position + index + 1
      value += byte * scale
      if (value > Number.MAX_SAFE_INTEGER) return Number(readVarlongExact(buffer, position))
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
    value += (byte & 0x7f) * scale
    scale *= 128
  }
  throw tooLong(position)
}

/** Reads an int64 with all its bits. */
export const readVarlongExact = (buffer: Uint8Array, position: number): bigint => {
  let value = 0n
  for (let index = 0; index < 10; index++) {
    const byte = buffer[position + index]
    if (byte === undefined) break
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) {
      afterVarint = position + index + 1
      return BigInt.asIntN(64, (BigInt.asUintN(64, value) >> 1n) ^ -(value & 1n))
    }
  }
  throw tooLong(position)
}

/** Bytes that an int32 takes, 1 to 5. */
export const sizeOfVarint = (value: number): number => {
  const bits = 32 - Math.clz32(((value << 1) ^ (value >> 31)) | 1)
  return Math.ceil(bits / 7)
}

/** Writes an int32; returns the position behind it. The buffer must have room. */
export const writeVarint = (buffer: Uint8Array, position: number, value: number): number => {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  while (rest >= 0x80) {
    buffer[position++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  buffer[position++] = rest
  return position
}

/** Greatest distance from 0 whose double is still exact, as zigzag doubles it. */
const ZIGZAG_SAFE = 2 ** 52 - 1

/** Bytes that an int64 takes, 1 to 10. The value is a safe integer. */
export const sizeOfVarlong = (value: number): number => {
  if (value >= -0x4000_0000 && value < 0x4000_0000) return sizeOfVarint(value)
  const magnitude = value < 0 ? -(value + 1) : value
  // Of the zigzag's bits the lowest is the sign, the others are the magnitude's.
  let size = 1
  for (let rest = Math.floor(magnitude / 64); rest > 0; rest = Math.floor(rest / 128)) size++
  return size
}

/** Writes an int64, which must be a safe integer; returns the position behind it. The buffer must have room. */
export const writeVarlong = (buffer: Uint8Array, position: number, value: number): number => {
  if (value >= -0x4000_0000 && value < 0x4000_0000) return writeVarint(buffer, position, value)
  if (value > ZIGZAG_SAFE || value < -ZIGZAG_SAFE) return writeVarlongExact(buffer, position, BigInt(value))
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  while (rest >= 0x80) {
    buffer[position++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  buffer[position++] = rest
  return position
}

/** Bytes that an int64 takes, 1 to 10. */
export const sizeOfVarlongExact = (value: bigint): number => {
  let size = 1
  for (let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)) >> 7n; rest > 0n; rest >>= 7n) size++
  return size
}

/** Writes an int64 with all its bits; returns the position behind it. The buffer must have room. */
export const writeVarlongExact = (buffer: Uint8Array, position: number, value: bigint): number => {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; rest >= 0x80n; rest >>= 7n) buffer[position++] = Number(rest & 0x7fn) | 0x80
  buffer[position++] = Number(rest)
  return position
}
