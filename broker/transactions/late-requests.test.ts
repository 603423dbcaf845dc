/** KIP-890: a request of an older transaction that comes late, or again, has no part in a later one. */
import test from 'ava'
import { GroupBroker } from '../groups/group-broker.test.fixture.ts'
import { addOffsetsToTxn } from '../handlers/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../handlers/add-partitions-to-txn.ts'
import { describeTransactions } from '../handlers/describe-transactions.ts'
import { initProducerId } from '../handlers/init-producer-id.ts'
import { txnOffsetCommit } from '../handlers/txn-offset-commit.ts'
import { end, ends, init, type Producer, send } from './transacting.test.fixture.ts'

/** What an older transaction of the producer may still have on the way: each is delivered late, and again. */
const lateRequests = (broker: GroupBroker, old: Producer): Readonly<Record<string, () => Promise<unknown>>> => {
  const own = { transactionalId: 'tx', ...old }
  const topics = [{ name: 't', partitions: [2] }]
  const first = {
    v3AndBelowTransactionalId: 'tx',
    v3AndBelowProducerId: old.producerId,
    v3AndBelowProducerEpoch: old.producerEpoch,
    v3AndBelowTopics: topics,
  }
  const offsets = [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 99, committedMetadata: '' }] }]
  return {
    'a Produce of the second kind': () => send(broker, old),
    'a Produce of the second kind, to another partition': () => send(broker, old, { index: 2 }),
    'a Produce of the first kind': () => send(broker, old, { version: 11 }),
    'a Produce of the first kind, to another partition': () => send(broker, old, { index: 2, version: 11 }),
    'a Produce with the next sequence': () => send(broker, old, { sequence: 1 }),
    'AddPartitionsToTxn of a client': () => broker.ask(addPartitionsToTxn, 3, first),
    'AddPartitionsToTxn of a broker': () => broker.ask(addPartitionsToTxn, 5, { transactions: [{ ...own, topics }] }),
    AddOffsetsToTxn: () => broker.ask(addOffsetsToTxn, 4, { ...own, groupId: 'g' }),
    'TxnOffsetCommit of the first kind': () =>
      broker.ask(txnOffsetCommit, 3, { ...own, groupId: 'g', topics: offsets }),
    'TxnOffsetCommit of the second kind': () =>
      broker.ask(txnOffsetCommit, 5, { ...own, groupId: 'g', topics: offsets }),
    'a commit of the first kind': () => end(broker, old, true, 4),
    'an abort of the first kind': () => end(broker, old, false, 4),
    'a commit of the second kind': () => end(broker, old, true),
    'an abort of the second kind': () => end(broker, old, false),
    InitProducerId: () => broker.ask(initProducerId, 5, { ...own, transactionTimeoutMs: 60_000 }),
  }
}

/** All that late requests could have changed. */
const standing = async (broker: GroupBroker) => {
  const described = await broker.ask(describeTransactions, 0, { transactionalIds: ['tx'] })
  const topics = [{ topic: 't', partitions: [0] }]
  const offsets = await broker.groups.ask({ type: 'fetchOffsets', groupId: 'g', topics, requireStable: true })
  return { ends: await ends(broker), described, offsets }
}

test('what is late of an older epoch, once or twice, changes nothing of a later transaction', async t => {
  const broker = await GroupBroker.start()
  await broker.groups.coordinatorOf('g')
  const old = await init(broker)
  t.is(await send(broker, old), 'NONE')
  const open = await end(broker, old, true)
  t.is(await send(broker, open), 'NONE')
  const before = await standing(broker)
  for (const [name, deliver] of Object.entries(lateRequests(broker, old))) {
    await deliver()
    t.deepEqual(await standing(broker), before, name)
    await deliver()
    t.deepEqual(await standing(broker), before, `${name}, again`)
  }
  const done = await end(broker, open, true)
  t.is(done.error, 'NONE')
  const after = await standing(broker)
  for (const [name, deliver] of Object.entries(lateRequests(broker, open))) {
    if (name === 'InitProducerId') continue // it is its own: the answer to its last one may have been lost
    await deliver()
    t.deepEqual(await standing(broker), after, `${name}, between two transactions`)
  }
  t.deepEqual(after.ends, [4, 4], 'two records and two markers')
})
