import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { AddOffsetsToTxn } from '../../protocol/messages/add-offsets-to-txn.ts'
import { fencedAs } from '../transactions/fenced-as.ts'
import { handler } from './handler.ts'

/** From this version PRODUCER_FENCED is known (KIP-588). */
const FENCED_FROM = 2

/**
 * Adds the partition that keeps a group's offsets to a transaction; see `transactions/add-partitions.ts`. INVALID_REQUEST for
 * an empty id.
 */
export const addOffsetsToTxn = handler(AddOffsetsToTxn, {
  async handle(request, { apiVersion }, { groups, transactions }) {
    const { transactionalId, producerId, producerEpoch, groupId } = request
    if (transactionalId === '') throw new KafkaError('INVALID_REQUEST', 'the transactional id is empty')
    const partition = await groups.partitionOf(groupId)
    const [error = 'UNKNOWN_SERVER_ERROR'] = await transactions.add({
      ...{ transactionalId, producerId, producerEpoch },
      ...{ verifyOnly: false, clientVersion: 0, partitions: [partition] },
    })
    return { throttleTimeMs: 0, errorCode: codeOf(fencedAs(error, apiVersion >= FENCED_FROM)) }
  },
  refuse: (_request, error) => ({ throttleTimeMs: 0, errorCode: error.code }),
})
