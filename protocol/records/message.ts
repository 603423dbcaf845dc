/**
 * The layout of a message, the form of records before Kafka 0.11 (magic 0, and 1 with timestamps: KIP-32). A message set is messages one after
 * the other; a compressed message, the wrapper, holds a whole set as its value.
 */
import { writeInt32, writeInt64 } from './big-endian.ts'
import { crc32 } from 'node:zlib'

/** The formats that are message sets. */
export type OldMagic = 0 | 1

/** Positions of the fields, from the message's first byte; offset, size and magic stand where a batch has them. */
export const OFFSET = 0
export const SIZE = 8
export const CRC = 12
export const MAGIC = 16
export const ATTRIBUTES = 17
/** In magic 1 only; key and value follow, each behind its int32 length, −1 for null. */
export const TIMESTAMP = 18

/** Position of the key's length. */
export const keyPosition = (magic: OldMagic): number => (magic === 0 ? 18 : 26)

/** Bytes of a message besides its key and value. */
export const messageOverhead = (magic: OldMagic): number => keyPosition(magic) + 8

/** CRC-32 (not CRC-32C) of the message `[start, end)`, from its magic on, unsigned. */
export const crcOfMessage = (buffer: Buffer, start: number, end: number): number =>
  crc32(buffer.subarray(start + MAGIC, end))

/** What is written as a message. */
export interface NewMessage {
  readonly offset: number
  readonly attributes: number
  /** ms; not written in magic 0. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** Writes a message with its CRC; returns the position behind it. The buffer must have room. */
export const writeMessage = (buffer: Buffer, start: number, magic: OldMagic, message: NewMessage): number => {
  writeInt64(buffer, start + OFFSET, message.offset)
  buffer[start + MAGIC] = magic
  buffer[start + ATTRIBUTES] = message.attributes
  if (magic === 1) writeInt64(buffer, start + TIMESTAMP, message.timestamp)
  const valuePosition = writeBytes(buffer, start + keyPosition(magic), message.key)
  const end = writeBytes(buffer, valuePosition, message.value)
  writeInt32(buffer, start + SIZE, end - start - CRC)
  writeInt32(buffer, start + CRC, crcOfMessage(buffer, start, end))
  return end
}

const writeBytes = (buffer: Buffer, position: number, bytes: Buffer | null): number => {
  writeInt32(buffer, position, bytes === null ? -1 : bytes.length)
  if (bytes === null) return position + 4
  buffer.set(bytes, position + 4)
  return position + 4 + bytes.length
}
