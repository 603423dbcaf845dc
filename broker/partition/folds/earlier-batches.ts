/**
 * A file of our own beside Kafka's producer snapshot, which holds the last batch of each producer only: those that each is remembered by
 * besides. A producer with several requests in flight may repeat any of them after a restart; with the last batch alone the
 * others would be out of order (observed with Kafka 4.3 after a clean stop), which is fatal for librdkafka.
 */
import { readInt64, writeInt64 } from '../../../protocol/records/batch.ts'
import { crc32c } from '../../../protocol/records/crc32c.ts'
import type { ProducedBatch, Producer } from './producer-state.ts'

const VERSION = 0
const CRC_POSITION = 2
const ENTRIES_POSITION = 6
const ENTRY_SIZE = 38

/** All but the last batch of the producers, oldest first, each with its producer's id and epoch. */
export const encodeEarlierBatches = (producers: Iterable<Producer>): Buffer => {
  const entries: Buffer[] = []
  for (const { id, epoch, batches } of producers) {
    for (const batch of batches.slice(0, -1)) {
      const entry = Buffer.alloc(ENTRY_SIZE)
      writeInt64(entry, 0, id)
      entry.writeInt16BE(epoch, 8)
      entry.writeInt32BE(batch.firstSequence, 10)
      entry.writeInt32BE(batch.lastSequence, 14)
      writeInt64(entry, 18, batch.lastOffset)
      entry.writeInt32BE(batch.offsetDelta, 26)
      writeInt64(entry, 30, batch.timestamp)
      entries.push(entry)
    }
  }
  const file = Buffer.concat([Buffer.alloc(ENTRIES_POSITION), ...entries])
  file.writeInt16BE(VERSION, 0)
  file.writeUInt32BE(crc32c(file, ENTRIES_POSITION), CRC_POSITION)
  return file
}

/** The batches of one producer in one epoch. */
export interface EarlierBatches {
  readonly epoch: number
  /** Oldest first. */
  readonly batches: ProducedBatch[]
}

/** Reads the file, by producer id; null if it is of another version, cut or damaged. */
export const decodeEarlierBatches = (file: Buffer): ReadonlyMap<number, EarlierBatches> | null => {
  if (file.length < ENTRIES_POSITION || (file.length - ENTRIES_POSITION) % ENTRY_SIZE !== 0) return null
  if (file.readInt16BE(0) !== VERSION || file.readUInt32BE(CRC_POSITION) !== crc32c(file, ENTRIES_POSITION)) return null
  const producers = new Map<number, EarlierBatches>()
  for (let at = ENTRIES_POSITION; at < file.length; at += ENTRY_SIZE) {
    const id = readInt64(file, at)
    const producer = producers.get(id) ?? { epoch: file.readInt16BE(at + 8), batches: [] }
    producer.batches.push({
      firstSequence: file.readInt32BE(at + 10),
      lastSequence: file.readInt32BE(at + 14),
      lastOffset: readInt64(file, at + 18),
      offsetDelta: file.readInt32BE(at + 26),
      timestamp: readInt64(file, at + 30),
    })
    producers.set(id, producer)
  }
  return producers
}

/** The producer of a snapshot with the batches before its last one, where they are of the same epoch. */
export const withEarlierBatches = (producer: Producer, earlier: EarlierBatches | undefined): Producer =>
  earlier === undefined || earlier.epoch !== producer.epoch || producer.batches.length === 0
    ? producer
    : { ...producer, batches: [...earlier.batches, ...producer.batches] }
