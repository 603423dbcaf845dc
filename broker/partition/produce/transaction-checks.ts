/**
 * What keeps a producer's batch out of a partition because of transactions: a transactional one belongs to an open
 * transaction, or to one that the coordinator has said it knows (KIP-890).
 */
import { KafkaError } from '../../../protocol/errors.ts'
import type { AppendTurn } from '../append-queue.ts'
import type { Sequenced } from '../folds/producer-state.ts'
import type { Verification, Verifications } from '../folds/verifications.ts'

/** How a transactional batch comes: what its coordinator was asked, or that nobody was (`unchecked`: by the broker's settings). */
export type Verified = Verification | 'unchecked' | null

/**
 * Throws INVALID_TXN_STATE for a transactional batch outside of a transaction, and OUT_OF_ORDER_SEQUENCE_NUMBER for one that
 * can't be the first of its transaction though it would be.
 */
export const checkBeginning = (
  turn: AppendTurn,
  verifications: Verifications,
  batch: Sequenced,
  verified: Verified,
): void => {
  const { producerId, producerEpoch, firstSequence } = batch
  const known = turn.producers.get(producerId)
  if (turn.inTransaction(producerId) && known?.epoch === producerEpoch) return
  if (verified === 'unchecked') return
  if (verified === null || turn.touched(producerId) || !verifications.holds(producerId, verified))
    throw new KafkaError('INVALID_TXN_STATE', `producer ${producerId} has no transaction open here`)
  const isNew = (known?.batches.length ?? 0) === 0
  if ((verified.epochPerTransaction && isNew && firstSequence !== 0) || firstSequence > verified.lowestSequence)
    throw new KafkaError(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      `producer ${producerId} can't begin a transaction with sequence ${firstSequence}`,
    )
}

/** Throws INVALID_TXN_STATE for a batch outside of its producer's open transaction. */
export const checkOutside = (turn: AppendTurn, producerId: number): void => {
  if (turn.inTransaction(producerId))
    throw new KafkaError('INVALID_TXN_STATE', `producer ${producerId} has a transaction open, the batch isn't of it`)
}
