import test from 'ava'
import { type KafkaError, nameOf } from '../../protocol/errors.ts'
import type { Broker } from '../broker.ts'
import { Stage } from '../partition/testing/stage.ts'
import { initProducerId } from './init-producer-id.ts'

const asked = async (request: { transactionalId?: string; producerId?: number; producerEpoch?: number }) => {
  const broker = { producerIds: { next: () => 77 } } as unknown as Broker
  const { context } = new Stage().context(4)
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

test('an idempotent producer gets a new id with epoch 0, also one that had an id', async t => {
  t.like(await asked({}), { errorCode: 0, producerId: 77, producerEpoch: 0 })
  t.like(await asked({ producerId: 5, producerEpoch: 3 }), { errorCode: 0, producerId: 77, producerEpoch: 0 })
})

test('an id without epoch, and a transactional id, are INVALID_REQUEST', async t => {
  for (const request of [{ producerId: 5 }, { producerEpoch: 0 }, { transactionalId: '' }, { transactionalId: 'x' }]) {
    const answer = await asked(request)
    t.is(nameOf(answer.errorCode), 'INVALID_REQUEST')
    t.like(answer, { producerId: -1, producerEpoch: -1 })
  }
})
