/**
 * Kafka's dynamic settings of brokers and groups: which of them are taken over.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { type BrokerSettingsView, checkBrokerConfig, checkGroupConfig } from '../cluster/config-rules.ts'
import { type ConfigImage, resourceTypes } from '../cluster/metadata-image.ts'
import { isBrokerSettingKey } from '../config/broker-settings.ts'
import type { KraftImage } from './kraft-image.ts'

/** Settings of one resource. */
export interface ResourceConfig {
  readonly type: number
  readonly name: string
  readonly config: ConfigImage
}

/** The settings of all brokers and of groups that Samsa has and allows; what else there is, in `notes`. */
export const otherConfigs = (
  image: KraftImage,
  settings: BrokerSettingsView,
): { readonly configs: readonly ResourceConfig[]; readonly notes: readonly string[] } => {
  const configs: ResourceConfig[] = []
  const notes: string[] = []
  for (const { type, name, config } of image.resources()) {
    if (type === resourceTypes.TOPIC) continue
    const taken = new Map<string, string>()
    for (const [key, value] of config) {
      const problem = problemOf(type, name, key, value, settings)
      if (problem === null) taken.set(key, value)
      else notes.push(`${key}=${value} of ${wordFor(type, name)} isn't taken over: ${problem}`)
    }
    if (taken.size > 0) configs.push({ type, name, config: taken })
  }
  return { configs, notes }
}

const problemOf = (
  type: number,
  name: string,
  key: string,
  value: string,
  settings: BrokerSettingsView,
): string | null => {
  const config = new Map([[key, value]])
  try {
    switch (type) {
      case resourceTypes.GROUP:
        checkGroupConfig(config, settings)
        return null
      case resourceTypes.BROKER:
        if (name !== '') return 'it is of one broker of Kafka'
        if (!isBrokerSettingKey(key)) return 'there is no such setting'
        checkBrokerConfig(config, new Set([key]), true, settings)
        return null
      default:
        return 'Samsa has no settings of that kind'
    }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return error.detail ?? error.name
  }
}

const wordFor = (type: number, name: string): string => {
  if (type === resourceTypes.GROUP) return `the group ${name}`
  if (type === resourceTypes.BROKER) return name === '' ? 'all brokers' : `broker ${name}`
  return `the resource ${name} (type ${type})`
}
