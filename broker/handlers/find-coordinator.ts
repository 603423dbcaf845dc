import { KafkaError } from '../../protocol/errors.ts'
import { FindCoordinator } from '../../protocol/messages/find-coordinator.ts'
import type { Broker } from '../broker.ts'
import { each } from './each.ts'
import { type Context, handler } from './handler.ts'

const GROUP = 0
const TRANSACTION = 1
const SHARE = 2

interface Found {
  readonly key: string
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly errorCode: number
  readonly errorMessage: string | null
}

/**
 * Which broker coordinates a group or a transactional id. One key up to version 3, many from 4 (KIP-699). COORDINATOR_NOT_AVAILABLE while there
 * is none; INVALID_REQUEST for a type of key that isn't served.
 */
export const findCoordinator = handler(FindCoordinator, {
  async handle(request, context, broker) {
    const keys = context.apiVersion < 4 ? [request.key] : request.coordinatorKeys
    const found = await each(
      keys,
      key => find(request.keyType, key, context, broker),
      (key, error) => notFound(key, error),
    )
    return context.apiVersion < 4 ? alone(found[0]!) : { coordinators: found }
  },
  refuse: (request, error, context) =>
    context.apiVersion < 4
      ? alone(notFound(request.key, error))
      : { coordinators: request.coordinatorKeys.map(key => notFound(key, error)) },
})

/** Up to version 3 the answer is that of one key. */
const alone = ({ key: _, ...found }: Found) => found

const find = async (keyType: number, key: string, context: Context, broker: Broker): Promise<Found> => {
  const nodeId = await coordinatorOf(keyType, key, broker)
  const node = broker.cluster.brokers().find(({ id }) => id === nodeId)
  if (node === undefined) throw new KafkaError('COORDINATOR_NOT_AVAILABLE', `no broker leads the partition of ${key}`)
  const { host, port } = broker.cluster.advertised(node, context.client)
  // Kafka says NONE to one key and nothing to many.
  return { key, nodeId, host, port, errorCode: 0, errorMessage: context.apiVersion < 4 ? 'NONE' : '' }
}

/** INVALID_REQUEST for what has no coordinator here: Java and Python clients give up at it, librdkafka when its time is over. */
const coordinatorOf = (keyType: number, key: string, { groups, transactions }: Broker): Promise<number> => {
  if (keyType === GROUP) return groups.coordinatorOf(key)
  if (keyType === TRANSACTION) return transactions.coordinatorOf(key)
  if (keyType === SHARE) throw new KafkaError('INVALID_REQUEST', 'this broker has no share groups')
  throw new KafkaError('INVALID_REQUEST', `${keyType} is no type of key: 0 is a group, 1 a transactional id`)
}

const notFound = (key: string, error: KafkaError): Found => ({
  key,
  nodeId: -1,
  host: '',
  port: -1,
  errorCode: error.code,
  errorMessage: error.detail ?? error.name,
})
