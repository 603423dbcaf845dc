import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { EndTxn } from '../../protocol/messages/end-txn.ts'
import { fencedAs } from '../transactions/fenced-as.ts'
import { handler } from './handler.ts'

/** From this version PRODUCER_FENCED is known (KIP-588). */
const FENCED_FROM = 2
/** From this version every transaction has an epoch of its own (KIP-890). */
const EPOCHS_FROM = 5

/** Commits or aborts a transaction; see `transactions/end-transaction.ts`. INVALID_REQUEST for an empty id. */
export const endTxn = handler(EndTxn, {
  async handle({ transactionalId, producerId, producerEpoch, committed }, { apiVersion }, { transactions }) {
    if (transactionalId === '') throw new KafkaError('INVALID_REQUEST', 'the transactional id is empty')
    const clientVersion = apiVersion >= EPOCHS_FROM ? 2 : 0
    const reply = await transactions.end({ transactionalId, producerId, producerEpoch, committed, clientVersion })
    return {
      throttleTimeMs: 0,
      errorCode: codeOf(fencedAs(reply.error, apiVersion >= FENCED_FROM)),
      producerId: reply.producerId,
      producerEpoch: reply.producerEpoch,
    }
  },
  refuse: (_request, error) => ({ throttleTimeMs: 0, errorCode: error.code }),
})
