/**
 * The settings that an imported topic gets. What decides over the life of records is never guessed: a topic whose retention isn't known keeps
 * its records until somebody says otherwise.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { type BrokerSettingsView, checkTopicConfig } from '../cluster/config-rules.ts'
import type { ConfigImage } from '../cluster/metadata-image.ts'
import { removedTopicSettings } from '../config/topic-settings.ts'

/** Settings by which records go. A value of these that can't be taken over stops an import. */
const deciding: ReadonlySet<string> = new Set([
  'cleanup.policy',
  'delete.retention.ms',
  'max.compaction.lag.ms',
  'min.compaction.lag.ms',
  'remote.storage.enable',
  'retention.bytes',
  'retention.ms',
])

/** What becomes of a topic's settings. */
export interface ImportedConfig {
  readonly config: ConfigImage
  /** What isn't taken over, a line each. */
  readonly notes: readonly string[]
  /** Why the topic can't be imported, a line each. */
  readonly problems: readonly string[]
}

/** Of Kafka's settings of a topic those that Samsa has and allows. */
export const importedConfig = (topic: string, kafka: ConfigImage, settings: BrokerSettingsView): ImportedConfig => {
  const config = new Map<string, string>()
  const notes: string[] = []
  const problems: string[] = []
  for (const [key, value] of kafka) {
    if (removedTopicSettings.has(key)) continue
    const problem = problemOf(new Map([[key, value]]), settings)
    if (problem === null) config.set(key, value)
    else if (deciding.has(key)) problems.push(`${topic}: ${problem}`)
    else notes.push(`${topic}: ${key}=${value} isn't taken over: ${problem}`)
  }
  const together = problemOf(config, settings)
  if (together !== null && problems.length === 0) problems.push(`${topic}: ${together}`)
  return { config, notes, problems }
}

const problemOf = (config: ConfigImage, settings: BrokerSettingsView): string | null => {
  try {
    checkTopicConfig(config, settings)
    return null
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return error.detail ?? error.name
  }
}

/** The settings with which nothing of a topic is ever dropped. */
export const keepAll: ConfigImage = new Map([
  ['retention.ms', '-1'],
  ['retention.bytes', '-1'],
])

/** `config` with what `keepAll` says where it says nothing itself. */
export const keeping = (config: ConfigImage): ConfigImage => new Map([...keepAll, ...config])
