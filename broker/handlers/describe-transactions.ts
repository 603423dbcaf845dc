import { KafkaError } from '../../protocol/errors.ts'
import { DescribeTransactions } from '../../protocol/messages/describe-transactions.ts'
import type { Transactions } from '../transactions/transactions.ts'
import { each } from './each.ts'
import { handler } from './handler.ts'

/** Describes transactional ids. Each: its state, INVALID_REQUEST (empty), TRANSACTIONAL_ID_NOT_FOUND, or its coordinator's error. */
export const describeTransactions = handler(DescribeTransactions, {
  async handle(request, _context, { transactions }) {
    const transactionStates = await each(
      request.transactionalIds,
      id => describe(id, transactions),
      (id, error) => failed(id, error),
    )
    return { throttleTimeMs: 0, transactionStates }
  },
  refuse: (request, error) => ({
    throttleTimeMs: 0,
    transactionStates: request.transactionalIds.map(id => failed(id, error)),
  }),
})

const describe = async (transactionalId: string, transactions: Transactions) => {
  if (transactionalId === '') throw new KafkaError('INVALID_REQUEST', 'the transactional id is empty')
  const found = await transactions.describe(transactionalId)
  if (found === null) throw new KafkaError('TRANSACTIONAL_ID_NOT_FOUND')
  const { state, timeoutMs, startMs, producerId, producerEpoch, partitions } = found
  return {
    errorCode: 0,
    transactionalId,
    transactionState: state as string,
    transactionTimeoutMs: timeoutMs,
    transactionStartTimeMs: startMs,
    producerId,
    producerEpoch,
    topics: Array.from(partitions, ([topic, indexes]) => ({ topic, partitions: [...indexes] })),
  }
}

const failed = (transactionalId: string, error: KafkaError) => ({
  errorCode: error.code,
  transactionalId,
  transactionState: '',
  transactionTimeoutMs: 0,
  transactionStartTimeMs: 0,
  producerId: 0,
  producerEpoch: 0,
  topics: [],
})
