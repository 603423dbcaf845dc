import type { Endings } from './endings.ts'
import type { TransactionTurn } from './transaction-turn.ts'
import type { Transaction } from './transaction.ts'

/**
 * Aborts an open transaction without an EndTxn of its producer: under the next epoch, so that whatever is still on its way
 * is refused everywhere.
 * @param lastProducerEpoch the epoch whose owner may ask for the next one; −1: nobody may
 */
export const fence = (turn: TransactionTurn, endings: Endings, open: Transaction, lastProducerEpoch: number): void => {
  const prepared = turn.write({
    ...open,
    state: 'PrepareAbort',
    producerEpoch: open.producerEpoch + 1,
    lastProducerEpoch,
  })
  endings.begin(turn, prepared)
}
