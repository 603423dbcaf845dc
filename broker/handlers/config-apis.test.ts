import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import { alterConfigs } from './alter-configs.ts'
import { type Ask, brokerWithoutServer } from '../testing/broker-without-server.ts'
import { createTopics } from './create-topics.ts'
import { describeConfigs } from './describe-configs.ts'
import { incrementalAlterConfigs } from './incremental-alter-configs.ts'

const TOPIC = 2
const BROKER = 4
const LOGGER = 8
const GROUP = 32

const create = (ask: Ask, name: string, configs: Record<string, string> = {}) =>
  ask(createTopics, 7, {
    topics: [
      {
        ...{ name, numPartitions: 1, replicationFactor: 1, assignments: [] },
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
  })

const describe = async (ask: Ask, resourceType: number, resourceName: string, ...keys: string[]) => {
  const configurationKeys = keys.length === 0 ? null : keys
  const resources = [{ resourceType, resourceName, configurationKeys }]
  const { results } = await ask(describeConfigs, 4, { resources, includeSynonyms: true })
  return results[0]!
}

/** The value of a setting, and its synonyms as Kafka's tools print them. */
const shown = async (ask: Ask, type: number, name: string, key: string) => {
  const { configs } = await describe(ask, type, name, key)
  return [configs[0]?.value, ...(configs[0]?.synonyms ?? []).map(s => `${s.source}:${s.name}=${s.value}`)]
}

const alter = async (
  ask: Ask,
  resourceType: number,
  resourceName: string,
  ...configs: [string, string | null, number?][]
) => {
  const { responses } = await ask(incrementalAlterConfigs, 1, {
    resources: [
      {
        resourceType,
        resourceName,
        configs: configs.map(([name, value, configOperation = 0]) => ({ name, value, configOperation })),
      },
    ],
    validateOnly: false,
  })
  return nameOf(responses[0]!.errorCode)
}

test('DescribeConfigs tells every setting of a topic in every version', async t => {
  const { ask } = await brokerWithoutServer()
  await create(ask, 'a', { 'retention.ms': '5' })
  for (const version of [0, 1, 2, 3, 4]) {
    const resources = [{ resourceType: TOPIC, resourceName: 'a', configurationKeys: null }]
    const { results } = await ask(describeConfigs, version, {
      resources,
      ...(version >= 3 ? { includeDocumentation: true } : {}),
    })
    t.like(results[0], { errorCode: 0, errorMessage: '', resourceType: TOPIC, resourceName: 'a' })
    t.is(results[0]?.configs.length, 33)
    const found = (name: string) => results[0]?.configs.find(config => config.name === name)
    t.like(found('retention.ms'), { value: '5', readOnly: false, isSensitive: false, synonyms: [] })
    t.is(found('retention.ms')?.isDefault, false)
    t.is(found('segment.ms')?.isDefault, version === 0)
    t.is(found('retention.ms')?.configSource, version >= 1 ? 1 : -1)
    t.is(found('cleanup.policy')?.configType, version >= 3 ? 7 : 0)
    t.is((found('retention.ms')?.documentation ?? '').length > 0, version >= 3)
  }
})

test('DescribeConfigs tells where a value comes from and what it would fall back to', async t => {
  const { ask } = await brokerWithoutServer({ 'log.retention.hours': '5', 'message.max.bytes': '1000' })
  await create(ask, 'a', { 'max.message.bytes': '10' })
  t.deepEqual(await shown(ask, TOPIC, 'a', 'max.message.bytes'), [
    '10',
    '1:max.message.bytes=10',
    '4:message.max.bytes=1000',
    '5:message.max.bytes=1048588',
  ])
  t.deepEqual(await shown(ask, TOPIC, 'a', 'retention.ms'), ['18000000'], 'as Kafka 4.3 shows it')
  t.deepEqual(await shown(ask, BROKER, '1', 'log.retention.ms'), [null])
  await alter(ask, BROKER, '1', ['log.retention.ms', '7'])
  await alter(ask, BROKER, '', ['log.retention.ms', '8'])
  const chain = ['2:log.retention.ms=7', '3:log.retention.ms=8', '4:log.retention.hours=5', '5:log.retention.hours=168']
  t.deepEqual(await shown(ask, BROKER, '1', 'log.retention.ms'), ['7', ...chain])
  t.deepEqual(await shown(ask, TOPIC, 'a', 'retention.ms'), ['7', ...chain])
  t.deepEqual(await shown(ask, BROKER, '', 'log.retention.ms'), ['8', '3:log.retention.ms=8'])
})

test('DescribeConfigs hides secrets and what it doesn’t know', async t => {
  const { ask } = await brokerWithoutServer({ 'ssl.key.password': 'secret' })
  const [password] = (await describe(ask, BROKER, '1', 'ssl.key.password')).configs
  t.like(password, { value: null, isSensitive: true, configType: 9 })
  t.deepEqual(password?.synonyms, [{ name: 'ssl.key.password', value: null, source: 4 }])
  await alter(ask, BROKER, '', ['a.plugins.own', 'secret'])
  t.like((await describe(ask, BROKER, '')).configs[0], { name: 'a.plugins.own', value: null, isSensitive: true })
})

test('DescribeConfigs says what is wrong with a resource', async t => {
  const { ask } = await brokerWithoutServer()
  const error = async (type: number, name: string) => nameOf((await describe(ask, type, name)).errorCode)
  t.is(await error(TOPIC, 'none'), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.is(await error(TOPIC, 'bad/name'), 'INVALID_TOPIC_EXCEPTION')
  t.is(await error(BROKER, '2'), 'INVALID_REQUEST')
  t.is(await error(BROKER, 'x'), 'INVALID_REQUEST')
  t.is(await error(GROUP, ''), 'INVALID_REQUEST')
  t.is(await error(99, 'x'), 'INVALID_REQUEST')
})

test('a change of settings is in force when it is answered', async t => {
  const { broker, ask } = await brokerWithoutServer()
  await create(ask, 'a')
  t.is(await alter(ask, TOPIC, 'a', ['max.message.bytes', '10']), 'NONE')
  t.is(broker.cluster.topic('a')?.settings.maxMessageBytes, 10)
  t.is(await alter(ask, BROKER, '1', ['group.initial.rebalance.delay.ms', '1500']), 'NONE')
  t.is(broker.config.get('group.initial.rebalance.delay.ms'), 1500)
  t.is(await alter(ask, GROUP, 'g', ['consumer.session.timeout.ms', '46000']), 'NONE')
  t.deepEqual(await shown(ask, GROUP, 'g', 'consumer.session.timeout.ms'), [
    '46000',
    '8:consumer.session.timeout.ms=46000',
    '5:group.consumer.session.timeout.ms=45000',
  ])
  t.is(await alter(ask, TOPIC, 'a', ['max.message.bytes', null, 1]), 'NONE')
  t.is(broker.cluster.topic('a')?.settings.maxMessageBytes, 1048588)
})

test('each resource of a change is answered for itself', async t => {
  const { ask } = await brokerWithoutServer()
  await create(ask, 'a')
  for (const version of [0, 1]) {
    const configs = [{ name: 'retention.ms', value: '5', configOperation: 0 }]
    const resources = ['a', 'none'].map(resourceName => ({ resourceType: TOPIC, resourceName, configs }))
    const { responses } = await ask(incrementalAlterConfigs, version, { resources, validateOnly: false })
    t.deepEqual(
      responses.map(({ resourceName, errorCode, errorMessage }) => [resourceName, nameOf(errorCode), errorMessage]),
      [
        ['a', 'NONE', null],
        ['none', 'UNKNOWN_TOPIC_OR_PARTITION', "The topic 'none' does not exist."],
      ],
    )
  }
})

test('AlterConfigs sets what it names and unsets the rest, in every version', async t => {
  const { broker, ask } = await brokerWithoutServer()
  await create(ask, 'a', { 'retention.ms': '5' })
  for (const version of [0, 1, 2]) {
    const configs = [{ name: 'segment.ms', value: `${version + 1}` }]
    const resources = [{ resourceType: TOPIC, resourceName: 'a', configs }]
    const { responses } = await ask(alterConfigs, version, { resources, validateOnly: false })
    t.is(responses[0]?.errorCode, 0)
    t.deepEqual([...broker.cluster.topic('a')!.overrides], [['segment.ms', `${version + 1}`]])
  }
})

test('the level of the log is shown and changed as Kafka’s root logger', async t => {
  const { broker, ask } = await brokerWithoutServer()
  t.is(await alter(ask, LOGGER, '1', ['root', 'WARN']), 'NONE')
  t.is(broker.logger.level, 'warn')
  t.like((await describe(ask, LOGGER, '1')).configs[0], { name: 'root', value: 'WARN', configSource: 6 })
  t.is(await alter(ask, LOGGER, '1', ['root', 'LOUD']), 'INVALID_CONFIG')
  t.is(await alter(ask, LOGGER, '1', ['other', 'WARN']), 'INVALID_CONFIG')
  t.is(await alter(ask, LOGGER, '1', ['root', null, 1]), 'INVALID_REQUEST')
  t.is(await alter(ask, LOGGER, '2', ['root', 'INFO']), 'INVALID_REQUEST')
  t.is(broker.logger.level, 'warn')
})
