import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { InitProducerId } from '../../protocol/messages/init-producer-id.ts'
import { fencedAs } from '../transactions/fenced-as.ts'
import { handler } from './handler.ts'

const NONE = -1
/** From this version PRODUCER_FENCED is known (KIP-588). */
const FENCED_FROM = 4

/**
 * InitProducerId: an id for a producer (KIP-98). An idempotent one always gets a new one with epoch 0: it raises its epoch by
 * itself (KIP-360), so what it says of its old id and epoch is only checked to be a pair. A transactional one is told by its
 * coordinator (`transactions/init-producer.ts`).
 */
export const initProducerId = handler(InitProducerId, {
  async handle(request, { apiVersion }, { producerIds, transactions }) {
    const { transactionalId, transactionTimeoutMs: timeoutMs, producerId, producerEpoch } = request
    if ((producerId === NONE) !== (producerEpoch === NONE))
      throw new KafkaError('INVALID_REQUEST', 'a producer id and a producer epoch are given together or not at all')
    if (transactionalId === null) return { errorCode: 0, producerId: await producerIds.next(), producerEpoch: 0 }
    if (transactionalId === '') throw new KafkaError('INVALID_REQUEST', 'the transactional id is empty')
    if (request.enable2Pc) throw new KafkaError('TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'two-phase commit is off')
    if (request.keepPreparedTxn) throw new KafkaError('UNSUPPORTED_VERSION', 'prepared transactions are not kept')
    const reply = await transactions.init({ transactionalId, timeoutMs, producerId, producerEpoch })
    return {
      errorCode: codeOf(fencedAs(reply.error, apiVersion >= FENCED_FROM)),
      producerId: reply.producerId,
      producerEpoch: reply.producerEpoch,
    }
  },
  refuse: (_request, error) => ({ errorCode: error.code, producerId: NONE, producerEpoch: NONE }),
})
