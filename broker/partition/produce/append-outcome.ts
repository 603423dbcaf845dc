/**
 * What an append to a partition is asked with, and what comes of it.
 */
import type { KafkaError } from '../../../protocol/errors.ts'

/** One record that made its batch refused (KIP-467): its index in the batch, and why. */
export interface RecordError {
  readonly batchIndex: number
  readonly batchIndexErrorMessage: string | null
}

/** How a Produce wants its records appended. */
export interface AppendOptions {
  /** 0 and 1: answered when the leader's log has it; −1: when the high watermark has passed it. */
  readonly acks: -1 | 0 | 1
  /** How long acks −1 waits for the high watermark, in ms. */
  readonly timeoutMs: number
}

/** The records have their place, or (`duplicate`) had it already. */
export interface Appended {
  readonly error: null
  readonly baseOffset: number
  /** Inclusive. */
  readonly lastOffset: number
  /** ms; −1 unless the topic's timestamps are LogAppendTime (or the batch is a duplicate: then that batch's greatest timestamp). */
  readonly logAppendTimeMs: number
  readonly logStartOffset: number
}

/** Nothing was appended, or (REQUEST_TIMED_OUT) it isn't known whether. */
export interface Refused {
  readonly error: KafkaError
  readonly recordErrors: readonly RecordError[]
  readonly logStartOffset: number
}

/** What comes of one append. */
export type AppendOutcome = Appended | Refused

/** Who asked for an append: an object, so that a request needs no closure per partition. */
export interface AppendCaller {
  /** Called once per append, with the slot that the caller gave; from within `Partition.append` only if the partition is lost. */
  appended(slot: number, outcome: AppendOutcome): void
}
