/**
 * Aborted transactions in the form of Kafka's `.txnindex` files (entries of version 0); one file for the whole log.
 */
import { readInt64, writeInt64 } from '../../../protocol/records/batch.ts'
import type { AbortedTransaction } from './transaction-state.ts'

const VERSION = 0
const ENTRY_SIZE = 34

/** The bytes of the file. */
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

/** Reads the file; null if it is cut, of another version, or out of order (the log is then read instead). */
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
