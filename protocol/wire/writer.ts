/**
 * Writes Kafka's wire types. The codecs that `schema/compile.ts` generates write runs of fixed-size fields through
 * `view` and `position` themselves, after one `need`.
 */
import { ChunkWriter } from './chunk-writer.ts'

/** Values are not checked here but in the codecs: out of range they wrap. */
export class Writer extends ChunkWriter {
  bool(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  int8(value: number): void {
    this.need(1)
    this.view.setInt8(this.position, value)
    this.position += 1
  }

  int16(value: number): void {
    this.need(2)
    this.view.setInt16(this.position, value)
    this.position += 2
  }

  uint16(value: number): void {
    this.int16(value)
  }

  int32(value: number): void {
    this.need(4)
    this.view.setInt32(this.position, value)
    this.position += 4
  }

  uint32(value: number): void {
    this.int32(value)
  }

  /** A safe integer. */
  int64(value: number): void {
    this.need(8)
    setInt64(this.view, this.position, value)
    this.position += 8
  }

  bigint64(value: bigint): void {
    this.need(8)
    this.view.setBigInt64(this.position, value)
    this.position += 8
  }

  float64(value: number): void {
    this.need(8)
    this.view.setFloat64(this.position, value)
    this.position += 8
  }

  /** 22 characters of base64url as 16 bytes; false, and nothing written, if they are not that. */
  uuid(value: string): boolean {
    this.need(16)
    if (value.length !== 22 || this.buffer.write(value, this.position, 16, 'base64url') !== 16) return false
    this.position += 16
    return true
  }

  /** An unsigned varint, 0 to 2^32−1. */
  uvarint(value: number): void {
    this.need(5)
    const buffer = this.buffer
    let position = this.position
    while (value > 127) {
      buffer[position++] = (value & 127) | 128
      value >>>= 7
    }
    buffer[position++] = value
    this.position = position
  }

  /** A zigzag varint: int32 as in the records of a batch. */
  varint(value: number): void {
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** A string behind an int16 length; false, and nothing written, if it is longer than 32767 bytes. */
  string(value: string): boolean {
    const sizeBytes = byteLength(value)
    if (sizeBytes > 32767) return false
    this.int16(sizeBytes)
    this.#text(value, sizeBytes)
    return true
  }

  /** A string behind a varint of its length plus one; false, and nothing written, if it is longer than 32767 bytes. */
  compactString(value: string): boolean {
    const sizeBytes = byteLength(value)
    if (sizeBytes > 32767) return false
    this.uvarint(sizeBytes + 1)
    this.#text(value, sizeBytes)
    return true
  }

  #text(value: string, sizeBytes: number): void {
    this.need(sizeBytes)
    if (sizeBytes === value.length && sizeBytes < shortText) {
      const buffer = this.buffer
      const start = this.position
      for (let i = 0; i < sizeBytes; i++) buffer[start + i] = value.charCodeAt(i)
    } else {
      this.buffer.write(value, this.position, sizeBytes, 'utf8')
    }
    this.position += sizeBytes
  }

  /** Bytes behind an int32 length; see `raw`. */
  bytes(value: Buffer): void {
    this.int32(value.length)
    this.raw(value)
  }

  /** Bytes behind a varint of their length plus one; see `raw`. */
  compactBytes(value: Buffer): void {
    this.uvarint(value.length + 1)
    this.raw(value)
  }

  /** Record batches, one after the other, behind an int32 length; see `raw`. */
  records(value: readonly Buffer[]): void {
    this.int32(totalLength(value))
    for (const batch of value) this.raw(batch)
  }

  /** Record batches, one after the other, behind a varint of their length plus one; see `raw`. */
  compactRecords(value: readonly Buffer[]): void {
    this.uvarint(totalLength(value) + 1)
    for (const batch of value) this.raw(batch)
  }
}

/** Below this many characters a loop is faster than a call into the runtime. */
const shortText = 40

/** Bytes of a string in UTF-8. */
function byteLength(value: string): number {
  const length = value.length
  if (length >= shortText) return Buffer.byteLength(value)
  for (let i = 0; i < length; i++) if (value.charCodeAt(i) > 127) return Buffer.byteLength(value)
  return length
}

function totalLength(buffers: readonly Buffer[]): number {
  let length = 0
  for (const buffer of buffers) length += buffer.length
  return length
}

/** Puts a safe integer as int64 at `position`. The caller checks value and bounds. */
export function setInt64(view: DataView, position: number, value: number): void {
  const high = Math.floor(value / 4294967296)
  view.setInt32(position, high)
  view.setUint32(position + 4, value - high * 4294967296)
}
