/**
 * What Kafka wrote down beside a log, as our own checkpoint of the folds over it: producers, aborted transactions, leader epochs.
 */
import type { Checkpoint } from '../../storage/engine.ts'
import { decodeAbortedIndex, encodeAbortedPart } from '../partition/folds/aborted-index.ts'
import { decodeEpochFile } from '../partition/folds/epoch-file.ts'
import { decodeProducerSnapshot } from '../partition/folds/producer-snapshot.ts'
import type { AbortedTransaction } from '../partition/folds/transaction-state.ts'

/** Kafka's files beside one log. */
export interface KafkaParts {
  /** `.snapshot` files by their offset. */
  readonly snapshots: ReadonlyMap<number, Buffer>
  /** `.txnindex` files in the order of their segments. */
  readonly abortedIndexes: readonly Buffer[]
  /** `leader-epoch-checkpoint`, null if there is none. */
  readonly epochs: Buffer | null
  /** Kafka's cleaner has been over all offsets below. */
  readonly cleanedTo: number | undefined
}

/**
 * The checkpoint for a log of offsets [start, end), by the newest snapshot that can be used; null if there is none, or another file isn't whole:
 * the partition then reads its log at its first use, and knows of its producers only what the log still says.
 */
export const checkpointFromKafka = (parts: KafkaParts, start: number, end: number): Checkpoint | null => {
  const [newest] = [...parts.snapshots]
    .filter(([at, file]) => at >= start && at <= end && decodeProducerSnapshot(file) !== null)
    .sort(([a], [b]) => b - a)
  const aborted = parts.abortedIndexes.map(decodeAbortedIndex)
  if (newest === undefined || parts.epochs === null || decodeEpochFile(parts.epochs) === null) return null
  if (aborted.includes(null)) return null
  const [at, snapshot] = newest
  // Kafka repeats an entry in each segment that it concerns.
  const known = new Map<number, AbortedTransaction>()
  for (const entry of aborted.flatMap(entries => entries ?? []))
    if (entry.lastOffset < at) known.set(entry.lastOffset, entry)
  const entries = [...known.values()].sort((a, b) => a.lastOffset - b.lastOffset)
  return {
    at,
    parts: new Map([
      ['.snapshot', snapshot],
      ['.aborted', encodeAbortedPart(entries)],
      ['leader-epoch-checkpoint', parts.epochs],
      ['cleaner-offset', Buffer.from(`${Math.min(parts.cleanedTo ?? 0, at)}\n`)],
    ]),
  }
}
