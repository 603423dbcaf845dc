/**
 * From what a person wrote (server.properties, --set) to the static overrides of a Config.
 */
import { isBrokerSettingKey } from './broker-settings.ts'
import { ConfigError } from './config-error.ts'
import type { Overrides } from './config.ts'

/** Settings of KRaft's controllers and quorum, which a server.properties of a real Kafka has and Samsa has no use for. */
const kraftOnly =
  /^(process\.roles$|controller\.|metadata\.|broker\.(heartbeat|session)\.|initial\.broker\.|early\.start\.)/

/** What came of it. */
export interface StaticSettings {
  readonly overrides: Overrides
  /** One line each for the log: what was ignored. */
  readonly notes: readonly string[]
}

/**
 * Joins a file's settings and those given one by one, which win. As in Kafka, keys of the file that aren't settings are
 * ignored with a note; of the others, an unknown key throws ConfigError. Values are checked by Config.
 */
export const staticSettings = (given: {
  readonly file?: ReadonlyMap<string, string>
  readonly set?: ReadonlyMap<string, string>
}): StaticSettings => {
  const file = [...(given.file ?? [])]
  const set = given.set ?? new Map()
  for (const key of set.keys()) {
    if (!isBrokerSettingKey(key))
      throw new ConfigError(key, 'there is no such setting; docs/settings.md lists them all')
  }
  const known = file.filter(([key]) => isBrokerSettingKey(key))
  const unknown = file.map(([key]) => key).filter(key => !isBrokerSettingKey(key))
  const kraft = file.map(([key]) => key).filter(key => kraftOnly.test(key) && isBrokerSettingKey(key))
  const notes: string[] = []
  if (kraft.length > 0) notes.push(`settings of KRaft's controllers have no effect: ${kraft.join(', ')}`)
  if (unknown.length > 0) notes.push(`unknown settings ignored: ${unknown.join(', ')}`)
  return { overrides: new Map([...known, ...set]), notes }
}
