/**
 * Kafka's file of producer states (`<offset>.snapshot`, version 1): what a partition remembers of its producers, so that
 * a restart needn't read the whole log. Only the last batch of each producer is in it.
 */
import { readInt64, writeInt64 } from '../../../protocol/records/batch.ts'
import { crc32c } from '../../../protocol/records/crc32c.ts'
import { type Producer, sequenceBefore } from './producer-state.ts'

const VERSION = 1
const CRC_POSITION = 2
const COUNT_POSITION = 6
const ENTRIES_POSITION = 10
const ENTRY_SIZE = 46

/** A producer as the file has it, with the first offset of its open transaction (−1: none). */
export interface SnapshotEntry {
  readonly producer: Producer
  readonly openedAt: number
}

/** The bytes of the file. */
export const encodeProducerSnapshot = (entries: readonly SnapshotEntry[]): Buffer => {
  const file = Buffer.alloc(ENTRIES_POSITION + entries.length * ENTRY_SIZE)
  file.writeInt16BE(VERSION, 0)
  file.writeInt32BE(entries.length, COUNT_POSITION)
  let at = ENTRIES_POSITION
  for (const { producer, openedAt } of entries) {
    const last = producer.batches.at(-1)
    writeInt64(file, at, producer.id)
    file.writeInt16BE(producer.epoch, at + 8)
    file.writeInt32BE(last?.lastSequence ?? -1, at + 10)
    writeInt64(file, at + 14, last?.lastOffset ?? -1)
    file.writeInt32BE(last?.offsetDelta ?? 0, at + 22)
    writeInt64(file, at + 26, producer.lastTimestamp)
    file.writeInt32BE(producer.coordinatorEpoch, at + 34)
    writeInt64(file, at + 38, openedAt)
    at += ENTRY_SIZE
  }
  file.writeUInt32BE(crc32c(file, COUNT_POSITION), CRC_POSITION)
  return file
}

/** Reads the file; null if it is of another version, cut or damaged (the log is then read instead). */
export const decodeProducerSnapshot = (file: Buffer): readonly SnapshotEntry[] | null => {
  if (file.length < ENTRIES_POSITION || file.readInt16BE(0) !== VERSION) return null
  if (file.readUInt32BE(CRC_POSITION) !== crc32c(file, COUNT_POSITION)) return null
  const count = file.readInt32BE(COUNT_POSITION)
  if (count < 0 || file.length !== ENTRIES_POSITION + count * ENTRY_SIZE) return null
  return Array.from({ length: count }, (_, index) => decodeEntry(file, ENTRIES_POSITION + index * ENTRY_SIZE))
}

const decodeEntry = (file: Buffer, at: number): SnapshotEntry => {
  const lastSequence = file.readInt32BE(at + 10)
  const lastOffset = readInt64(file, at + 14)
  const offsetDelta = file.readInt32BE(at + 22)
  const timestamp = readInt64(file, at + 26)
  const firstSequence = sequenceBefore(lastSequence, offsetDelta)
  const producer: Producer = {
    id: readInt64(file, at),
    epoch: file.readInt16BE(at + 8),
    batches: lastSequence < 0 ? [] : [{ firstSequence, lastSequence, lastOffset, offsetDelta, timestamp }],
    lastTimestamp: timestamp,
    coordinatorEpoch: file.readInt32BE(at + 34),
  }
  return { producer, openedAt: readInt64(file, at + 38) }
}
