import test from 'ava'
import { pino } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import type { Engine, LogId } from '../../storage/engine.ts'
import { createMemoryEngine } from '../../storage/memory/engine.ts'
import { Config } from '../config/config.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { Cluster } from './cluster.ts'
import { configOperations } from './config-decisions.ts'
import { FakeHost } from '../testing/fake-host.ts'
import { resourceTypes } from './metadata-image.ts'
import type { Topic } from './topic.ts'
import type { TopicRequest } from './topic-changes.ts'

const logger = pino({ level: 'silent' })

interface Started {
  readonly engine: Engine
  readonly config: Config
  readonly host: FakeHost
  readonly cluster: Cluster
}

/** Starts a cluster, on the logs of an earlier one if its engine is given. */
const started = async (
  given: { engine?: Engine; settings?: Record<string, string>; unclean?: readonly LogId[]; seed?: number } = {},
): Promise<Started> => {
  const engine = given.engine ?? createMemoryEngine()
  const config = new Config(new Map(Object.entries(given.settings ?? {})))
  const host = new FakeHost(engine)
  const cluster = new Cluster({
    engine,
    config,
    clock: new ManualClock(),
    random: new SeededRandom(given.seed ?? 1),
    logger,
  })
  await cluster.start(host, given.unclean ?? [])
  return { engine, config, host, cluster }
}

const topic = (name: string, rest: Partial<TopicRequest> = {}): TopicRequest => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  assignments: null,
  config: new Map(),
  ...rest,
})

const set = (type: number, name: string, key: string, value: string) => ({
  type,
  name,
  changes: [{ name: key, value, operation: configOperations.SET }],
  replace: false,
})

const logsOf = async (engine: Engine): Promise<string[]> => {
  const ids: string[] = []
  for await (const id of engine.logs('data/')) ids.push(id)
  return ids.sort()
}

test('a topic is answered when its logs are there, and seen only then', async t => {
  const { cluster, host, engine } = await started()
  const create = host.create.bind(host)
  host.create = async (made, from) => {
    t.is(cluster.topic('a'), undefined)
    await create(made, from)
  }
  const [created] = await cluster.createTopics([topic('a', { numPartitions: 2 })])
  t.true(cluster.topic('a') === created)
  t.true(cluster.topicById(cluster.topic('a')!.id) === created)
  t.is((await logsOf(engine)).length, 2)
})

test('what was created, altered and deleted is so after a restart', async t => {
  const first = await started()
  await first.cluster.createTopics([
    topic('a', { numPartitions: 2, config: new Map([['retention.ms', '5']]) }),
    topic('b'),
  ])
  await first.cluster.createPartitions([{ name: 'a', count: 3, assignments: null }])
  await first.cluster.deleteTopics([{ name: 'b' }])
  await first.cluster.alterConfigs([set(resourceTypes.BROKER, '1', 'message.max.bytes', '77')])
  const before = first.cluster.topic('a')
  await first.cluster.close()
  const { cluster, config, host } = await started({ engine: first.engine, seed: 2 })
  t.is(cluster.clusterId, first.cluster.clusterId)
  t.deepEqual(cluster.topic('a'), before)
  t.is(cluster.topic('b'), undefined)
  t.is(config.get('message.max.bytes'), 77)
  t.is(cluster.topic('a')?.settings.maxMessageBytes, 77)
  t.deepEqual(host.asked, ['configure a'])
})

test('an id is never a deleted topic’s', async t => {
  const { cluster } = await started()
  await cluster.createTopics([topic('a')])
  const before = cluster.topic('a')!.id
  await cluster.deleteTopics([{ name: 'a' }])
  await cluster.createTopics([topic('a')])
  t.not(cluster.topic('a')!.id, before)
  t.is(cluster.topicById(before), undefined)
})

test('a broker that died before the logs were made makes them at its start, and deletes those of no topic', async t => {
  const first = await started()
  await first.cluster.createTopics([topic('a', { numPartitions: 3 }), topic('b')])
  const { id } = first.cluster.topic('a')!
  await first.engine.deleteLog(`data/${id}/2`)
  await first.engine.createLog('data/BBBBBBBBBBBBBBBBBBBBBA/0', {
    ...{ name: 'gone-0', segmentBytes: 1 << 20, segmentMs: 1 << 30, indexIntervalBytes: 4096 },
    ...{ segmentIndexBytes: 1 << 20, flushMessages: 1, flushMs: 1 },
  })
  const { host, engine } = await started({ engine: first.engine })
  t.deepEqual(host.asked, ['create a 2-3', 'configure b'])
  t.is((await logsOf(engine)).length, 4)
})

test('logs without any metadata stop the start, and stay', async t => {
  const engine = createMemoryEngine()
  const host = new FakeHost(engine)
  const first = await started({ engine })
  await first.cluster.createTopics([topic('a')])
  await engine.deleteLog('state/cluster')
  const config = new Config()
  const cluster = new Cluster({ engine, config, clock: new ManualClock(), random: new SeededRandom(3), logger })
  await t.throwsAsync(cluster.start(host, []), { message: /metadata is missing/ })
  t.is((await logsOf(engine)).length, 1)
})

test('the data of another broker stops the start', async t => {
  const first = await started()
  await first.cluster.createTopics([topic('a')])
  await t.throwsAsync(started({ engine: first.engine, settings: { 'node.id': '2' } }), {
    message: "another broker keeps the cluster's metadata",
  })
  await first.cluster.close()
  await t.throwsAsync(started({ engine: first.engine, settings: { 'node.id': '2' } }), {
    message: 'the data is that of broker 1, and node.id is 2',
  })
})

test('leader epochs rise for the logs that weren’t closed cleanly, and stay so', async t => {
  const first = await started()
  await first.cluster.createTopics([topic('a', { numPartitions: 2 })])
  const { id } = first.cluster.topic('a')!
  const second = await started({ engine: first.engine, unclean: [`data/${id}/1`, 'state/cluster', 'data/none/0'] })
  const epochs = (cluster: Cluster) => cluster.topic('a')?.partitions.map(({ leaderEpoch }) => leaderEpoch)
  t.deepEqual(epochs(second.cluster), [0, 1])
  const third = await started({ engine: first.engine })
  t.deepEqual(epochs(third.cluster), [0, 1])
})

test('a topic whose logs can’t be made is taken back', async t => {
  const { cluster, host } = await started()
  host.failure = new Error('no space')
  const [failed] = await cluster.createTopics([topic('a')])
  t.is((failed as KafkaError).name, 'KAFKA_STORAGE_ERROR')
  t.is(cluster.topic('a'), undefined)
  const [created] = await cluster.createTopics([topic('a')])
  t.false(created instanceof KafkaError)
})

test('all who need a missing topic at once get the same one', async t => {
  const { cluster, host } = await started({ settings: { 'num.partitions': '4' } })
  const topics = await Promise.all([cluster.autoCreate('a'), cluster.autoCreate('a'), cluster.autoCreate('a')])
  t.is(new Set(topics.map(({ id }) => id)).size, 1)
  t.is(topics[0]?.partitions.length, 4)
  t.deepEqual(host.asked, ['create a 0-4'])
  await t.throwsAsync(cluster.autoCreate('bad/name'), { any: true })
})

test('coordinators’ topics are created as they need them, however they come about', async t => {
  const { cluster } = await started({ settings: { 'offsets.topic.num.partitions': '5' } })
  const offsets = await cluster.autoCreate('__consumer_offsets')
  t.true(offsets.internal)
  t.is(offsets.partitions.length, 5)
  t.true(offsets.settings.cleanupCompact)
  const own = await cluster.createInternalTopic('__transaction_state', 3, new Map([['cleanup.policy', 'compact']]))
  t.is(own.partitions.length, 3)
  t.is(await cluster.createInternalTopic('__transaction_state', 3, new Map()), own)
})

test('a deletion is answered when all that belonged to the topic is gone', async t => {
  const { cluster, engine, host } = await started()
  await cluster.createTopics([topic('a'), topic('b')])
  const told: string[] = []
  cluster.onTopicDeleted(async deleted => {
    await Promise.resolve()
    told.push(deleted.name)
    t.is(cluster.topic(deleted.name), undefined)
  })
  cluster.onTopicDeleted(() => {
    throw new Error('a listener that fails')
  })
  const [deleted, unknown] = await cluster.deleteTopics([{ name: 'a' }, { name: 'none' }])
  t.is((deleted as Topic).name, 'a')
  t.is((unknown as KafkaError).name, 'UNKNOWN_TOPIC_OR_PARTITION')
  t.deepEqual(told, ['a'])
  t.is((await logsOf(engine)).length, 1)
  t.is(host.asked.at(-1), 'delete a')
})

test('a topic’s settings follow its own overrides and the broker’s', async t => {
  const { cluster, config, host } = await started()
  await cluster.createTopics([topic('a'), topic('b', { config: new Map([['max.message.bytes', '5']]) })])
  const snapshot = cluster.topic('a')
  await cluster.alterConfigs([set(resourceTypes.BROKER, '', 'message.max.bytes', '77')])
  t.is(config.get('message.max.bytes'), 77)
  t.deepEqual([cluster.topic('a')?.settings.maxMessageBytes, cluster.topic('b')?.settings.maxMessageBytes], [77, 5])
  t.is(snapshot?.settings.maxMessageBytes, 1048588, 'a snapshot never changes')
  t.is(host.topics.get(snapshot!.id), cluster.topic('a'))
  await cluster.alterConfigs([set(resourceTypes.TOPIC, 'a', 'max.message.bytes', '6')])
  t.is(cluster.topic('a')?.settings.maxMessageBytes, 6)
  t.is(host.topics.get(snapshot!.id), cluster.topic('a'))
})

test('validation changes nothing', async t => {
  const { cluster, host } = await started()
  await cluster.createTopics([topic('a')])
  host.asked.length = 0
  const only = { validateOnly: true }
  const [created] = await cluster.createTopics([topic('b', { numPartitions: 3 })], only)
  t.is((created as Topic).partitions.length, 3)
  await cluster.createPartitions([{ name: 'a', count: 4, assignments: null }], only)
  await cluster.alterConfigs([set(resourceTypes.TOPIC, 'a', 'max.message.bytes', '6')], only)
  t.deepEqual(
    [...cluster.topics()].map(({ name, partitions }) => [name, partitions.length]),
    [['a', 1]],
  )
  t.is(cluster.topic('a')?.overrides.size, 0)
  t.deepEqual(host.asked, [])
})

test('a mostly outdated log is shortened at the start', async t => {
  const first = await started()
  await first.cluster.createTopics([topic('kept')])
  for (let round = 0; round < 40; round++) {
    const names = Array.from({ length: 100 }, (_, index) => ({ name: `t${index}` }))
    await first.cluster.createTopics(names.map(({ name }) => topic(name)))
    await first.cluster.deleteTopics(names)
  }
  const log = first.engine.log('state/cluster')
  const before = await log.bounds()
  t.true(before.end - before.start > 10_000)
  await first.cluster.close()
  const second = await started({ engine: first.engine })
  const after = await log.bounds()
  t.is(after.start, before.end)
  t.true(after.end - after.start < 10)
  await second.cluster.close()
  const third = await started({ engine: first.engine })
  t.is(third.cluster.clusterId, first.cluster.clusterId)
  t.deepEqual(
    [...third.cluster.topics()].map(({ name }) => name),
    ['kept'],
  )
})

test('a reset leaves no topic and no setting, and keeps the cluster', async t => {
  const { cluster, config, engine } = await started()
  await cluster.createTopics([topic('a')])
  await cluster.autoCreate('__consumer_offsets')
  await cluster.alterConfigs([
    set(resourceTypes.BROKER, '1', 'message.max.bytes', '77'),
    set(resourceTypes.GROUP, 'g', 'consumer.session.timeout.ms', '46000'),
  ])
  await cluster.updateFeatures([{ feature: 'transaction.version', level: 1, upgradeType: 2 }])
  t.is(cluster.features.level('transaction.version'), 1)
  const { clusterId } = cluster
  await cluster.reset()
  t.is(cluster.features.level('transaction.version'), 2)
  t.deepEqual([...cluster.topics()], [])
  t.deepEqual(await logsOf(engine), [])
  t.is(config.get('message.max.bytes'), 1048588)
  t.is(cluster.dynamicConfig(resourceTypes.GROUP, 'g').size, 0)
  t.is(cluster.clusterId, clusterId)
})

test('clients are told what is advertised, and else where they connected', async t => {
  const { cluster } = await started({
    settings: {
      listeners: 'PLAINTEXT://:0,INSIDE://:0,OUTSIDE://:0',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT',
      'advertised.listeners': 'INSIDE://inside:29092,OUTSIDE://outside:0',
    },
  })
  const [node] = cluster.brokers()
  const from = (listener: string) => cluster.advertised(node!, { listener, localHost: '10.0.0.7', localPort: 4321 })
  t.deepEqual(from('PLAINTEXT'), { host: '10.0.0.7', port: 4321 })
  t.deepEqual(from('INSIDE'), { host: 'inside', port: 29092 })
  t.deepEqual(from('OUTSIDE'), { host: 'outside', port: 4321 })
})
