/** The judge: looks for every anomaly in a history. */
import type { Event } from '../history/event.ts'
import { History } from '../history/history.ts'
import type { Anomaly } from './anomaly.ts'
import { forbiddenErrors } from './errors.ts'
import { lostCommits, skippingCommits } from './group-offsets.ts'
import { reorderings } from './order.ts'
import { pollAnomalies } from './polls.ts'
import { transactionAnomalies } from './transactions.ts'
import { transformAnomalies } from './transforms.ts'
import { duplicates, inconsistentOffsets, lostWrites, unexpectedReads, vanishedReads, wrongOffsets } from './writes.ts'

const checks: readonly ((history: History) => Anomaly[])[] = [
  lostWrites,
  vanishedReads,
  duplicates,
  wrongOffsets,
  inconsistentOffsets,
  unexpectedReads,
  reorderings,
  pollAnomalies,
  skippingCommits,
  lostCommits,
  transactionAnomalies,
  transformAnomalies,
  forbiddenErrors,
]

/** Everything that is wrong with a history whose lines are in the order of time; empty where nothing is. */
export function judge(events: readonly Event[]): Anomaly[] {
  const history = new History(events)
  return checks.flatMap(check => check(history))
}
