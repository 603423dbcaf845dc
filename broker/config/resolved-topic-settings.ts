/**
 * A topic's settings as the hot paths want them: parsed once, when the topic or a default behind it changes.
 */
import type { Config, Overrides, Synonym } from './config.ts'
import { configSources } from './config.ts'
import type { Setting } from './setting.ts'
import { type TopicSettingKey, type TopicSettingValue, topicSettings, topicSettingSynonyms } from './topic-settings.ts'

/** The settings that Samsa honours, resolved. Times in ms; numbers saturate at MAX_SAFE_INTEGER. */
export interface TopicSettings {
  readonly cleanupDelete: boolean
  readonly cleanupCompact: boolean
  readonly compressionType: TopicSettingValue<'compression.type'>
  readonly compressionGzipLevel: number
  readonly compressionLz4Level: number
  readonly compressionZstdLevel: number
  readonly deleteRetentionMs: number
  readonly fileDeleteDelayMs: number
  readonly flushMessages: number
  readonly flushMs: number
  readonly indexIntervalBytes: number
  readonly maxCompactionLagMs: number
  readonly maxMessageBytes: number
  readonly messageTimestampAfterMaxMs: number
  readonly messageTimestampBeforeMaxMs: number
  readonly messageTimestampType: TopicSettingValue<'message.timestamp.type'>
  readonly minCleanableDirtyRatio: number
  readonly minCompactionLagMs: number
  readonly minInsyncReplicas: number
  /** −1: no bound. */
  readonly retentionBytes: number
  /** −1: for ever. */
  readonly retentionMs: number
  readonly segmentBytes: number
  readonly segmentIndexBytes: number
  readonly segmentJitterMs: number
  readonly segmentMs: number
}

/** The value that a topic without an override of `key` has, in canonical text form, and where it comes from. */
export const inheritedTopicSetting = (config: Config, key: TopicSettingKey): Synonym => {
  for (const synonym of topicSettingSynonyms[key] ?? []) {
    const found = config.synonyms(synonym.key)[0]
    if (found === undefined) continue
    if (synonym.factor === 1) return found
    const value = BigInt(found.value)
    return { ...found, value: String(value < 0n ? value : value * BigInt(synonym.factor)) } // -1 is for ever in any unit
  }
  return { name: key, value: topicSettings[key].defaultText, source: configSources.DEFAULT } as Synonym
}

/** Resolves a topic's settings over the broker's. An override that can't be parsed counts as none. */
export const resolveTopicSettings = (config: Config, overrides: Overrides): TopicSettings => {
  const value = <K extends TopicSettingKey>(key: K): TopicSettingValue<K> => {
    const setting = topicSettings[key] as Setting<TopicSettingValue<K>>
    const override = overrides.get(key)
    const parsed = override === undefined ? undefined : setting.parse(override)
    return parsed ?? setting.parse(inheritedTopicSetting(config, key).value) ?? setting.parse(setting.defaultText!)!
  }
  const policy = value('cleanup.policy')
  return Object.freeze({
    cleanupDelete: policy.includes('delete'),
    cleanupCompact: policy.includes('compact'),
    compressionType: value('compression.type'),
    compressionGzipLevel: value('compression.gzip.level'),
    compressionLz4Level: value('compression.lz4.level'),
    compressionZstdLevel: value('compression.zstd.level'),
    deleteRetentionMs: value('delete.retention.ms'),
    fileDeleteDelayMs: value('file.delete.delay.ms'),
    flushMessages: value('flush.messages'),
    flushMs: value('flush.ms'),
    indexIntervalBytes: value('index.interval.bytes'),
    maxCompactionLagMs: value('max.compaction.lag.ms'),
    maxMessageBytes: value('max.message.bytes'),
    messageTimestampAfterMaxMs: value('message.timestamp.after.max.ms'),
    messageTimestampBeforeMaxMs: value('message.timestamp.before.max.ms'),
    messageTimestampType: value('message.timestamp.type'),
    minCleanableDirtyRatio: value('min.cleanable.dirty.ratio'),
    minCompactionLagMs: value('min.compaction.lag.ms'),
    minInsyncReplicas: value('min.insync.replicas'),
    retentionBytes: value('retention.bytes'),
    retentionMs: value('retention.ms'),
    segmentBytes: value('segment.bytes'),
    segmentIndexBytes: value('segment.index.bytes'),
    segmentJitterMs: value('segment.jitter.ms'),
    segmentMs: value('segment.ms'),
  })
}
