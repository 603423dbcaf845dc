import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { InitProducerId } from '../../protocol/messages/init-producer-id.ts'
import { handler } from './handler.ts'

const NONE = -1

/**
 * InitProducerId: an id for an idempotent producer (KIP-98). Always a new one with epoch 0: an idempotent producer raises its
 * epoch by itself (KIP-360), so what it says of its old id and epoch is only checked to be a pair.
 */
export const initProducerId = handler(InitProducerId, {
  async handle(request, _context, broker) {
    if ((request.producerId === NONE) !== (request.producerEpoch === NONE))
      throw new KafkaError('INVALID_REQUEST', 'a producer id and a producer epoch are given together or not at all')
    if (request.transactionalId !== null)
      throw new KafkaError('INVALID_REQUEST', `transactions are not served yet (${request.transactionalId})`)
    return { errorCode: 0, producerId: await broker.producerIds.next(), producerEpoch: 0 }
  },
  refuse: (_request, error) => ({ errorCode: codeOf(error.name), producerId: NONE, producerEpoch: NONE }),
})
