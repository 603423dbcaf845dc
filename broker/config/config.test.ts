import test from 'ava'
import { Config, configSources } from './config.ts'
import { ConfigError } from './config-error.ts'
import { parseProperties } from './properties.ts'
import { resolveTopicSettings } from './resolved-topic-settings.ts'
import { staticSettings } from './static-settings.ts'

const { DYNAMIC_BROKER, DYNAMIC_DEFAULT_BROKER, STATIC_BROKER, DEFAULT } = configSources
const config = (settings: Record<string, string> = {}) => new Config(new Map(Object.entries(settings)))

test('values come from this broker’s dynamic overrides, all brokers’, the static ones, the default, in this order', t => {
  const settings = config({ 'message.max.bytes': '3' })
  settings.setDynamic(new Map([['message.max.bytes', '1']]), new Map([['message.max.bytes', '2']]))
  t.is(settings.get('message.max.bytes'), 1)
  t.deepEqual(
    settings.synonyms('message.max.bytes').map(({ value, source }) => [value, source]),
    [
      ['1', DYNAMIC_BROKER],
      ['2', DYNAMIC_DEFAULT_BROKER],
      ['3', STATIC_BROKER],
      ['1048588', DEFAULT],
    ],
  )
  settings.setDynamic(new Map(), new Map([['message.max.bytes', '2']]))
  t.is(settings.get('message.max.bytes'), 2)
  settings.setDynamic(new Map(), new Map())
  t.is(settings.get('message.max.bytes'), 3)
})

test('listeners are told of each value that changed, and of no other', t => {
  const settings = config()
  const changed: string[] = []
  const cancel = settings.onChange(key => changed.push(`${key}=${settings.get(key)}`))
  settings.setDynamic(new Map([['log.retention.ms', '5']]), new Map([['max.connections', '2147483647']]))
  t.deepEqual(changed, ['log.retention.ms=5'])
  cancel()
  settings.setDynamic(new Map(), new Map())
  t.is(changed.length, 1)
})

test('dynamic overrides that are unknown, fixed or not allowed are passed over', t => {
  const settings = config()
  settings.setDynamic(
    new Map([
      ['no.such', '1'],
      ['node.id', '7'],
      ['max.connections', 'many'],
    ]),
    new Map(),
  )
  t.is(settings.get('node.id'), 1)
  t.is(settings.get('max.connections'), 2147483647)
})

test('a bad value is an error that names the key and what is allowed', t => {
  const error = t.throws(() => config({ 'num.partitions': '0' }), { instanceOf: ConfigError })
  t.is(error?.message, "num.partitions: invalid value '0'; it must be an integer of at least 1")
  t.throws(() => config({ 'no.such': '1' }), { instanceOf: ConfigError, message: /no\.such: there is no such setting/ })
})

test('settings that contradict each other are errors', t => {
  t.throws(() => config({ 'process.roles': 'controller' }), { message: /^process\.roles/ })
  t.throws(() => config({ 'log.dirs': '/a,/b' }), { message: /^log\.dirs: must name one directory, not 2/ })
  t.throws(() => config({ 'log.segment.bytes': '1000' }), { message: /^log\.segment\.bytes/ })
  t.notThrows(() => config({ 'log.segment.bytes': '1000', 'samsa.min.segment.bytes': '1000' }))
})

test('a broker’s number may be set under either of its names', t => {
  t.is(config({ 'broker.id': '4' }).nodeId, 4)
  t.is(config({ 'node.id': '5' }).get('broker.id'), 5)
})

test('a topic’s settings are its own, else the broker’s in whatever unit, else the default', t => {
  const settings = config({ 'log.retention.hours': '2', 'log.roll.jitter.hours': '1', 'log.retention.minutes': '3' })
  const own = resolveTopicSettings(settings, new Map([['cleanup.policy', 'compact,delete']]))
  t.true(own.cleanupCompact && own.cleanupDelete)
  t.is(own.retentionMs, 180_000)
  t.is(own.segmentJitterMs, 3_600_000)
  t.is(own.segmentMs, 604_800_000)
  t.is(own.maxCompactionLagMs, Number.MAX_SAFE_INTEGER)
  settings.setDynamic(new Map([['log.retention.ms', '7']]), new Map())
  t.is(resolveTopicSettings(settings, new Map()).retentionMs, 7)
  t.is(resolveTopicSettings(settings, new Map([['retention.ms', '-1']])).retentionMs, -1)
})

test('retention for ever is for ever in hours too', t => {
  t.is(resolveTopicSettings(config({ 'log.retention.hours': '-1' }), new Map()).retentionMs, -1)
})

test('a server.properties of a real Kafka is accepted, with a note of what has no effect', t => {
  const file = parseProperties(`
    process.roles=broker,controller
    node.id=3
    controller.quorum.voters=3@localhost:9093
    listeners=PLAINTEXT://:9092,CONTROLLER://:9093
    controller.listener.names=CONTROLLER
    listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
    my.plugin.setting=1
    log.retention.hours=5`)
  const { overrides, notes } = staticSettings({ file, set: new Map([['log.retention.hours', '6']]) })
  const settings = new Config(overrides)
  t.is(settings.nodeId, 3)
  t.is(settings.get('log.retention.hours'), 6)
  t.deepEqual(settings.listeners, [{ name: 'PLAINTEXT', host: '', port: 9092 }])
  t.deepEqual(notes, [
    "settings of KRaft's controllers have no effect: process.roles, controller.quorum.voters, controller.listener.names",
    'unknown settings ignored: my.plugin.setting',
  ])
})

test('an unknown setting given by hand is an error', t => {
  t.throws(() => staticSettings({ set: new Map([['no.such', '1']]) }), {
    instanceOf: ConfigError,
    message: /^no\.such/,
  })
})
