import { ListTransactions } from '../../protocol/messages/list-transactions.ts'
import { RegularExpression } from '../regex/regular-expression.ts'
import type { ListedTransaction } from '../transactions/transaction-events.ts'
import { transactionStates } from '../transactions/transaction.ts'
import { handler } from './handler.ts'

/**
 * Lists the transactional ids that this broker coordinates, by state, producer id, how long a transaction is open (KIP-994)
 * and name (KIP-1152). INVALID_REGULAR_EXPRESSION.
 */
export const listTransactions = handler(ListTransactions, {
  async handle(request, _context, { transactions, clock }) {
    const { stateFilters, producerIdFilters, durationFilter = -1, transactionalIdPattern = null } = request
    const pattern = transactionalIdPattern ? new RegularExpression(transactionalIdPattern) : null
    const states = new Set(stateFilters)
    const producerIds = new Set(producerIdFilters)
    const startedBefore = clock.now() - durationFilter
    const matches = ({ transactionalId, state, producerId, startMs }: ListedTransaction): boolean =>
      (states.size === 0 || states.has(state)) &&
      (producerIds.size === 0 || producerIds.has(producerId)) &&
      (durationFilter < 0 || startMs < startedBefore) &&
      (pattern === null || pattern.matches(transactionalId))
    const listed = (await transactions.list()).filter(matches)
    return {
      throttleTimeMs: 0,
      errorCode: 0,
      unknownStateFilters: stateFilters.filter(state => !(transactionStates as readonly string[]).includes(state)),
      transactionStates: listed.map(({ transactionalId, producerId, state }) => ({
        transactionalId,
        producerId,
        transactionState: state,
      })),
    }
  },
  refuse: (_request, error) => ({
    throttleTimeMs: 0,
    errorCode: error.code,
    unknownStateFilters: [],
    transactionStates: [],
  }),
})
