import { AlterConfigs, DescribeConfigs, IncrementalAlterConfigs } from '../../../protocol/messages/index.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import type { Talk } from '../talk.ts'

/** What DescribeConfigs and its kin call the types of resources. */
const [topicType, brokerType, loggerType, clientMetricsType, groupType] = [2, 4, 8, 16, 32]
const [set, remove, append, subtract] = [0, 1, 2, 3]

type Resource = RequestWrite<typeof DescribeConfigs>['resources'][number]

const resource = (resourceType: number, resourceName: string, ...configurationKeys: string[]): Resource => ({
  ...{ resourceType, resourceName, configurationKeys },
})

const describeTopic: Exchange = {
  id: 'describe-topic-configs',
  async play(talk) {
    const { name } = await talk.topic('t', 1, { 'retention.ms': '5000', 'cleanup.policy': 'compact' })
    const keys = [
      'retention.ms',
      'cleanup.policy',
      'segment.bytes',
      'max.message.bytes',
      'compression.type',
      'segment.ms',
    ]
    await talk.each('a few settings', DescribeConfigs, () => ({ resources: [resource(topicType, name, ...keys)] }))
    await talk.each(
      'their synonyms',
      DescribeConfigs,
      () => ({
        resources: [resource(topicType, name, ...keys)],
        includeSynonyms: true,
      }),
      { from: 1 },
    )
    await talk.each(
      'whether there are words',
      DescribeConfigs,
      () => ({
        resources: [resource(topicType, name, 'retention.ms')],
        includeDocumentation: true,
      }),
      { from: 3 },
    )
    const version = talk.newest(DescribeConfigs)
    const ask = (label: string, ...resources: Resource[]) => talk.ask(label, DescribeConfigs, version, { resources })
    await ask('an unknown setting', resource(topicType, name, 'no.such.setting'))
    await talk.ask(
      'no settings are all',
      DescribeConfigs,
      version,
      { resources: [resource(topicType, name)] },
      {
        pick: answer => ({
          ...answer,
          results: answer.results.map(result => ({
            ...result,
            configs: result.configs.filter(key => /^[cd]/.test(key.name)),
          })),
        }),
      },
    )
    await ask('an unknown topic', resource(topicType, talk.fresh('unknown'), 'retention.ms'))
    await ask('a bad name', resource(topicType, 'bad/name', 'retention.ms'), resource(topicType, '', 'retention.ms'))
    await ask('a topic twice', resource(topicType, name, 'retention.ms'), resource(topicType, name, 'segment.ms'))
    await ask('unknown types', resource(3, name), resource(0, name), resource(77, name))
    await ask('a broker', resource(brokerType, '1', 'num.partitions', 'log.retention.ms', 'log.retention.hours'))
    await ask('all brokers', resource(brokerType, '', 'num.partitions', 'log.retention.ms'))
    await ask('another broker', resource(brokerType, '7', 'num.partitions'))
    await ask('no broker', resource(brokerType, 'one', 'num.partitions'))
    await ask('a group', resource(groupType, talk.fresh('g'), 'consumer.session.timeout.ms', 'share.auto.offset.reset'))
    await ask('a group without name', resource(groupType, '', 'consumer.session.timeout.ms'))
    await ask('client metrics', resource(clientMetricsType, talk.fresh('metrics')))
    await ask('loggers of another broker', resource(loggerType, '7'), resource(loggerType, ''))
  },
}

/** Every topic setting: its default, type and synonyms. */
const allTopicSettings: Exchange = {
  id: 'describe-all-topic-configs',
  async play(talk) {
    const { name } = await talk.topic('t')
    const answer = await talk.quietly(DescribeConfigs, 4, {
      resources: [{ resourceType: topicType, resourceName: name, configurationKeys: null }],
    })
    const keys = answer.results[0]?.configs.map(config => config.name).sort() ?? []
    for (const key of keys) {
      await talk.ask(key, DescribeConfigs, 4, { resources: [resource(topicType, name, key)], includeSynonyms: true })
    }
  },
}

const brokerKeys = [
  ...['num.partitions', 'log.retention.hours', 'log.retention.ms', 'log.cleanup.policy'],
  ...['message.max.bytes', 'compression.type', 'log.cleaner.threads', 'num.io.threads', 'max.connections'],
  ...['background.threads', 'log.segment.bytes', 'min.insync.replicas', 'group.max.session.timeout.ms'],
  ...['offsets.retention.minutes', 'delete.topic.enable', 'default.replication.factor', 'node.id', 'broker.rack'],
  ...['log.message.timestamp.type', 'connections.max.idle.ms', 'socket.request.max.bytes', 'fetch.max.bytes'],
  ...['ssl.keystore.password', 'unclean.leader.election.enable', 'producer.id.expiration.ms', 'num.network.threads'],
  ...['log.retention.bytes', 'log.roll.ms', 'log.roll.hours', 'offset.metadata.max.bytes', 'num.replica.fetchers'],
]

const describeBroker: Exchange = {
  id: 'describe-broker-configs',
  async play(talk) {
    for (const key of brokerKeys) {
      await talk.ask(key, DescribeConfigs, 4, { resources: [resource(brokerType, '1', key)], includeSynonyms: true })
    }
  },
}

type Change = readonly [key: string, operation: number, value: string | null]

const change = (
  resourceType: number,
  resourceName: string,
  changes: readonly Change[],
  validateOnly = false,
): RequestWrite<typeof IncrementalAlterConfigs> => ({
  resources: [
    {
      ...{ resourceType, resourceName },
      configs: changes.map(([name, configOperation, value]) => ({ name, configOperation, value })),
    },
  ],
  validateOnly,
})

/** What topic settings are after a change; polled, as Kafka's broker learns of changes behind the answer. */
const shows = (talk: Talk, label: string, type: number, name: string, key: string, value: string | null) =>
  talk.ask(
    `${key} after ${label}`,
    DescribeConfigs,
    4,
    {
      resources: [resource(type, name, key)],
      includeSynonyms: true,
    },
    { until: answer => answer.results[0]?.configs[0]?.value === value },
  )

const incremental: Exchange = {
  id: 'incremental-alter-configs',
  async play(talk) {
    const { name } = await talk.topic('t')
    const alter = (label: string, ...changes: Change[]) =>
      talk.ask(label, IncrementalAlterConfigs, 1, change(topicType, name, changes))
    await talk.each('set', IncrementalAlterConfigs, () => change(topicType, name, [['retention.ms', set, '5000']]))
    await shows(talk, 'set', topicType, name, 'retention.ms', '5000')
    await alter('set what is not in its range', ['retention.ms', set, '-5'])
    await alter('set what is no number', ['retention.ms', set, 'x'])
    await alter('set nothing', ['retention.ms', set, null])
    await alter('set an unknown setting', ['no.such', set, '1'])
    await alter('append to a number', ['retention.ms', append, '1'])
    await alter('subtract from a number', ['retention.ms', subtract, '1'])
    await alter('append nothing', ['cleanup.policy', append, null])
    await alter('append a wrong member', ['cleanup.policy', append, 'burn'])
    await alter('append', ['cleanup.policy', append, 'compact'])
    await shows(talk, 'append', topicType, name, 'cleanup.policy', 'delete,compact')
    await alter('append what is there', ['cleanup.policy', append, 'compact'])
    await shows(talk, 'append what is there', topicType, name, 'cleanup.policy', 'delete,compact')
    await alter('subtract', ['cleanup.policy', subtract, 'delete'])
    await shows(talk, 'subtract', topicType, name, 'cleanup.policy', 'compact')
    await alter('subtract what is not there', ['cleanup.policy', subtract, 'delete'])
    await alter('append two', ['cleanup.policy', append, 'delete,compact'])
    await shows(talk, 'append two', topicType, name, 'cleanup.policy', 'compact,delete')
    await alter('remove', ['cleanup.policy', remove, null])
    await shows(talk, 'remove', topicType, name, 'cleanup.policy', 'delete')
    await alter('remove what is not set', ['segment.ms', remove, null])
    await alter('remove with a value', ['retention.ms', remove, '5'])
    await alter('remove an unknown setting', ['no.such', remove, null])
    await alter('an unknown operation', ['retention.ms', 9, '5'])
    await alter('a setting twice', ['retention.ms', set, '5'], ['retention.ms', set, '6'])
    await alter('good and bad', ['retention.ms', set, '7'], ['segment.bytes', set, '1'])
    await shows(talk, 'good and bad', topicType, name, 'retention.ms', '604800000')
    await alter('nothing')
    await alter('throttled replicas', ['leader.replication.throttled.replicas', append, '0:1'])
    await shows(talk, 'throttled replicas', topicType, name, 'leader.replication.throttled.replicas', '0:1')
  },
}

const resources: Exchange = {
  id: 'incremental-alter-resources',
  async play(talk) {
    const { name } = await talk.topic('t')
    const ask = (label: string, request: RequestWrite<typeof IncrementalAlterConfigs>) =>
      talk.ask(label, IncrementalAlterConfigs, 1, request)
    const retention: Change[] = [['retention.ms', set, '5']]
    await ask('only validated', change(topicType, name, retention, true))
    await ask('an unknown topic', change(topicType, talk.fresh('unknown'), retention))
    await ask('a bad name', change(topicType, 'bad/name', retention))
    await ask('an empty name', change(topicType, '', retention))
    await ask('an unknown type', change(3, name, retention))
    const one = change(topicType, name, retention).resources[0]!
    await ask('a resource twice', { resources: [one, one], validateOnly: false })
    await ask('no resources', { resources: [], validateOnly: false })
    const broker = (label: string, resourceName: string, ...changes: Change[]) =>
      ask(label, change(brokerType, resourceName, changes, true))
    await broker('a broker setting', '1', ['log.retention.ms', set, '500000'])
    await broker('a read-only broker setting', '1', ['node.id', set, '5'])
    await broker('a read-only setting of all brokers', '', ['num.partitions', set, '5'])
    await broker('a setting of one broker for all', '', ['listeners', set, 'PLAINTEXT://:9'])
    await broker('a wrong value', '1', ['message.max.bytes', set, '-1'])
    await broker('an unknown setting', '1', ['no.such', set, '1'])
    await broker('another broker', '7', ['log.retention.ms', set, '500000'])
    await broker('no broker', 'one', ['log.retention.ms', set, '500000'])
    await broker('a password in the clear', '1', ['ssl.keystore.password', set, 'x'])
    await broker('threads that more than double', '1', ['log.cleaner.threads', set, '9'])
    await broker('threads that double', '1', ['log.cleaner.threads', set, '2'])
    await broker('append to a list', '1', ['log.cleanup.policy', append, 'compact'])
    await broker('append to a number', '1', ['log.retention.ms', append, '5'])
    const group = (label: string, resourceName: string, ...changes: Change[]) =>
      ask(label, change(groupType, resourceName, changes, true))
    const g = talk.fresh('g')
    await group('a group setting', g, ['consumer.session.timeout.ms', set, '50000'])
    await group('a group setting out of bounds', g, ['consumer.session.timeout.ms', set, '5'])
    await group('an unknown group setting', g, ['retention.ms', set, '5'])
    await group('a group without name', '', ['consumer.session.timeout.ms', set, '50000'])
    await ask('client metrics', change(clientMetricsType, talk.fresh('m'), [['interval.ms', set, '1000']], true))
    await ask('client metrics of no name', change(clientMetricsType, '', [['interval.ms', set, '1000']], true))
    await ask('unknown client metrics', change(clientMetricsType, talk.fresh('m'), [['no.such', set, '1000']], true))
    await ask('a logger', change(loggerType, '1', [['no.such.logger', set, 'INFO']], true))
    await ask('a logger of another broker', change(loggerType, '7', [['root', set, 'INFO']], true))
  },
}

const dynamicBroker: Exchange = {
  id: 'dynamic-broker-configs',
  async play(talk) {
    const key = 'log.retention.ms'
    const alter = (label: string, name: string, operation: number, value: string | null) =>
      talk.ask(label, IncrementalAlterConfigs, 1, change(brokerType, name, [[key, operation, value]]))
    await alter('set for all', '', set, '700000')
    await shows(talk, 'set for all', brokerType, '1', key, '700000')
    await alter('set for one', '1', set, '800000')
    await shows(talk, 'set for one', brokerType, '1', key, '800000')
    await talk.ask('of all after set for one', DescribeConfigs, 4, {
      resources: [resource(brokerType, '', key)],
      includeSynonyms: true,
    })
    const { name } = await talk.topic('t')
    await talk.ask('of a topic', DescribeConfigs, 4, {
      resources: [resource(topicType, name, 'retention.ms')],
      includeSynonyms: true,
    })
    await alter('remove for one', '1', remove, null)
    await shows(talk, 'remove for one', brokerType, '1', key, '700000')
    await alter('remove for all', '', remove, null)
    await shows(talk, 'remove for all', brokerType, '1', key, null)
    const g = talk.fresh('g')
    const session = 'consumer.session.timeout.ms'
    await talk.ask('set for a group', IncrementalAlterConfigs, 1, change(groupType, g, [[session, set, '50000']]))
    await shows(talk, 'set for a group', groupType, g, session, '50000')
    await talk.ask('remove for a group', IncrementalAlterConfigs, 1, change(groupType, g, [[session, remove, null]]))
    await shows(talk, 'remove for a group', groupType, g, session, '45000')
  },
}

const replaced: Exchange = {
  id: 'alter-configs',
  async play(talk) {
    const { name } = await talk.topic('t', 1, { 'retention.ms': '5000' })
    const request = (resourceType: number, resourceName: string, ...configs: [string, string | null][]) => ({
      resources: [{ resourceType, resourceName, configs: configs.map(([name, value]) => ({ name, value })) }],
      validateOnly: false,
    })
    const ask = (label: string, ...configs: [string, string | null][]) =>
      talk.ask(label, AlterConfigs, 2, request(topicType, name, ...configs))
    await talk.each('a new set of settings', AlterConfigs, () => request(topicType, name, ['segment.ms', '60000']))
    await shows(talk, 'another was set', topicType, name, 'retention.ms', '604800000')
    await shows(talk, 'it was set', topicType, name, 'segment.ms', '60000')
    await ask('a wrong value', ['retention.ms', 'x'])
    await ask('no value', ['retention.ms', null])
    await ask('an unknown setting', ['no.such', '1'])
    await ask('nothing')
    await shows(talk, 'nothing was set', topicType, name, 'segment.ms', '604800000')
    await talk.ask('an unknown topic', AlterConfigs, 2, request(topicType, talk.fresh('unknown'), ['segment.ms', '5']))
    await talk.ask('an unknown type', AlterConfigs, 2, request(3, name, ['segment.ms', '5']))
    await talk.ask('another broker', AlterConfigs, 2, request(brokerType, '7', ['log.retention.ms', '5']))
    await talk.ask('a logger', AlterConfigs, 2, request(loggerType, '1', ['root', 'INFO']))
    const { resources } = request(topicType, name, ['segment.ms', '60000'])
    await talk.ask('a resource twice', AlterConfigs, 2, {
      resources: [...resources, ...resources],
      validateOnly: true,
    })
  },
}

/** DescribeConfigs, AlterConfigs and IncrementalAlterConfigs. */
export const configs: readonly Exchange[] = [
  describeTopic,
  allTopicSettings,
  describeBroker,
  incremental,
  resources,
  dynamicBroker,
  replaced,
]
