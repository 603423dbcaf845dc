import test from 'ava'
import { KafkaError } from '../../protocol/errors.ts'
import { Config } from '../config/config.ts'
import { ClusterMachine } from './cluster-machine.ts'
import { type ConfigChange, configOperations } from './config-decisions.ts'
import type { ClusterQuestions, QuestionType } from './events.ts'
import { resourceTypes } from './metadata-image.ts'
import type { NewTopic } from './topic-decisions.ts'

const { SET, DELETE, APPEND, SUBTRACT } = configOperations
const { TOPIC, BROKER, GROUP } = resourceTypes

/** A machine, asked and applied as the shard does it. */
class Asked {
  readonly machine = new ClusterMachine()
  brokers: readonly number[] = [1]
  settings = new Config()

  ask<T extends QuestionType>(type: T, ask: ClusterQuestions[T]['ask']): ClusterQuestions[T]['answer'] {
    const { writes, effects } = this.machine.on({ type, request: 7, ...ask } as never)
    for (const write of writes) if ('records' in write) for (const record of write.records) this.machine.apply(record)
    const [effect] = effects
    if (effect?.type !== 'reply' || effect.to !== 7) throw new Error('no reply')
    return effect.reply as ClusterQuestions[T]['answer']
  }

  create(...topics: readonly Partial<NewTopic>[]) {
    return this.ask('createTopics', {
      topics: topics.map((topic, index) => ({
        name: 'a',
        id: `id-of-${topic.name ?? 'a'}-${index}`,
        numPartitions: 1,
        replicationFactor: 1,
        assignments: null,
        config: new Map(),
        spread: 0,
        ...topic,
      })),
      validateOnly: false,
      brokers: this.brokers,
      settings: this.settings,
    }).map(said)
  }

  alter(type: number, name: string, changes: readonly ConfigChange[], replace = false): string {
    const { brokers, settings } = this
    const resources = [{ type, name, changes, replace }]
    return this.ask('alterConfigs', { resources, validateOnly: false, brokers, settings }).map(said).join()
  }

  config(type: number, name: string): Record<string, string> {
    return Object.fromEntries(this.machine.image.config(type, name))
  }
}

const said = (result: unknown): string => (result instanceof KafkaError ? result.name : 'ok')
const change = (name: string, value: string | null, operation: number = SET): ConfigChange => ({
  name,
  value,
  operation,
})

test('the cluster keeps the first id it is given', t => {
  const asked = new Asked()
  t.is(asked.ask('nameCluster', { clusterId: 'one' }), 'one')
  t.is(asked.ask('nameCluster', { clusterId: 'two' }), 'one')
})

test('a topic has partitions with leaders, and the broker’s defaults for −1', t => {
  const asked = new Asked()
  asked.settings = new Config(new Map([['num.partitions', '3']]))
  t.deepEqual(asked.create({ numPartitions: -1, replicationFactor: -1 }), ['ok'])
  t.deepEqual(asked.machine.image.topicByName('a')?.partitions, [
    { leader: 1, leaderEpoch: 0, replicas: [1], isr: [1] },
    { leader: 1, leaderEpoch: 0, replicas: [1], isr: [1] },
    { leader: 1, leaderEpoch: 0, replicas: [1], isr: [1] },
  ])
})

test('topic names are checked, unique, and apart from each other in more than . and _', t => {
  const asked = new Asked()
  t.deepEqual(asked.create({ name: 'x.y' }), ['ok'])
  t.deepEqual(asked.create({ name: 'x.y' }), ['TOPIC_ALREADY_EXISTS'])
  t.deepEqual(asked.create({ name: 'x_y' }), ['INVALID_TOPIC_EXCEPTION'])
  t.deepEqual(asked.create({ name: 'p.q' }, { name: 'p_q' }), ['ok', 'INVALID_TOPIC_EXCEPTION'])
  for (const name of ['', '.', '..', 'bad/name', 'naïve', 'x'.repeat(250)]) {
    t.deepEqual(asked.create({ name }), ['INVALID_TOPIC_EXCEPTION'], name)
  }
  t.deepEqual(asked.create({ name: 'x'.repeat(249) }), ['ok'])
  t.deepEqual(asked.create({ name: '__cluster_metadata' }), ['INVALID_REQUEST'])
  t.deepEqual(asked.create({ name: 'twice' }, { name: 'once' }, { name: 'twice' }), [
    'INVALID_REQUEST',
    'ok',
    'INVALID_REQUEST',
  ])
})

test('a deleted topic’s name, and those that collide with it, are free again', t => {
  const asked = new Asked()
  asked.create({ name: 'x.y', config: new Map([['retention.ms', '5']]) })
  const [deleted] = asked.ask('deleteTopics', { topics: [{ name: 'x.y' }] })
  t.is(said(deleted), 'ok')
  t.is(asked.machine.image.topicByName('x.y'), undefined)
  t.deepEqual(asked.config(TOPIC, 'x.y'), {})
  t.deepEqual(asked.create({ name: 'x_y' }), ['ok'])
})

test('impossible numbers of partitions and replicas are refused', t => {
  const asked = new Asked()
  t.deepEqual(asked.create({ numPartitions: 0 }), ['INVALID_PARTITIONS'])
  t.deepEqual(asked.create({ numPartitions: -2 }), ['INVALID_PARTITIONS'])
  t.deepEqual(asked.create({ replicationFactor: 0 }), ['INVALID_REPLICATION_FACTOR'])
  t.deepEqual(asked.create({ replicationFactor: 2 }), ['INVALID_REPLICATION_FACTOR'])
  t.deepEqual(asked.create({ numPartitions: 10_001 }), ['POLICY_VIOLATION'])
  t.deepEqual(asked.create({ name: 'a', numPartitions: 6000 }, { name: 'b', numPartitions: 6000 }), [
    'ok',
    'POLICY_VIOLATION',
  ])
})

test('an assignment given by hand is taken as it is, or refused', t => {
  const asked = new Asked()
  asked.brokers = [1, 2, 3]
  const by = (assignments: readonly (readonly [number, readonly number[]])[], rest: Partial<NewTopic> = {}) =>
    asked.create({ numPartitions: -1, replicationFactor: -1, assignments: new Map(assignments), ...rest })[0]
  t.is(by([[1, [1]]]), 'INVALID_REPLICA_ASSIGNMENT')
  t.is(by([[0, []]]), 'INVALID_REPLICA_ASSIGNMENT')
  t.is(by([[0, [1, 1]]]), 'INVALID_REPLICA_ASSIGNMENT')
  t.is(by([[0, [4]]]), 'INVALID_REPLICA_ASSIGNMENT')
  t.is(
    by([
      [0, [1]],
      [1, [1, 2]],
    ]),
    'INVALID_REPLICA_ASSIGNMENT',
  )
  t.is(by([[0, [1]]], { numPartitions: 1 }), 'INVALID_REQUEST')
  t.is(by([[0, [1]]], { replicationFactor: 1 }), 'INVALID_REQUEST')
  t.is(
    by([
      [1, [3, 2]],
      [0, [2, 1]],
    ]),
    'ok',
  )
  t.deepEqual(
    asked.machine.image.topicByName('a')?.partitions.map(({ leader, replicas }) => [leader, replicas]),
    [
      [2, [2, 1]],
      [3, [3, 2]],
    ],
  )
})

test('a topic’s settings are checked when it is created', t => {
  const asked = new Asked()
  const withConfig = (...config: readonly (readonly [string, string])[]) => asked.create({ config: new Map(config) })[0]
  t.is(withConfig(['retention.ms', 'abc']), 'INVALID_CONFIG')
  t.is(withConfig(['retention.ms', '-2']), 'INVALID_CONFIG')
  t.is(withConfig(['no.such', '1']), 'INVALID_CONFIG')
  t.is(withConfig(['segment.bytes', '1000']), 'INVALID_CONFIG')
  t.is(withConfig(['cleanup.policy', 'foo']), 'INVALID_CONFIG')
  t.is(withConfig(['remote.storage.enable', 'true']), 'INVALID_CONFIG')
  t.is(withConfig(['min.compaction.lag.ms', '10'], ['max.compaction.lag.ms', '5']), 'INVALID_CONFIG')
  t.is(withConfig(['leader.replication.throttled.replicas', 'x']), 'INVALID_CONFIG')
  t.is(withConfig(['retention.ms', '5'], ['message.format.version', '2.0']), 'ok')
  t.deepEqual(asked.config(TOPIC, 'a'), { 'retention.ms': '5' }, 'what Kafka 4 removed is accepted and not kept')
})

test('small segments may be allowed for tests', t => {
  const asked = new Asked()
  asked.settings = new Config(new Map([['samsa.min.segment.bytes', '1000']]))
  t.deepEqual(asked.create({ config: new Map([['segment.bytes', '1000']]) }), ['ok'])
})

test('validation changes nothing', t => {
  const asked = new Asked()
  const { brokers, settings } = asked
  const topic = {
    name: 'a',
    id: 'id',
    numPartitions: 2,
    replicationFactor: 1,
    assignments: null,
    config: new Map(),
    spread: 0,
  }
  const [created] = asked.ask('createTopics', { topics: [topic], validateOnly: true, brokers, settings })
  t.is(said(created), 'ok')
  t.is(asked.machine.image.topicByName('a'), undefined)
})

test('partitions are added and never taken away', t => {
  const asked = new Asked()
  asked.create({ numPartitions: 2 })
  const grow = (count: number, assignments: readonly (readonly number[])[] | null = null, name = 'a') => {
    const { brokers, settings } = asked
    const topics = [{ name, count, assignments, spread: 0 }]
    return asked.ask('growTopics', { topics, validateOnly: false, brokers, settings }).map(said).join()
  }
  t.is(grow(2), 'INVALID_PARTITIONS')
  t.is(grow(1), 'INVALID_PARTITIONS')
  t.is(grow(-1), 'INVALID_PARTITIONS')
  t.is(grow(3, null, 'none'), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.is(grow(4, [[1]]), 'INVALID_REPLICA_ASSIGNMENT')
  t.is(grow(3, [[2]]), 'INVALID_REPLICA_ASSIGNMENT')
  t.is(grow(3, [[]]), 'INVALID_REPLICA_ASSIGNMENT')
  t.is(grow(1_000_000), 'POLICY_VIOLATION')
  t.is(grow(3, [[1]]), 'ok')
  t.is(grow(5), 'ok')
  t.is(asked.machine.image.topicByName('a')?.partitions.length, 5)
})

test('topics are deleted by name or id, and once', t => {
  const asked = new Asked()
  asked.create({ name: 'a' }, { name: 'b' })
  const results = asked.ask('deleteTopics', {
    topics: [{ name: 'none' }, { id: 'none' }, { id: 'id-of-b-1' }, { name: 'b' }, { name: 'a' }],
  })
  t.deepEqual(results.map(said), ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'ok', 'INVALID_REQUEST', 'ok'])
  t.deepEqual([...asked.machine.image.topics()], [])
})

test('settings are set, deleted, appended to and subtracted from', t => {
  const asked = new Asked()
  asked.create({ name: 'a' })
  t.is(asked.alter(TOPIC, 'a', [change('cleanup.policy', 'compact', APPEND)]), 'ok')
  t.deepEqual(asked.config(TOPIC, 'a'), { 'cleanup.policy': 'delete,compact' }, 'the default’s members stay')
  t.is(asked.alter(TOPIC, 'a', [change('cleanup.policy', 'compact', APPEND)]), 'ok')
  t.deepEqual(asked.config(TOPIC, 'a'), { 'cleanup.policy': 'delete,compact' })
  t.is(asked.alter(TOPIC, 'a', [change('cleanup.policy', 'delete', SUBTRACT), change('retention.ms', '5')]), 'ok')
  t.deepEqual(asked.config(TOPIC, 'a'), { 'cleanup.policy': 'compact', 'retention.ms': '5' })
  t.is(asked.alter(TOPIC, 'a', [change('cleanup.policy', null, DELETE), change('no.such', null, DELETE)]), 'ok')
  t.deepEqual(asked.config(TOPIC, 'a'), { 'retention.ms': '5' })
})

test('AlterConfigs replaces all settings of a resource', t => {
  const asked = new Asked()
  asked.create({ name: 'a', config: new Map([['retention.ms', '5']]) })
  t.is(asked.alter(TOPIC, 'a', [change('segment.ms', '7')], true), 'ok')
  t.deepEqual(asked.config(TOPIC, 'a'), { 'segment.ms': '7' })
})

test('a change with anything wrong in it changes nothing', t => {
  const asked = new Asked()
  asked.create({ name: 'a' })
  const wrong: [string, ConfigChange[]][] = [
    ['INVALID_CONFIG', [change('segment.ms', '7'), change('retention.ms', 'x')]],
    ['INVALID_CONFIG', [change('segment.ms', '7'), change('no.such', '1')]],
    ['INVALID_CONFIG', [change('retention.ms', '1', APPEND)]],
    ['INVALID_CONFIG', [change('cleanup.policy', '', APPEND)]],
    ['INVALID_REQUEST', [change('segment.ms', null)]],
    ['INVALID_REQUEST', [change('segment.ms', '7'), change('segment.ms', '8')]],
    ['INVALID_REQUEST', [change('segment.ms', '7', 9)]],
  ]
  for (const [name, changes] of wrong) t.is(asked.alter(TOPIC, 'a', changes), name)
  t.deepEqual(asked.config(TOPIC, 'a'), {})
  t.is(asked.alter(TOPIC, 'none', [change('retention.ms', '1')]), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.is(asked.alter(TOPIC, '', [change('retention.ms', '1')]), 'INVALID_REQUEST')
  t.is(asked.alter(99, 'a', []), 'INVALID_REQUEST')
})

test('of a broker, what may change at run time may change', t => {
  const asked = new Asked()
  t.is(asked.alter(BROKER, '1', [change('log.retention.ms', '5')]), 'ok')
  t.is(asked.alter(BROKER, '', [change('log.retention.ms', '6')]), 'ok')
  t.deepEqual(
    [asked.config(BROKER, '1'), asked.config(BROKER, '')],
    [{ 'log.retention.ms': '5' }, { 'log.retention.ms': '6' }],
  )
  t.is(asked.alter(BROKER, '1', [change('node.id', '2')]), 'INVALID_REQUEST')
  t.is(asked.alter(BROKER, '1', [change('log.retention.ms', 'x')]), 'INVALID_REQUEST')
  t.is(asked.alter(BROKER, '', [change('ssl.keystore.location', '/x')]), 'INVALID_REQUEST')
  t.is(asked.alter(BROKER, '2', [change('log.retention.ms', '5')]), 'INVALID_REQUEST')
  t.is(asked.alter(BROKER, '1', [change('a.plugins.own', '5')]), 'ok', 'as in Kafka')
})

test('pools of threads at most double or halve', t => {
  const asked = new Asked()
  t.is(asked.alter(BROKER, '1', [change('log.cleaner.threads', '2')]), 'ok')
  t.is(asked.alter(BROKER, '1', [change('log.cleaner.threads', '3')]), 'INVALID_REQUEST')
  t.is(asked.alter(BROKER, '1', [change('log.cleaner.threads', '0')]), 'INVALID_REQUEST')
  t.is(asked.alter(BROKER, '1', [change('num.io.threads', '3')]), 'INVALID_REQUEST')
  t.is(asked.alter(BROKER, '1', [change('num.io.threads', '16')]), 'ok')
})

test('a group’s settings are known ones within the brokers’ bounds', t => {
  const asked = new Asked()
  t.is(asked.alter(GROUP, 'g', [change('consumer.session.timeout.ms', '46000')]), 'ok')
  t.is(asked.alter(GROUP, 'g', [change('consumer.session.timeout.ms', '5000')]), 'INVALID_CONFIG')
  t.is(asked.alter(GROUP, 'g', [change('consumer.session.timeout.ms', '600000')]), 'INVALID_CONFIG')
  t.is(asked.alter(GROUP, 'g', [change('no.such', '1')]), 'INVALID_CONFIG')
  t.is(asked.alter(GROUP, '', [change('consumer.session.timeout.ms', '46000')]), 'INVALID_REQUEST')
  t.deepEqual(asked.config(GROUP, 'g'), { 'consumer.session.timeout.ms': '46000' })
})

test('a resource that is there twice in a request is refused both times', t => {
  const asked = new Asked()
  const resource = { type: GROUP, name: 'g', changes: [], replace: false }
  const { brokers, settings } = asked
  const results = asked.ask('alterConfigs', { resources: [resource, resource], validateOnly: false, brokers, settings })
  t.deepEqual(results.map(said), ['INVALID_REQUEST', 'INVALID_REQUEST'])
})

test('epochs of many partitions rise in one write, and what isn’t there is passed over', t => {
  const asked = new Asked()
  asked.create({ name: 'a', numPartitions: 2 }, { name: 'b' })
  const partitions = ['id-of-a-0', 'id-of-b-1', 'none'].map(topicId => ({ topicId, index: 0 }))
  t.is(asked.machine.on({ type: 'raiseEpochs', request: 1, partitions }).writes.length, 1)
  asked.ask('raiseEpochs', { partitions })
  const epochs = (name: string) =>
    asked.machine.image.topicByName(name)?.partitions.map(({ leaderEpoch }) => leaderEpoch)
  t.deepEqual([epochs('a'), epochs('b')], [[1, 0], [1]])
})

test('leaders are elected where another one should lead', t => {
  const asked = new Asked()
  asked.brokers = [1, 2]
  asked.create({ numPartitions: -1, replicationFactor: -1, assignments: new Map([[0, [1, 2]]]) })
  const elect = (brokers: readonly number[], electionType: number, index = 0) =>
    asked
      .ask('electLeaders', { partitions: [{ topicId: 'id-of-a-0', index }], electionType, brokers })
      .map(said)
      .join()
  t.is(elect([1, 2], 0), 'ELECTION_NOT_NEEDED')
  t.is(elect([1, 2], 0, 5), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.is(elect([2], 1), 'ok')
  const [state] = asked.machine.image.topic('id-of-a-0')!.partitions
  t.deepEqual([state?.leader, state?.leaderEpoch], [2, 1])
  t.is(elect([2], 0), 'PREFERRED_LEADER_NOT_AVAILABLE')
  t.is(elect([1, 2], 0), 'ok')
  t.is(elect([], 1), 'ELIGIBLE_LEADERS_NOT_AVAILABLE')
})

test('no producer id is given out twice', t => {
  const asked = new Asked()
  t.is(asked.ask('allocateProducerIds', { count: 1000 }), 0)
  t.is(asked.ask('allocateProducerIds', { count: 1000 }), 1000)
})

test('a snapshot makes an equal image out of nothing, and of the image itself', t => {
  const asked = new Asked()
  asked.ask('nameCluster', { clusterId: 'one' })
  asked.ask('allocateProducerIds', { count: 10 })
  asked.create({ name: 'a', numPartitions: 3, config: new Map([['retention.ms', '5']]) }, { name: 'b' }, { name: 'c' })
  asked.ask('deleteTopics', { topics: [{ name: 'b' }] })
  asked.ask('raiseEpochs', { partitions: [{ topicId: 'id-of-a-0', index: 2 }] })
  asked.alter(BROKER, '', [change('log.retention.ms', '6')])
  const facts = [...asked.machine.image.records()]
  const copy = new ClusterMachine()
  for (const fact of facts) copy.apply(fact)
  t.deepEqual([...copy.image.records()], facts)
  asked.ask('snapshot', {})
  t.deepEqual([...asked.machine.image.records()], facts)
})

test('features have levels that are raised and lowered as asked, and stay so', t => {
  const asked = new Asked()
  const update = (level: number, upgradeType: number, { feature = 'transaction.version', validateOnly = false } = {}) =>
    said(asked.ask('updateFeatures', { updates: [{ feature, level, upgradeType }], validateOnly }))
  const { features } = asked.machine.image
  t.deepEqual([features.level('transaction.version'), features.epoch], [2, 0])
  t.is(update(1, 2, { validateOnly: true }), 'ok')
  t.is(update(2, 1), 'ok')
  t.is(asked.machine.image.features, features, 'nothing has changed')
  t.is(update(1, 1), 'INVALID_UPDATE_VERSION', 'an upgrade doesn’t lower')
  t.is(update(3, 1), 'INVALID_UPDATE_VERSION')
  t.is(update(-1, 2), 'INVALID_UPDATE_VERSION')
  t.is(update(1, 9), 'INVALID_UPDATE_VERSION')
  t.is(update(1, 1, { feature: 'odd.version' }), 'INVALID_UPDATE_VERSION')
  t.is(update(29, 3, { feature: 'metadata.version' }), 'INVALID_UPDATE_VERSION')
  t.is(update(0, 2), 'ok')
  const lowered = asked.machine.image.features
  t.deepEqual([lowered.level('transaction.version'), lowered.level('metadata.version'), lowered.epoch], [0, 30, 1])
  t.is(update(1, 2), 'INVALID_UPDATE_VERSION', 'a downgrade doesn’t raise')
  t.is(update(1, 1), 'ok')
  const copy = new ClusterMachine()
  for (const fact of asked.machine.image.records()) copy.apply(fact)
  t.deepEqual([copy.image.features.level('transaction.version'), copy.image.features.epoch], [1, 2])
})

test('of several updates of features one that isn’t allowed stops all', t => {
  const asked = new Asked()
  const updates = [
    { feature: 'transaction.version', level: 1, upgradeType: 2 },
    { feature: 'odd.version', level: 1, upgradeType: 1 },
  ]
  t.is(said(asked.ask('updateFeatures', { updates, validateOnly: false })), 'INVALID_UPDATE_VERSION')
  t.is(asked.machine.image.features.level('transaction.version'), 2)
})
