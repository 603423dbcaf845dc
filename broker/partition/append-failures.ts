import type { ErrorName } from '../../protocol/errors.ts'
import type { AppendFailure } from './append-queue.ts'

/** What clients and coordinators are told when batches have no place in the log, and why. All are retriable. */
export const appendFailures: Readonly<Record<AppendFailure, readonly [error: ErrorName, detail: string]>> = {
  conflict: ['NOT_LEADER_OR_FOLLOWER', 'another broker appends to this partition'],
  full: ['KAFKA_STORAGE_ERROR', 'the storage engine has no space left'],
  failed: ['KAFKA_STORAGE_ERROR', 'the storage engine failed to write'],
  gone: ['UNKNOWN_TOPIC_OR_PARTITION', 'the topic was deleted'],
  unknown: ['REQUEST_TIMED_OUT', 'it is not known whether the storage engine has the records'],
  closed: ['NOT_LEADER_OR_FOLLOWER', 'the partition is closing'],
}
