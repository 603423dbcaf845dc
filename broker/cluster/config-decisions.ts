/**
 * Changes to dynamic settings: what the new settings of one resource are, and whether they may be.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { brokerSettings, isBrokerSettingKey } from '../config/broker-settings.ts'
import { groupSettings, isGroupSettingKey } from '../config/group-settings.ts'
import type { Setting } from '../config/setting.ts'
import { isTopicSettingKey, removedTopicSettings, topicSettings } from '../config/topic-settings.ts'
import { type BrokerSettingsView, checkBrokerConfig, checkGroupConfig, checkTopicConfig } from './config-rules.ts'
import { type ConfigImage, type MetadataImage, resourceTypes } from './metadata-image.ts'
import type { MetadataRecord } from './records.ts'
import { checkTopicName } from './topic-names.ts'

/** Operations of IncrementalAlterConfigs (KIP-339), with the numbers of the wire. */
export const configOperations = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

/** A change to one setting. */
export interface ConfigChange {
  readonly name: string
  readonly operation: number
  readonly value: string | null
}

/** Changes to the settings of one topic, broker, group, or (a broker named '') of all brokers. */
export interface ResourceChanges {
  readonly type: number
  readonly name: string
  readonly changes: readonly ConfigChange[]
  /** Settings that aren't named lose their value (AlterConfigs). */
  readonly replace: boolean
}

const invalidRequest = (detail: string): KafkaError => new KafkaError('INVALID_REQUEST', detail)

const settingOf = (type: number, key: string): Setting | undefined => {
  if (type === resourceTypes.TOPIC) return isTopicSettingKey(key) ? topicSettings[key] : undefined
  if (type === resourceTypes.GROUP) return isGroupSettingKey(key) ? groupSettings[key] : undefined
  return isBrokerSettingKey(key) ? brokerSettings[key] : undefined
}

const members = (text: string): string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')

/** The value of a list after APPEND or SUBTRACT. A list without a value of its own starts from the default's members. */
const listAfter = (type: number, { name, operation, value }: ConfigChange, current: string | undefined): string => {
  const setting = settingOf(type, name)
  const verb = operation === configOperations.APPEND ? 'APPEND to' : 'SUBTRACT from'
  if (setting?.type !== 'LIST') {
    throw new KafkaError('INVALID_CONFIG', `Can't ${verb} key ${name} because its type is not LIST.`)
  }
  const before = members(current ?? setting.defaultText ?? '')
  const named = members(value ?? '')
  if (named.length === 0) throw new KafkaError('INVALID_CONFIG', `Can't ${verb} key ${name} without a value.`)
  if (operation === configOperations.SUBTRACT) return before.filter(member => !named.includes(member)).join(',')
  return [...new Set([...before, ...named])].join(',')
}

const changed = (type: number, current: ConfigImage, { changes, replace }: ResourceChanges): Map<string, string> => {
  const next = new Map(replace ? [] : current)
  const names = new Set<string>()
  for (const change of changes) {
    const { name, operation, value } = change
    if (names.has(name)) throw invalidRequest(`Error due to duplicate config keys: ${name}`)
    names.add(name)
    if (type === resourceTypes.TOPIC && removedTopicSettings.has(name)) continue
    if (operation === configOperations.DELETE) {
      next.delete(name)
      continue
    }
    if (value === null) throw invalidRequest(`Null value not supported for : ${name}`)
    if (operation === configOperations.SET) next.set(name, value)
    else if (operation === configOperations.APPEND || operation === configOperations.SUBTRACT) {
      next.set(name, listAfter(type, change, current.get(name)))
    } else throw invalidRequest(`Unknown operation type ${operation} for ${name}`)
  }
  return next
}

/**
 * The facts that make the changes. Throws KafkaError: INVALID_TOPIC_EXCEPTION, UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG, INVALID_REQUEST.
 * @param brokers ids of the brokers
 */
export const decideConfigChanges = (
  image: MetadataImage,
  resource: ResourceChanges,
  brokers: readonly number[],
  settings: BrokerSettingsView,
): MetadataRecord[] => {
  const { type, name } = resource
  checkResource(image, resource, brokers)
  const current = image.config(type, name)
  const next = changed(type, current, resource)
  if (type === resourceTypes.TOPIC) checkTopicConfig(next, settings)
  else if (type === resourceTypes.GROUP) checkGroupConfig(next, settings)
  else {
    const given = resource.changes.filter(change => change.operation !== configOperations.DELETE)
    checkBrokerConfig(next, new Set(given.map(change => change.name)), name === '', settings)
  }
  return configRecords(type, name, current, next)
}

const checkResource = (image: MetadataImage, { type, name }: ResourceChanges, brokers: readonly number[]): void => {
  switch (type) {
    case resourceTypes.TOPIC:
      if (name === '') throw invalidRequest('Default topic resources are not allowed.')
      checkTopicName(name)
      if (image.topicByName(name) === undefined) {
        throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
      }
      return
    case resourceTypes.GROUP:
      if (name === '') throw invalidRequest('Default group resources are not allowed.')
      return
    case resourceTypes.BROKER:
      if (name !== '' && !brokers.some(id => String(id) === name)) {
        throw invalidRequest(
          `Unexpected broker id, expected ${brokers.join(', ')} or empty string, but received ${name}`,
        )
      }
      return
    default:
      throw invalidRequest(`Resource type ${type} has no settings that can be changed here`)
  }
}

/** The facts that lead from one set of values to another. */
export const configRecords = (
  type: number,
  name: string,
  current: ConfigImage,
  next: ConfigImage,
): Extract<MetadataRecord, { type: 'config' }>[] => {
  const record = (key: string, value: string | null) =>
    ({ type: 'config', resourceType: type, resourceName: name, name: key, value }) as const
  return [
    ...[...current.keys()].filter(key => !next.has(key)).map(key => record(key, null)),
    ...[...next].filter(([key, value]) => current.get(key) !== value).map(([key, value]) => record(key, value)),
  ]
}
