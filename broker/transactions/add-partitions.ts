import type { ErrorName } from '../../protocol/errors.ts'
import type { AddPartitionsEvent } from './transaction-events.ts'
import type { TransactionTurn } from './transaction-turn.ts'
import { hasAll, isCurrent, isPrepared, NONE, type Transaction, withPartitions } from './transaction.ts'

/**
 * Adds partitions to the producer's transaction, which begins with the first; or says whether they are in it. All partitions
 * alike: INVALID_PRODUCER_ID_MAPPING (an id that isn't known, or of another producer id), PRODUCER_FENCED (another epoch),
 * CONCURRENT_TRANSACTIONS (the last one is still being ended). When asked only: TRANSACTION_ABORTABLE for each partition
 * that isn't in the transaction.
 */
export const addPartitions = (
  turn: TransactionTurn,
  known: Transaction | undefined,
  event: AddPartitionsEvent,
): void => {
  const { request, partitions, verifyOnly } = event
  const answer = (error: ErrorName): void => {
    turn.reply(
      'addPartitions',
      request,
      partitions.map(() => error),
    )
  }
  if (known === undefined || known.producerId !== event.producerId) return answer('INVALID_PRODUCER_ID_MAPPING')
  if (!isCurrent(known, event.producerEpoch)) return answer('PRODUCER_FENCED')
  if (isPrepared(known.state)) return answer('CONCURRENT_TRANSACTIONS')
  if (verifyOnly) {
    const inIt = (partition: AddPartitionsEvent['partitions'][number]): ErrorName =>
      hasAll(known.partitions, [partition]) ? 'NONE' : 'TRANSACTION_ABORTABLE'
    return turn.reply('addPartitions', request, partitions.map(inIt))
  }
  if (known.state !== 'Ongoing' || !hasAll(known.partitions, partitions)) join(turn, known, event)
  answer('NONE')
}

const join = (turn: TransactionTurn, known: Transaction, { partitions, clientVersion }: AddPartitionsEvent): void => {
  const open = known.state === 'Ongoing'
  turn.write({
    ...known,
    state: 'Ongoing',
    partitions: withPartitions(known.partitions, partitions),
    startMs: open ? known.startMs : turn.now.wall,
    nextProducerId: NONE,
    clientVersion,
  })
}
