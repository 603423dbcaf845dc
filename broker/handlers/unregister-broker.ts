import { KafkaError } from '../../protocol/errors.ts'
import { UnregisterBroker } from '../../protocol/messages/unregister-broker.ts'
import { handler } from './handler.ts'

/**
 * UnregisterBroker (KIP-500): forgets a broker that is gone for good. Brokers are known as long as they run, so there is never one
 * to forget: BROKER_ID_NOT_REGISTERED for those that don't run, INVALID_REQUEST for those that do.
 */
export const unregisterBroker = handler(UnregisterBroker, {
  handle({ brokerId }, _context, { cluster }) {
    if (cluster.brokers().some(({ id }) => id === brokerId))
      throw new KafkaError('INVALID_REQUEST', `broker ${brokerId} is running; it leaves the cluster when it is stopped`)
    throw new KafkaError('BROKER_ID_NOT_REGISTERED', `Broker ID ${brokerId} is not currently registered`)
  },
  refuse: (_request, { code, detail }) => ({ throttleTimeMs: 0, errorCode: code, errorMessage: detail }),
})
