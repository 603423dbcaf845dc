import test from 'ava'
import { KafkaError, nameOf } from '../../protocol/errors.ts'
import { GroupBroker } from './group-broker.test.fixture.ts'
import { NO_TOPIC_ID } from './group-record.ts'
import type { GroupQuestion } from './groups.ts'

const commit = (groupId: string, topic = 't', offset = 5): GroupQuestion & { type: 'commit' } => ({
  type: 'commit',
  groupId,
  generationId: -1,
  memberId: '',
  groupInstanceId: null,
  retentionTimeMs: -1,
  unknownGroup: 'GROUP_ID_NOT_FOUND',
  offsets: [{ topic, topicId: NO_TOPIC_ID, partition: 0, offset, leaderEpoch: -1, metadata: '', commitTimestamp: -1 }],
})

const committed = async (broker: GroupBroker, groupId: string, topic = 't'): Promise<number> => {
  const topics = [{ topic, partitions: [0] }]
  const [fetched] = await broker.groups.ask({ type: 'fetchOffsets', groupId, topics, requireStable: false })
  return fetched!.partitions[0]!.offset
}

test('the offsets topic is made when a group is first used, compacted, with the partitions that are set', async t => {
  const broker = await GroupBroker.start({ 'offsets.topic.num.partitions': '7' })
  t.deepEqual(await broker.groups.list(), [])
  t.is(broker.cluster.topic('__consumer_offsets'), undefined)
  await Promise.all([broker.groups.ask(commit('a')), broker.groups.ask(commit('b')), broker.groups.coordinatorOf('c')])
  const topic = broker.cluster.topic('__consumer_offsets')!
  t.is(topic.partitions.length, 7)
  t.true(topic.internal)
  t.true(topic.settings.cleanupCompact)
  t.is(await broker.groups.coordinatorOf('a'), 1)
})

test('groups of all partitions are listed', async t => {
  const broker = await GroupBroker.start()
  const ids = Array.from({ length: 100 }, (_, n) => `group-${n}`)
  await Promise.all(ids.map(id => broker.groups.ask(commit(id))))
  const listed = await broker.groups.list()
  t.deepEqual(listed.map(({ groupId }) => groupId).sort(), [...ids].sort())
})

test('after a restart everything that was acknowledged is there, and is listed without being asked for', async t => {
  const before = await GroupBroker.start()
  await Promise.all(Array.from({ length: 20 }, (_, n) => before.groups.ask(commit(`group-${n}`, 't', n))))
  await before.stop()
  const broker = await GroupBroker.start({}, before)
  t.is((await broker.groups.list()).length, 20)
  for (let n = 0; n < 20; n++) t.is(await committed(broker, `group-${n}`), n)
})

test('offsets expire after a restart too, in groups that nobody asks for', async t => {
  const settings = { 'offsets.retention.minutes': '10', 'offsets.retention.check.interval.ms': '60000' }
  const before = await GroupBroker.start(settings)
  await before.groups.ask(commit('old'))
  await before.stop()
  const broker = await GroupBroker.start(settings, before)
  await broker.clock.advance(11 * 60_000)
  t.deepEqual(await broker.groups.list(), [])
})

test('committed offsets vanish with their topic, before its deletion is answered', async t => {
  const broker = await GroupBroker.start()
  await broker.createTopic('u')
  await broker.groups.ask(commit('g', 't'))
  await broker.groups.ask(commit('g', 'u'))
  await broker.cluster.deleteTopics([{ name: 't' }])
  t.is(await committed(broker, 'g', 't'), -1)
  t.is(await committed(broker, 'g', 'u'), 5)
})

test('offsets of topics that went while the broker was down vanish at the start', async t => {
  const before = await GroupBroker.start()
  await before.groups.ask(commit('g', 'never-there'))
  await before.groups.ask(commit('g', 't'))
  await before.stop()
  const broker = await GroupBroker.start({}, before)
  await broker.groups.list()
  t.is(await committed(broker, 'g', 'never-there'), -1)
  t.is(await committed(broker, 'g', 't'), 5)
})

test('when the offsets topic is deleted, groups begin anew', async t => {
  const broker = await GroupBroker.start()
  await broker.groups.ask(commit('g'))
  await broker.cluster.deleteTopics([{ name: '__consumer_offsets' }])
  t.deepEqual(await broker.groups.list(), [])
  t.is(await committed(broker, 'g'), -1)
  await broker.groups.ask(commit('g'))
  t.is(await committed(broker, 'g'), 5)
})

test('closing answers those who wait, and who still comes', async t => {
  const broker = await GroupBroker.start()
  const join = (name: string) =>
    broker.groups.ask({
      type: 'join',
      groupId: 'g',
      memberId: '',
      groupInstanceId: null,
      newMemberId: broker.groups.memberId(name),
      clientId: name,
      clientHost: '/::1',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
      memberIdRequired: false,
      canSkipAssignment: false,
    })
  t.is((await join('first')).error, 'NONE')
  const waiting = join('second').catch((error: unknown) => error)
  await broker.clock.advance(1)
  await broker.stop()
  for (const refused of [await waiting, await join('third').catch((error: unknown) => error)]) {
    t.true(refused instanceof KafkaError)
    t.is(nameOf((refused as KafkaError).code), 'NOT_COORDINATOR')
  }
})

test('member ids have the form of Kafka', async t => {
  const { groups } = await GroupBroker.start()
  t.regex(groups.memberId('app'), /^app-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  t.not(groups.memberId('app'), groups.memberId('app'))
})
