import { codeOf } from '../../../protocol/errors.ts'
import { DescribeProducers, FindCoordinator, InitProducerId, Produce } from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import type { Talk } from '../talk.ts'
import { batchWith, keep } from './records.ts'

const initProducerIds: Exchange = {
  id: 'init-producer-id',
  async play(talk) {
    await talk.each('idempotent', InitProducerId, () => ({ transactionalId: null, transactionTimeoutMs: 1000 }), {
      to: 5,
    })
    const ask = (label: string, more: object) =>
      talk.ask(label, InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1000, ...more })
    await ask('with an id and epoch', { producerId: 12345, producerEpoch: 3 })
    await ask('with an id but no epoch', { producerId: 12345, producerEpoch: -1 })
    await ask('with an epoch but no id', { producerId: -1, producerEpoch: 3 })
    await ask('a timeout of 0', { transactionTimeoutMs: 0 })
    await ask('a negative timeout', { transactionTimeoutMs: -1 })
    await ask('an empty transactional id', { transactionalId: '' })
    await talk.ask('another id each time', InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1000 })
    await talk.ask('another id each time', InitProducerId, 5, { transactionalId: null, transactionTimeoutMs: 1000 })
  },
}

/** What Kafka's coordinators answer before they are there. */
const loading = new Set(
  (['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR'] as const).map(codeOf),
)

const transactionalIds: Exchange = {
  id: 'init-transactional-id',
  async play(talk) {
    const transactional = { transactionalId: talk.fresh('tx'), transactionTimeoutMs: 1000 }
    const served = ({ errorCode }: { errorCode: number }): boolean => !loading.has(errorCode)
    await talk.quietly(FindCoordinator, 2, { key: transactional.transactionalId, keyType: 1 })
    await talk.ask('a transactional id', InitProducerId, 4, transactional, { until: served })
    await talk.ask('the transactional id again', InitProducerId, 4, transactional, { until: served })
    await talk.ask('a timeout of 0', InitProducerId, 4, { transactionalId: talk.fresh('tx'), transactionTimeoutMs: 0 })
    await talk.ask('a timeout above the maximum', InitProducerId, 4, {
      transactionalId: talk.fresh('tx'),
      transactionTimeoutMs: 1_000_000,
    })
  },
}

/** A producer that sends one batch after the other to one partition of a new topic. */
const producer = async (talk: Talk) => {
  const { name } = await talk.topic('t', 1, keep)
  const { producerId } = await talk.quietly(InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1000 })
  const send = (label: string, baseSequence: number, producerEpoch = 0, count = 1) =>
    talk.ask(label, Produce, 11, {
      ...{ acks: -1, timeoutMs: 10_000 },
      topicData: [
        {
          name,
          partitionData: [
            {
              index: 0,
              records: [batchWith({ producerId, producerEpoch, baseSequence }, ...Array<string>(count).fill('v'))],
            },
          ],
        },
      ],
    })
  const describe = (label: string) =>
    talk.ask(`after ${label}`, DescribeProducers, 0, { topics: [{ name, partitionIndexes: [0] }] })
  return { name, send, describe }
}

const sequences: Exchange = {
  id: 'idempotent-sequences',
  async play(talk) {
    const { send, describe } = await producer(talk)
    await send('first', 0, 0, 2)
    await describe('the first batch')
    await send('next', 2)
    await send('first again', 0, 0, 2)
    await send('next again', 2)
    await send('a gap', 5)
    await send('a sequence of old', 1)
    await send('first again, with fewer records', 0, 0, 1)
    await send('first again, with more records', 0, 0, 3)
    for (let sequence = 3; sequence < 9; sequence++) await send(`batch ${sequence}`, sequence)
    await send('the fifth from the end', 4)
    await send('the sixth from the end', 3)
    await send('first again, long ago', 0, 0, 2)
    await describe('all this')
  },
}

const epochs: Exchange = {
  id: 'idempotent-epochs',
  async play(talk) {
    const { send, describe } = await producer(talk)
    await send('first', 0, 3)
    await send('an older epoch', 1, 2)
    await send('an older epoch from 0', 0, 2)
    await send('a newer epoch not from 0', 1, 4)
    await send('a newer epoch from 0', 0, 4)
    await describe('a newer epoch')
    await send('next of the old epoch', 1, 3)
    await send('next of the new epoch', 1, 4)
    await send('the last epoch', 0, 32767)
    await describe('the last epoch')
  },
}

const wrapped: Exchange = {
  id: 'idempotent-wrap',
  async play(talk) {
    const last = 2147483647
    const { send, describe } = await producer(talk)
    await send('a new producer in the middle', last - 1)
    await send('over the wrap', last, 0, 3)
    await describe('the wrap')
    await send('next', 2)
    await send('over the wrap again', last, 0, 3)
    await send('last but not wrapped', last, 0, 1)
    const second = await producer(talk)
    await second.send('up to the last', last)
    await second.send('then 0', 0)
    await second.send('then 1', 1)
    await second.describe('then 1')
  },
}

const described: Exchange = {
  id: 'describe-producers',
  async play(talk) {
    const { name, send } = await producer(talk)
    const missing = talk.fresh('missing')
    const ask = (label: string, ...topics: { name: string; partitionIndexes: number[] }[]) =>
      talk.ask(label, DescribeProducers, 0, { topics })
    await ask('none', { name, partitionIndexes: [0] })
    await send('one', 0)
    await ask('one', { name, partitionIndexes: [0] })
    await ask(
      'unknown partitions and topics',
      { name, partitionIndexes: [5, 0] },
      { name: missing, partitionIndexes: [0] },
    )
    await ask('bad names', { name: 'bad/name', partitionIndexes: [0] }, { name: '', partitionIndexes: [0] })
    await ask('a partition twice', { name, partitionIndexes: [0, 0] })
    await ask('nothing')
  },
}

/** InitProducerId, sequences, DescribeProducers. */
export const producers: readonly Exchange[] = [initProducerIds, transactionalIds, sequences, epochs, wrapped, described]
