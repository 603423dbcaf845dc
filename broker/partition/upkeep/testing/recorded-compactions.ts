/**
 * How Kafka 4.3.1 compacted the stories (facts/compactions.jsonl, written by `record-compactions.ts`).
 */
import { readFileSync } from 'node:fs'

/** One stage; batches are base64. */
export interface RecordedStage {
  readonly appended: readonly string[]
  /** Up to where the log was compacted then, −1 if it wasn't. */
  readonly cleanedTo: number
  /** Wall clock, ms: about when. */
  readonly cleanedMs: number
  /** All batches of the log afterwards. */
  readonly left: readonly string[]
}

/** A story's stages. */
export interface RecordedCompaction {
  readonly name: string
  readonly stages: readonly RecordedStage[]
}

/** In the order of the stories. */
export const recordedCompactions: readonly RecordedCompaction[] = readFileSync(
  'broker/partition/upkeep/facts/compactions.jsonl',
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line))
