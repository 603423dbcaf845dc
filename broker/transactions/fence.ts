import type { Endings } from './endings.ts'
import type { TransactionTurn } from './transaction-turn.ts'
import { NONE, type Transaction } from './transaction.ts'

/**
 * Aborts an open transaction against its producer's will: under the next epoch, so that whatever it still sends is refused
 * everywhere.
 */
export const fence = (turn: TransactionTurn, endings: Endings, open: Transaction): void => {
  const prepared = turn.write({
    ...open,
    state: 'PrepareAbort',
    producerEpoch: open.producerEpoch + 1,
    lastProducerEpoch: NONE,
  })
  endings.begin(turn, prepared)
}
