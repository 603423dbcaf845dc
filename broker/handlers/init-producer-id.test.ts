import test from 'ava'
import { type KafkaError, nameOf } from '../../protocol/errors.ts'
import type { Broker } from '../broker.ts'
import { Stage } from '../partition/testing/stage.ts'
import { initProducerId } from './init-producer-id.ts'

interface Asked {
  readonly transactionalId?: string
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly enable2Pc?: boolean
  readonly keepPreparedTxn?: boolean
}

const asked = async (request: Asked, version = 4) => {
  const init = async ({ transactionalId }: { transactionalId: string }) =>
    transactionalId === 'fenced'
      ? { error: 'PRODUCER_FENCED', producerId: -1, producerEpoch: -1 }
      : { error: 'NONE', producerId: 5, producerEpoch: 3 }
  const broker = { producerIds: { next: () => 77 }, transactions: { init } } as unknown as Broker
  const { context } = new Stage().context(version)
  const whole = {
    transactionalId: null,
    transactionTimeoutMs: 0,
    producerId: -1,
    producerEpoch: -1,
    enable2Pc: false,
    keepPreparedTxn: false,
    ...request,
  }
  try {
    return (await initProducerId.handle(whole, context, broker))!
  } catch (error) {
    return initProducerId.refuse(whole, error as KafkaError, context)
  }
}

/** The error; beside one there is never an id. */
const errorOf = async (request: Asked, version?: number): Promise<string> => {
  const { errorCode, producerId, producerEpoch } = await asked(request, version)
  if (producerId !== -1 || producerEpoch !== -1) throw new Error(`${nameOf(errorCode)} with an id`)
  return nameOf(errorCode)
}

test('an idempotent producer gets a new id with epoch 0, also one that had an id', async t => {
  t.like(await asked({}), { errorCode: 0, producerId: 77, producerEpoch: 0 })
  t.like(await asked({ producerId: 5, producerEpoch: 3 }), { errorCode: 0, producerId: 77, producerEpoch: 0 })
  t.like(await asked({ enable2Pc: true, keepPreparedTxn: true }, 6), { errorCode: 0, producerId: 77 })
})

test('a transactional producer gets what its coordinator says', async t => {
  t.like(await asked({ transactionalId: 'x' }), { errorCode: 0, producerId: 5, producerEpoch: 3 })
})

test('an id without epoch, and an empty transactional id, are INVALID_REQUEST', async t => {
  for (const request of [{ producerId: 5 }, { producerEpoch: 0 }, { transactionalId: '' }])
    t.is(await errorOf(request), 'INVALID_REQUEST')
})

test('a fenced producer is told so as its version knows it', async t => {
  t.is(await errorOf({ transactionalId: 'fenced' }, 3), 'INVALID_PRODUCER_EPOCH')
  t.is(await errorOf({ transactionalId: 'fenced' }, 4), 'PRODUCER_FENCED')
})

test('two-phase commit is off, as observed with Kafka 4.3', async t => {
  t.is(await errorOf({ transactionalId: 'x', enable2Pc: true }, 6), 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
  t.is(await errorOf({ transactionalId: 'x', keepPreparedTxn: true }, 6), 'UNSUPPORTED_VERSION')
  t.is(
    await errorOf({ transactionalId: 'x', enable2Pc: true, keepPreparedTxn: true }, 6),
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  )
  t.is(await errorOf({ transactionalId: '', enable2Pc: true }, 6), 'INVALID_REQUEST')
})
