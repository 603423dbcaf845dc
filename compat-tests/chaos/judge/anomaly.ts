/** What the judge finds. */
import type { Event } from '../history/event.ts'

/** Something that must not happen, with the lines of the history that show it. */
export interface Anomaly {
  readonly name: AnomalyName
  /** A sentence for people. */
  readonly text: string
  /** In the order in which they make the point. Reads are shortened to the records that matter. */
  readonly evidence: readonly Event[]
}

/** The anomalies that the judge knows, each with what it means. */
export const anomalyNames = {
  'lost-write': 'acknowledged, and not in the final read',
  'vanished-read': 'read once, and not in the final read',
  duplicate: 'one value at two places, though its producer is idempotent',
  'wrong-offset': 'acknowledged with another offset than it is read at',
  'inconsistent-offset': 'two values at one offset',
  'never-sent': 'a value that nobody sent',
  'failed-write-read': 'refused for good, and read all the same',
  reordered: 'records of one producer in a partition in another order than they were sent',
  'poll-skip': 'a reader jumped over records inside one assignment',
  'nonmonotonic-poll': 'a reader went back inside one assignment without being told to',
  'commit-skips': 'a group committed beyond records that no member of it received',
  'commit-lost': 'a committed offset was found changed by nobody, or a group started below what was committed',
  'lost-transaction': 'committed, and nothing of it in the final read',
  'torn-transaction': 'a part of a transaction is visible and another part is not',
  'aborted-read': 'a record of an aborted transaction was read at read_committed',
  'fenced-wrote': 'a producer took effect after another one had taken over its transactional id',
  'duplicated-transform':
    'two committed outputs of one input, though consume, transform and produce are one transaction',
  'lost-transform': 'an input that a group has committed in a transaction, and no output of it',
  'sum-violation': 'committed transfers do not add up to 0',
  'internal-error': 'an error that only a bug or damage explains',
  stuck: 'something did not come to an end after all faults were over',
} as const

/** The name of an anomaly. */
export type AnomalyName = keyof typeof anomalyNames
