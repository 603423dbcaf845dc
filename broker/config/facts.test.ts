import { readFileSync } from 'node:fs'
import test from 'ava'
import { brokerSettings } from './broker-settings.ts'
import { groupSettings } from './group-settings.ts'
import type { Setting, Settings } from './setting.ts'
import { topicSettings } from './topic-settings.ts'

interface Fact {
  readonly name: string
  readonly type: string
  readonly default: string
  readonly valid: string
  readonly update: string
}

const facts = (file: string): Fact[] => {
  const [head = '', ...lines] = readFileSync(`broker/config/facts/${file}.tsv`, 'utf8').trimEnd().split('\n')
  const names = head.split('\t')
  return lines.map(
    line => Object.fromEntries(line.split('\t').map((cell, index) => [names[index], cell])) as unknown as Fact,
  )
}

/** Where a default differs from Kafka's on purpose: what one broker for development needs. */
const ownDefaults: Readonly<Record<string, string>> = {
  'broker.id': '1',
  'node.id': '1',
  'log.dir': './samsa-data',
  'group.initial.rebalance.delay.ms': '0',
  'queued.max.request.bytes': '104857600',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
}

/** What may change while the broker runs here and not in Kafka, or the other way round. */
const ownUpdates: Readonly<Record<string, string>> = {
  listeners: 'read-only',
  'listener.security.protocol.map': 'read-only',
  'group.initial.rebalance.delay.ms': 'live',
}

const bounds = (valid: string): { min: bigint; max: bigint | null } | null => {
  const match = /^\[(-?\d+),\.\.\.(?:,(-?\d+))?\]/.exec(valid)
  return match === null ? null : { min: BigInt(match[1]!), max: match[2] === undefined ? null : BigInt(match[2]) }
}

for (const [file, table] of Object.entries({ broker: brokerSettings, topic: topicSettings, group: groupSettings })) {
  const settings: Settings = table
  const all = facts(file)

  test(`every ${file} setting of Kafka 4.3 is there with its type and default`, t => {
    for (const fact of all) {
      const setting = settings[fact.name]
      t.truthy(setting, fact.name)
      t.is(setting?.type as string, fact.type, fact.name)
      const expected = ownDefaults[fact.name] ?? (fact.default === 'null' ? null : fact.default)
      t.is(setting?.defaultText ?? null, expected, fact.name)
    }
  })

  test(`no ${file} setting is there that Kafka 4.3 doesn't have, save our own`, t => {
    const known = new Set(all.map(fact => fact.name))
    t.deepEqual(
      Object.keys(settings).filter(key => !known.has(key) && !key.startsWith('samsa.')),
      [],
    )
  })

  test(`${file} settings allow and refuse what Kafka 4.3 does`, t => {
    for (const fact of all) {
      const setting = settings[fact.name]!
      const range = bounds(fact.valid)
      if (range === null || ['segment.bytes', 'log.segment.bytes'].includes(fact.name)) continue // see samsa.min.segment.bytes
      t.not(setting.parse(String(range.min)), undefined, `${fact.name} at its least`)
      const below = String(range.min - 1n)
      if (!fact.valid.endsWith(`or ${below}`)) t.is(setting.parse(below), undefined, `${fact.name} below its least`)
      if (range.max === null || setting.type === 'DOUBLE') continue
      t.not(setting.parse(String(range.max)), undefined, `${fact.name} at its most`)
      t.is(setting.parse(String(range.max + 1n)), undefined, `${fact.name} above its most`)
    }
  })
}

test('the settings that Kafka 4.3 lets change while it runs may change here', t => {
  for (const fact of facts('broker')) {
    const setting: Setting = brokerSettings[fact.name as keyof typeof brokerSettings]
    const update = setting.update === 'read-only' ? 'read-only' : 'live'
    t.is(update, ownUpdates[fact.name] ?? fact.update, fact.name)
  }
})

test('every default is allowed', t => {
  for (const settings of [brokerSettings, topicSettings, groupSettings] as Settings[]) {
    for (const [key, setting] of Object.entries(settings)) {
      if (setting.defaultText !== null) t.not(setting.parse(setting.defaultText), undefined, key)
      if (setting.defaultText !== null) t.is(setting.format(setting.defaultText), setting.defaultText, key)
    }
  }
})
