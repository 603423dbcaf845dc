/** Transactions through the whole broker but its sockets: coordinator, partitions, group offsets, over the memory engine. */
import test from 'ava'
import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { allOutcomes, type Engine } from '../../storage/engine.ts'
import { GroupBroker } from '../groups/group-broker.test.fixture.ts'
import { addOffsetsToTxn } from '../handlers/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../handlers/add-partitions-to-txn.ts'
import { endTxn } from '../handlers/end-txn.ts'
import { settled } from '../testing/manual-clock.ts'
import { end, ends, init, send, stateOf } from './transacting.test.fixture.ts'

/** An engine whose appends to topic `t` fail while `state.failing`: its leader is as good as away. */
const flawed = (engine: Engine, state: { failing: boolean; topicId: string }): Engine => {
  const append: Engine['append'] = requests => {
    if (!state.failing) return engine.append(requests)
    const fails = requests.map(({ log }) => log.id.startsWith(`data/${state.topicId}/`))
    const sound = requests.filter((_, index) => !fails[index])
    const outcomes = sound.length === 0 ? Promise.resolve([]) : allOutcomes(engine.append(sound))
    return outcomes.then(done => {
      const left = [...done]
      return fails.map(failed => (failed ? ({ ok: false, reason: 'failed', end: 0 } as const) : left.shift()!))
    })
  }
  return new Proxy(engine, {
    get(target, key) {
      if (key === 'append') return append
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

test('the transactions topic is made when a transactional id is first used, compacted, with the partitions that are set', async t => {
  const broker = await GroupBroker.start({ 'transaction.state.log.num.partitions': '7' })
  t.deepEqual(await broker.transactions.list(), [])
  t.is(broker.cluster.topic('__transaction_state'), undefined)
  t.is(await broker.transactions.coordinatorOf('tx'), 1)
  const topic = broker.cluster.topic('__transaction_state')!
  t.is(topic.partitions.length, 7)
  t.true(topic.internal)
  t.true(topic.settings.cleanupCompact)
})

test('what is written in a transaction counts when it is committed, for both versions of transactions', async t => {
  const broker = await GroupBroker.start()
  let producer = await init(broker)
  t.is(await send(broker, producer), 'NONE')
  t.is(await stateOf(broker), 'Ongoing')
  t.deepEqual(await ends(broker), [0, 1])
  const ended = await end(broker, producer, true)
  t.deepEqual(ended, { error: 'NONE', producerId: producer.producerId, producerEpoch: 1 })
  t.is(await stateOf(broker), 'CompleteCommit')
  t.deepEqual(await ends(broker), [2, 2], 'the marker is behind the record')
  producer = ended
  const topics = [{ name: 't', partitions: [0] }]
  const answer = await broker.ask(addPartitionsToTxn, 3, {
    v3AndBelowTransactionalId: 'tx',
    v3AndBelowProducerId: producer.producerId,
    v3AndBelowProducerEpoch: producer.producerEpoch,
    v3AndBelowTopics: topics,
  })
  t.is(answer.resultsByTopicV3AndBelow![0]!.resultsByPartition[0]!.partitionErrorCode, 0)
  t.is(await send(broker, producer, { version: 11 }), 'NONE')
  t.deepEqual(await end(broker, producer, false, 4), { error: 'NONE', producerId: -1, producerEpoch: -1 })
  t.is(await stateOf(broker), 'CompleteAbort')
  t.deepEqual(await ends(broker), [4, 4])
})

test('a transaction ends when the leaders of its partitions are back, and the next one waits so long', async t => {
  const state = { failing: false, topicId: '' }
  const broker = await GroupBroker.start({}, undefined, engine => flawed(engine, state))
  state.topicId = broker.cluster.topic('t')!.id
  const producer = await init(broker)
  t.is(await send(broker, producer), 'NONE')
  state.failing = true
  const ended = await end(broker, producer, true)
  t.is(ended.error, 'NONE', 'the decision is durable')
  await broker.clock.advance(5000)
  t.is(await stateOf(broker), 'PrepareCommit')
  t.deepEqual(await ends(broker), [0, 1])
  t.is((await end(broker, ended, false)).error, 'CONCURRENT_TRANSACTIONS')
  state.failing = false
  await broker.clock.advance(1000)
  t.is(await stateOf(broker), 'CompleteCommit')
  t.deepEqual(await ends(broker), [2, 2])
})

test('after a restart a transaction that was decided is ended, and an open one when its time is over', async t => {
  const state = { failing: false, topicId: '' }
  const before = await GroupBroker.start({}, undefined, engine => flawed(engine, state))
  state.topicId = before.cluster.topic('t')!.id
  const producer = await init(before)
  await send(before, producer)
  const open = await init(before, 'open', 30_000)
  const addOffsets = { transactionalId: 'open', ...open, groupId: 'g' }
  t.is((await before.ask(addOffsetsToTxn, 3, addOffsets)).errorCode, 0)
  state.failing = true
  t.is((await end(before, producer, true)).error, 'NONE')
  await before.stop()
  state.failing = false
  const broker = await GroupBroker.start({}, before)
  t.is((await broker.transactions.list()).length, 2, 'without being asked for')
  await settled()
  t.is(await stateOf(broker), 'CompleteCommit')
  t.deepEqual(await ends(broker), [2, 2])
  t.is(await stateOf(broker, 'open'), 'Ongoing')
  await broker.clock.advance(45_000)
  t.is(await stateOf(broker, 'open'), 'CompleteAbort')
})

test('a topic that is deleted holds no transaction up', async t => {
  const state = { failing: false, topicId: '' }
  const broker = await GroupBroker.start({}, undefined, engine => flawed(engine, state))
  state.topicId = await broker.createTopic('gone')
  const producer = await init(broker)
  t.is(await send(broker, producer), 'NONE')
  t.is(await send(broker, producer, { topic: 'gone' }), 'NONE')
  state.failing = true
  t.is((await end(broker, producer, true)).error, 'NONE')
  t.is(await stateOf(broker), 'PrepareCommit')
  t.deepEqual(await ends(broker), [2, 2], 'where the leader is there the marker is written')
  await broker.cluster.deleteTopics([{ name: 'gone' }])
  await broker.clock.advance(1000)
  t.is(await stateOf(broker), 'CompleteCommit')
})

test('many transactions at once all end', async t => {
  const broker = await GroupBroker.start()
  const ids = Array.from({ length: 60 }, (_, n) => `tx-${n}`)
  await Promise.all(
    ids.map(async transactionalId => {
      const producer = await init(broker, transactionalId)
      const request = { transactionalId, ...producer }
      const [[error]] = (await broker.transactions.addPartitions([
        { ...request, verifyOnly: false, partitions: [{ topic: 't', partition: 0 }] },
      ])) as [[string]]
      t.is(error, 'NONE')
      const { errorCode } = await broker.ask(endTxn, 5, { ...request, committed: true })
      t.is(errorCode, 0)
    }),
  )
  await settled()
  const listed = await broker.transactions.list()
  t.is(listed.length, 60)
  t.true(listed.every(({ state }) => state === 'CompleteCommit'))
  t.is(new Set(listed.map(({ producerId }) => producerId)).size, 60)
})

test('a coordinator that stops says so to those who ask', async t => {
  const broker = await GroupBroker.start()
  const producer = await init(broker)
  await broker.stop()
  const answer = await broker.ask(endTxn, 5, { transactionalId: 'tx', ...producer, committed: true })
  t.is(answer.errorCode, codeOf('NOT_COORDINATOR'))
  const asked = { transactionalId: 'tx', ...producer, verifyOnly: false, partitions: [{ topic: 't', partition: 0 }] }
  t.deepEqual(await broker.transactions.addPartitions([asked]), [['NOT_COORDINATOR']])
  const error = await t.throwsAsync(() => broker.transactions.describe('tx'), { any: true, instanceOf: KafkaError })
  t.is((error as unknown as KafkaError).name, 'NOT_COORDINATOR')
})

test('a coordinator’s topic that is deleted and made again begins anew', async t => {
  const broker = await GroupBroker.start()
  await init(broker)
  await broker.cluster.deleteTopics([{ name: '__transaction_state' }])
  t.is(await stateOf(broker), 'TRANSACTIONAL_ID_NOT_FOUND')
  t.is((await init(broker)).producerEpoch, 0)
})
