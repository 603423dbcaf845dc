/**
 * Settings as DescribeConfigs and CreateTopics show them: value, source, synonyms, and what there is to know of each.
 */
import { type BrokerSettingKey, brokerSettings, isBrokerSettingKey } from './broker-settings.ts'
import { type Config, type ConfigSource, configSources, type Overrides, type Synonym } from './config.ts'
import { type GroupSettingKey, groupSettingSources, groupSettings } from './group-settings.ts'
import { inheritedTopicSetting } from './resolved-topic-settings.ts'
import { type Setting, settingTypes } from './setting.ts'
import { type TopicSettingKey, topicSettings, topicSettingSynonyms } from './topic-settings.ts'

/** One setting as shown. */
export interface DescribedSetting {
  readonly name: string
  /** Null: none, or one that is never shown. */
  readonly value: string | null
  readonly source: ConfigSource
  readonly readOnly: boolean
  readonly sensitive: boolean
  /** Where the value comes from and what it would fall back to, the current one first. */
  readonly synonyms: readonly { readonly name: string; readonly value: string | null; readonly source: ConfigSource }[]
  /** A number of `settingTypes`, 0 if not known. */
  readonly type: number
  readonly documentation: string
}

const NO_EFFECT = 'Accepted and kept; it has no effect in Samsa.'

interface Shown {
  readonly name: string
  readonly setting: Setting
  readonly value: string | null
  readonly synonyms: readonly Synonym[]
  readonly readOnly: boolean
}

const shown = ({ name, setting, value, synonyms, readOnly }: Shown): DescribedSetting => {
  const sensitive = setting.type === 'PASSWORD'
  return {
    name,
    value: sensitive ? null : value,
    source: synonyms[0]?.source ?? configSources.DEFAULT,
    readOnly,
    sensitive,
    synonyms: sensitive ? synonyms.map(synonym => ({ ...synonym, value: null })) : synonyms,
    type: settingTypes[setting.type],
    documentation: setting.honoured ? setting.doc : NO_EFFECT,
  }
}

/** Broker settings that stand in for one another (`log.retention.ms`, `.minutes`, `.hours`), by the first of them. */
const chains = new Map(
  Object.values(topicSettingSynonyms).map(synonyms => [synonyms[0]!.key, synonyms.map(({ key }) => key)]),
)

/** Kafka's order: the places that values come from; in each place the first of the chain that has a value there. */
const places = [
  configSources.DYNAMIC_BROKER,
  configSources.DYNAMIC_DEFAULT_BROKER,
  configSources.STATIC_BROKER,
  configSources.DEFAULT,
]

/** Synonyms of a broker setting, from where it has a value of its own on (observed with Kafka 4.3). */
const brokerSynonyms = (config: Config, key: BrokerSettingKey): readonly Synonym[] => {
  const all = (chains.get(key) ?? [key]).flatMap(one => config.synonyms(one))
  const synonyms = places.flatMap(place => all.find(({ source }) => source === place) ?? [])
  const own = synonyms.findIndex(({ name }) => name === key)
  return own < 0 ? [] : synonyms.slice(own)
}

/** All settings of a broker. */
export const describeBrokerSettings = (config: Config): DescribedSetting[] =>
  Object.entries<Setting>(brokerSettings).map(([name, setting]) => {
    const key = name as BrokerSettingKey
    const synonyms = brokerSynonyms(config, key)
    return shown({ name, setting, value: config.text(key), synonyms, readOnly: setting.update === 'read-only' })
  })

/** The dynamic settings of all brokers. What isn't known may be a secret, and isn't shown. */
export const describeBrokerDefaults = (overrides: Overrides): DescribedSetting[] =>
  [...overrides].map(([name, text]) => {
    const source = configSources.DYNAMIC_DEFAULT_BROKER
    if (!isBrokerSettingKey(name)) {
      const synonyms = [{ name, value: null, source }]
      return { name, value: null, source, readOnly: true, sensitive: true, synonyms, type: 0, documentation: '' }
    }
    const setting: Setting = brokerSettings[name]
    const value = setting.format(text)
    return shown({ name, setting, value, synonyms: [{ name, value, source }], readOnly: false })
  })

/** All settings of a topic with these overrides. */
export const describeTopicSettings = (config: Config, overrides: Overrides): DescribedSetting[] =>
  Object.entries<Setting>(topicSettings).map(([name, setting]) => {
    const key = name as TopicSettingKey
    const text = overrides.get(key)
    const override = text === undefined ? [] : [{ name, value: setting.format(text), source: configSources.TOPIC }]
    const first = topicSettingSynonyms[key]?.[0]
    const inherited = first === undefined ? [] : brokerSynonyms(config, first.key)
    const value = override[0]?.value ?? inheritedTopicSetting(config, key).value
    return shown({ name, setting, value, synonyms: [...override, ...inherited], readOnly: false })
  })

/**
 * All settings of a topic that was just created. CreateTopics names the real source of a default that stands in for
 * another (`log.retention.hours`), which DescribeConfigs doesn't (observed with Kafka 4.3).
 */
export const createdTopicSettings = (config: Config, overrides: Overrides): DescribedSetting[] =>
  describeTopicSettings(config, overrides).map(setting =>
    overrides.has(setting.name)
      ? setting
      : { ...setting, source: inheritedTopicSetting(config, setting.name as TopicSettingKey).source },
  )

/** All settings of a group with these overrides. */
export const describeGroupSettings = (config: Config, overrides: Overrides): DescribedSetting[] =>
  Object.entries<Setting>(groupSettings).map(([name, setting]) => {
    const text = overrides.get(name)
    const override = text === undefined ? [] : [{ name, value: setting.format(text), source: configSources.GROUP }]
    const from = groupSettingSources[name as GroupSettingKey]?.default
    const inherited =
      from === undefined
        ? [{ name, value: setting.defaultText ?? '', source: configSources.DEFAULT }]
        : config.synonyms(from)
    const synonyms = [...override, ...inherited]
    return shown({ name, setting, value: synonyms[0]?.value ?? null, synonyms, readOnly: false })
  })
