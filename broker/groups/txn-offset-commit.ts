/** What transactions do to committed offsets: TxnOffsetCommit and the markers that end it (KIP-98, KIP-447). */
import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { MarkerEvent, TxnCommitEvent } from './group-events.ts'
import type { GroupTransactions } from './group-transactions.ts'
import { storedOffset } from './offset-commit.ts'
import type { Turn } from './turn.ts'

/**
 * TxnOffsetCommit: by a member of the generation, or by a producer that says nothing of one (generation −1, no member).
 * ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, those of `GroupTransactions.error`, and per offset
 * OFFSET_METADATA_TOO_LARGE.
 */
export const commitInTransaction = (
  turn: Turn,
  group: ClassicGroup | undefined,
  transactions: GroupTransactions,
  event: TxnCommitEvent,
): void => {
  const error = memberError(group, event) ?? transactions.error(event.producer, event.verified)
  const errors = event.offsets.map((offset): ErrorName => {
    if (error !== null) return error
    if (offset.metadata.length > turn.settings.offsetMetadataMaxSize) return 'OFFSET_METADATA_TOO_LARGE'
    const { topic, partition } = offset
    const value = storedOffset(offset, -1, turn.now.wall)
    turn.write({ type: 'offset', group: event.groupId, topic, partition, value }, event.producer)
    return 'NONE'
  })
  turn.reply('txnCommit', event.request, errors)
}

/** Unlike a plain commit it is taken while the group rebalances, and from producers that are too old to name a member. */
const memberError = (group: ClassicGroup | undefined, event: TxnCommitEvent): ErrorName | null => {
  const { generationId, memberId, groupInstanceId } = event
  if (group === undefined) return generationId < 0 ? null : 'ILLEGAL_GENERATION'
  if (generationId < 0 && group.state === 'Empty') return null
  if (generationId < 0 && memberId === '' && groupInstanceId === null) return null
  return (
    group.memberError(memberId, groupInstanceId) ?? (generationId === group.generation ? null : 'ILLEGAL_GENERATION')
  )
}

/** WriteTxnMarkers: what was pending counts, or never was. Errors: see `ProducerState.markerError`. */
export const endTransaction = (turn: Turn, transactions: GroupTransactions, { request, marker }: MarkerEvent): void => {
  const error = transactions.markerError(marker)
  if (error === null) {
    const { producerId: id, producerEpoch: epoch, committed, coordinatorEpoch } = marker
    turn.mark({ id, epoch, committed, coordinatorEpoch })
  }
  turn.reply('marker', request, error ?? 'NONE')
}
