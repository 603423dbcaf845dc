/**
 * CRC-32C, the checksum of v2 record batches. Short ranges are summed here, where a call into native code would cost more than the work;
 * long ones go to @node-rs/crc32, which is loaded at the first of them. Where that has no binary for the platform, all are summed here (1.3 GB/s).
 */
import { createRequire } from 'node:module'

/** From this many bytes on the native sum is quicker (measured: bench/micro/records.ts). */
const NATIVE_FROM = 384

/** Eight tables of 256: `tables[k * 256 + b]` is the effect of byte `b` followed by `k` zero bytes. */
const tables = new Int32Array(8 * 256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  tables[byte] = crc
}
for (let at = 256; at < tables.length; at++) {
  const previous = tables[at - 256]!
  tables[at] = (previous >>> 8) ^ tables[previous & 255]!
}

/** The sum without native code; the same promise as `crc32c`. Exported for its test and its bench. */
export const crc32cPortable = (buffer: Uint8Array, start = 0, end: number = buffer.length, before = 0): number => {
  let crc = ~before
  let at = start
  for (const last = end - 7; at < last; at += 8) {
    crc ^= buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24)
    crc =
      tables[1792 + (crc & 255)]! ^
      tables[1536 + ((crc >>> 8) & 255)]! ^
      tables[1280 + ((crc >>> 16) & 255)]! ^
      tables[1024 + (crc >>> 24)]! ^
      tables[768 + buffer[at + 4]!]! ^
      tables[512 + buffer[at + 5]!]! ^
      tables[256 + buffer[at + 6]!]! ^
      tables[buffer[at + 7]!]!
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ tables[(crc ^ buffer[at]!) & 255]!
  return ~crc >>> 0
}

type Sum = (data: Uint8Array, before?: number) => number
let native: Sum | null | undefined

const loadNative = (): Sum | null => {
  try {
    const loaded: { crc32c: Sum } = createRequire(import.meta.url)('@node-rs/crc32')
    return loaded.crc32c
  } catch {
    // Its only way to fail is that there is no binary for this platform.
    return null
  }
}

/**
 * CRC-32C of the bytes `[start, end)`, unsigned. The range must lie within the buffer.
 * @param before the sum of bytes that come before these, to sum what doesn't lie in one buffer.
 */
export const crc32c = (buffer: Uint8Array, start = 0, end: number = buffer.length, before = 0): number => {
  if (end - start >= NATIVE_FROM) {
    if (native === undefined) native = loadNative()
    if (native !== null)
      return before === 0 ? native(buffer.subarray(start, end)) : native(buffer.subarray(start, end), before)
  }
  return crc32cPortable(buffer, start, end, before)
}
