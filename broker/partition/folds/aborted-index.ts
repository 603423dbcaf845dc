/**
 * Aborted transactions in the form of Kafka's `.txnindex` files (entries of version 0). Ours, one for the whole log, has a checksum behind them: a
 * file that a crash cut at an entry would show aborted records to consumers.
 */
import { readInt64, writeInt64 } from '../../../protocol/records/batch.ts'
import { crc32c } from '../../../protocol/records/crc32c.ts'
import type { AbortedTransaction } from './transaction-state.ts'

const VERSION = 0
const ENTRY_SIZE = 34
const SUM_SIZE = 4

/** The bytes of our file. */
export const encodeAbortedPart = (entries: readonly AbortedTransaction[]): Buffer => {
  const index = encodeAbortedIndex(entries)
  const sum = Buffer.alloc(SUM_SIZE)
  sum.writeUInt32BE(crc32c(index))
  return Buffer.concat([index, sum])
}

/** Reads our file; null if it isn't as it was written (the log is then read instead). */
export const decodeAbortedPart = (file: Buffer): AbortedTransaction[] | null => {
  const end = file.length - SUM_SIZE
  if (end < 0 || file.readUInt32BE(end) !== crc32c(file, 0, end)) return null
  return decodeAbortedIndex(file.subarray(0, end))
}

/** The bytes of Kafka's file. */
export const encodeAbortedIndex = (entries: readonly AbortedTransaction[]): Buffer => {
  const file = Buffer.alloc(entries.length * ENTRY_SIZE)
  entries.forEach((entry, index) => {
    const at = index * ENTRY_SIZE
    file.writeInt16BE(VERSION, at)
    writeInt64(file, at + 2, entry.producerId)
    writeInt64(file, at + 10, entry.firstOffset)
    writeInt64(file, at + 18, entry.lastOffset)
    writeInt64(file, at + 26, entry.lastStableOffset)
  })
  return file
}

/** Reads Kafka's file; null if it is cut, of another version, or out of order (the log is then read instead). */
export const decodeAbortedIndex = (file: Buffer): AbortedTransaction[] | null => {
  if (file.length % ENTRY_SIZE !== 0) return null
  const entries: AbortedTransaction[] = []
  for (let at = 0; at < file.length; at += ENTRY_SIZE) {
    const entry = {
      producerId: readInt64(file, at + 2),
      firstOffset: readInt64(file, at + 10),
      lastOffset: readInt64(file, at + 18),
      lastStableOffset: readInt64(file, at + 26),
    }
    const before = entries.at(-1)
    if (file.readInt16BE(at) !== VERSION || (before !== undefined && before.lastOffset >= entry.lastOffset)) return null
    entries.push(entry)
  }
  return entries
}
