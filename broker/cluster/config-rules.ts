/**
 * Which dynamic settings a topic, a broker or a group may have. All throw KafkaError with what is wrong and what is allowed.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { type BrokerSettingKey, brokerSettings, isBrokerSettingKey } from '../config/broker-settings.ts'
import { groupSettingSources, groupSettings, isGroupSettingKey } from '../config/group-settings.ts'
import type { Setting } from '../config/setting.ts'
import { isTopicSettingKey, topicSettings } from '../config/topic-settings.ts'
import type { ConfigImage } from './metadata-image.ts'

/** The broker's settings at the time of a decision: canonical text, null for no value. */
export interface BrokerSettingsView {
  text(key: BrokerSettingKey): string | null
}

const invalidConfig = (detail: string): KafkaError => new KafkaError('INVALID_CONFIG', detail)
const invalidRequest = (detail: string): KafkaError => new KafkaError('INVALID_REQUEST', detail)

const invalidValue = (key: string, value: string, setting: Pick<Setting, 'allowed'>): string =>
  `Invalid value ${value} for configuration ${key}: it must be ${setting.allowed}`

/** INVALID_CONFIG: an unknown setting, a value that isn't allowed, values that contradict each other. */
export const checkTopicConfig = (config: ConfigImage, settings: BrokerSettingsView): void => {
  for (const [key, value] of config) {
    if (!isTopicSettingKey(key)) throw invalidConfig(`Unknown topic config name: ${key}`)
    const parsed = topicSettings[key].parse(value)
    const smallest = key === 'segment.bytes' ? Number(settings.text('samsa.min.segment.bytes')) : null
    if (smallest !== null && (parsed === undefined || Number(parsed) < smallest)) {
      const allowed = `an integer of at least ${smallest}`
      throw invalidConfig(invalidValue(key, value, { ...topicSettings[key], allowed }))
    }
    if (parsed === undefined) throw invalidConfig(invalidValue(key, value, topicSettings[key]))
  }
  const text = (key: 'min.compaction.lag.ms' | 'max.compaction.lag.ms' | 'remote.storage.enable') =>
    topicSettings[key].format(config.get(key) ?? topicSettings[key].defaultText ?? '')
  if (BigInt(text('min.compaction.lag.ms')) > BigInt(text('max.compaction.lag.ms'))) {
    throw invalidConfig(
      `min.compaction.lag.ms (${text('min.compaction.lag.ms')}) is above max.compaction.lag.ms (${text('max.compaction.lag.ms')})`,
    )
  }
  if (text('remote.storage.enable') === 'true') {
    throw invalidConfig('Tiered storage is not there: remote.storage.enable must be false')
  }
}

/** Settings that size a pool of threads: by one change at most doubled or halved (observed with Kafka 4.3). */
const threadSettings: ReadonlySet<string> = new Set<BrokerSettingKey>([
  'background.threads',
  'log.cleaner.threads',
  'num.io.threads',
  'num.network.threads',
  'num.recovery.threads.per.data.dir',
  'num.replica.fetchers',
])

/** Key and trust stores: each listener has its own, under `listener.name.<name>.` (observed with Kafka 4.3). */
const isStoreSetting = (key: string): boolean => /^ssl\.(?:key\.password|(?:key|trust)store\.)/.test(key)

const checkThreads = (key: BrokerSettingKey, value: number, current: number): void => {
  if (value > current * 2) {
    throw invalidRequest(`${key} cannot be increased to more than double the current value ${current}`)
  }
  if (value < 1 || value < Math.floor(current / 2)) {
    throw invalidRequest(`${key} cannot be reduced to less than half the current value ${current}`)
  }
}

/**
 * INVALID_REQUEST: a setting that may not change while brokers run, or only per broker or listener; a value that isn't allowed. An
 * unknown setting passes, as in Kafka, where it may be a plug-in's.
 * @param changed the keys that this change gives a value @param forAll the settings are those of all brokers
 */
export const checkBrokerConfig = (
  config: ConfigImage,
  changed: ReadonlySet<string>,
  forAll: boolean,
  settings: BrokerSettingsView,
): void => {
  const known = [...changed].filter(isBrokerSettingKey)
  const fixed = known.filter(key => brokerSettings[key].update === 'read-only')
  if (fixed.length > 0) throw invalidRequest(`Cannot update these configs dynamically: [${fixed.join(', ')}]`)
  const ofListeners = known.filter(isStoreSetting)
  if (ofListeners.length > 0) {
    throw invalidRequest(
      `Only with a listener's prefix these can change while brokers run: [${ofListeners.join(', ')}]`,
    )
  }
  const single = known.filter(key => brokerSettings[key].update === 'per-broker')
  if (forAll && single.length > 0) {
    throw invalidRequest(`Cannot update these configs at default cluster level: [${single.join(', ')}]`)
  }
  for (const key of known) {
    const value = config.get(key)
    if (value === undefined) continue
    const setting: Setting = brokerSettings[key]
    const parsed = setting.parse(value)
    if (parsed === undefined) throw invalidRequest(invalidValue(key, value, setting))
    if (threadSettings.has(key)) checkThreads(key, Number(parsed), Number(settings.text(key)))
    if (key === 'log.segment.bytes' && Number(parsed) < Number(settings.text('samsa.min.segment.bytes'))) {
      throw invalidRequest(invalidValue(key, value, { ...setting, allowed: 'at least samsa.min.segment.bytes' }))
    }
  }
}

/** INVALID_CONFIG: an unknown setting, a value that isn't allowed or is outside the brokers' bounds. */
export const checkGroupConfig = (config: ConfigImage, settings: BrokerSettingsView): void => {
  for (const [key, value] of config) {
    if (!isGroupSettingKey(key)) throw invalidConfig(`Unknown group config name: ${key}`)
    const setting: Setting = groupSettings[key]
    const parsed = setting.parse(value)
    if (parsed === undefined) throw invalidConfig(invalidValue(key, value, setting))
    const { min, max } = groupSettingSources[key] ?? {}
    if (min !== undefined && Number(parsed) < Number(settings.text(min))) {
      throw invalidConfig(`${key} must be greater than or equal to ${min}`)
    }
    if (max !== undefined && Number(parsed) > Number(settings.text(max))) {
      throw invalidConfig(`${key} must be less than or equal to ${max}`)
    }
  }
}
