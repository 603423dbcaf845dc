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
  /** A number of `settingTypes`. */
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

/** All settings of a broker. */
export const describeBrokerSettings = (config: Config): DescribedSetting[] =>
  Object.entries<Setting>(brokerSettings).map(([name, setting]) => {
    const synonyms = config.synonyms(name as BrokerSettingKey)
    return shown({
      name,
      setting,
      value: synonyms[0]?.value ?? null,
      synonyms,
      readOnly: setting.update === 'read-only',
    })
  })

/** The dynamic settings of all brokers. */
export const describeBrokerDefaults = (overrides: Overrides): DescribedSetting[] =>
  [...overrides].flatMap(([name, text]) => {
    if (!isBrokerSettingKey(name)) return []
    const setting: Setting = brokerSettings[name]
    const value = setting.format(text)
    const synonyms = [{ name, value, source: configSources.DYNAMIC_DEFAULT_BROKER }]
    return [shown({ name, setting, value, synonyms, readOnly: false })]
  })

/** All settings of a topic with these overrides. */
export const describeTopicSettings = (config: Config, overrides: Overrides): DescribedSetting[] =>
  Object.entries<Setting>(topicSettings).map(([name, setting]) => {
    const key = name as TopicSettingKey
    const text = overrides.get(key)
    const override = text === undefined ? [] : [{ name, value: setting.format(text), source: configSources.TOPIC }]
    const inherited = (topicSettingSynonyms[key] ?? []).flatMap(synonym => config.synonyms(synonym.key))
    const value = override[0]?.value ?? inheritedTopicSetting(config, key).value
    return shown({ name, setting, value, synonyms: [...override, ...inherited], readOnly: false })
  })

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
