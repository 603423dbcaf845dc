/**
 * Every setting of a topic, once, and the broker settings that are its default.
 */
import type { BrokerSettingKey } from './broker-settings.ts'
import { bool, double, int, list, long, type Settings, string, type ValueOf } from './setting.ts'

const replicas = {
  allowed: 'empty, * or a list of [partition]:[broker]',
  test: (text: string) => text === '*' || text.split(',').every(part => /^\s*(\d+:\d+)?\s*$/.test(part)),
}

/** All topic settings by key. */
export const topicSettings = {
  'cleanup.policy': list('delete', {
    oneOf: ['compact', 'delete'],
    doc: '`delete` drops old segments by `retention.ms` and `retention.bytes`, `compact` keeps the last record of each key; both may be given, or none.',
  }),
  'compression.gzip.level': int(-1, { min: 1, max: 9, or: -1, doc: 'Level of recompression to gzip.' }),
  'compression.lz4.level': int(9, { min: 1, max: 17, doc: 'Level of recompression to lz4.' }),
  'compression.type': string('producer', {
    oneOf: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    doc: 'How batches are stored; `producer` keeps what the producer chose.',
  }),
  'compression.zstd.level': int(3, { min: -131072, max: 22, doc: 'Level of recompression to zstd.' }),
  'delete.retention.ms': long(86400000, { min: 0, doc: 'How long compaction keeps tombstones.' }),
  'file.delete.delay.ms': long(60000, { min: 0 }),
  'flush.messages': long(9223372036854775807n, {
    min: 1,
    doc: 'The append that makes so many offsets of a partition unsynced is answered once they are on the medium.',
  }),
  'flush.ms': long(9223372036854775807n, {
    min: 0,
    doc: 'Milliseconds after which what was appended is synced, in the background.',
  }),
  'follower.replication.throttled.replicas': list('', { check: replicas }),
  'index.interval.bytes': int(4096, { min: 0, doc: 'Bytes of records between two entries of the offset index.' }),
  'leader.replication.throttled.replicas': list('', { check: replicas }),
  'local.retention.bytes': long(-2, { min: -2 }),
  'local.retention.ms': long(-2, { min: -2 }),
  'max.compaction.lag.ms': long(9223372036854775807n, {
    min: 1,
    doc: 'A record older than this is compacted whatever the dirty ratio.',
  }),
  'max.message.bytes': int(1048588, { min: 0, doc: 'Largest record batch, compressed, that is accepted.' }),
  'message.timestamp.after.max.ms': long(3600000, {
    min: 0,
    doc: 'How far ahead of the broker’s clock a record’s timestamp may be.',
  }),
  'message.timestamp.before.max.ms': long(9223372036854775807n, {
    min: 0,
    doc: 'How far behind the broker’s clock a record’s timestamp may be.',
  }),
  'message.timestamp.type': string('CreateTime', {
    oneOf: ['CreateTime', 'LogAppendTime'],
    doc: 'Whether the producer or the broker sets timestamps.',
  }),
  'min.cleanable.dirty.ratio': double(0.5, {
    min: 0,
    max: 1,
    doc: 'The share of a log that must be uncompacted before it is compacted.',
  }),
  'min.compaction.lag.ms': long(0, { min: 0, doc: 'A record younger than this is never compacted away.' }),
  'min.insync.replicas': int(1, {
    min: 1,
    doc: 'Replicas in sync that a Produce with acks=all needs; all of them where the topic has fewer.',
  }),
  preallocate: bool(false),
  'remote.log.copy.disable': bool(false),
  'remote.log.delete.on.disable': bool(false),
  'remote.storage.enable': bool(false),
  'retention.bytes': long(-1, { doc: 'Most bytes that a partition keeps under the policy `delete`; -1 is no bound.' }),
  'retention.ms': long(604800000, {
    min: -1,
    doc: 'How long records are kept under the policy `delete`; -1 is for ever.',
  }),
  'segment.bytes': int(1073741824, {
    min: 14,
    doc: 'Size at which a new segment begins; at least `samsa.min.segment.bytes`.',
  }),
  'segment.index.bytes': int(10485760, { min: 4, doc: 'Most bytes of a segment’s index.' }),
  'segment.jitter.ms': long(0, { min: 0, doc: 'Most that is taken off `segment.ms`, differently for each partition.' }),
  'segment.ms': long(604800000, { min: 1, doc: 'Age at which a new segment begins.' }),
  'unclean.leader.election.enable': bool(false),
} satisfies Settings

/** The name of a topic setting. */
export type TopicSettingKey = keyof typeof topicSettings

/** What a topic setting parses to. */
export type TopicSettingValue<K extends TopicSettingKey> = ValueOf<(typeof topicSettings)[K]>

/** Whether there is a topic setting of that name. */
export const isTopicSettingKey = (key: string): key is TopicSettingKey => Object.hasOwn(topicSettings, key)

/** Settings of topics that older clients and tools send and that Kafka 4 removed: accepted, and nothing is kept. */
export const removedTopicSettings: ReadonlySet<string> = new Set([
  'message.timestamp.difference.max.ms',
  'message.format.version',
  'message.downconversion.enable',
])

/** A broker setting that a topic setting takes its default from, and the factor between their units. */
export interface BrokerSynonym {
  readonly key: BrokerSettingKey
  readonly factor: number
}

const same = (key: BrokerSettingKey, factor = 1): BrokerSynonym => ({ key, factor })
const hourMs = 3_600_000

/** The broker settings behind each topic setting: the first that has a value counts. None: the table's default counts. */
export const topicSettingSynonyms: { readonly [K in TopicSettingKey]?: readonly BrokerSynonym[] } = {
  'cleanup.policy': [same('log.cleanup.policy')],
  'compression.gzip.level': [same('compression.gzip.level')],
  'compression.lz4.level': [same('compression.lz4.level')],
  'compression.type': [same('compression.type')],
  'compression.zstd.level': [same('compression.zstd.level')],
  'delete.retention.ms': [same('log.cleaner.delete.retention.ms')],
  'file.delete.delay.ms': [same('log.segment.delete.delay.ms')],
  'flush.messages': [same('log.flush.interval.messages')],
  'flush.ms': [same('log.flush.interval.ms'), same('log.flush.scheduler.interval.ms')],
  'index.interval.bytes': [same('log.index.interval.bytes')],
  'local.retention.bytes': [same('log.local.retention.bytes')],
  'local.retention.ms': [same('log.local.retention.ms')],
  'max.compaction.lag.ms': [same('log.cleaner.max.compaction.lag.ms')],
  'max.message.bytes': [same('message.max.bytes')],
  'message.timestamp.after.max.ms': [same('log.message.timestamp.after.max.ms')],
  'message.timestamp.before.max.ms': [same('log.message.timestamp.before.max.ms')],
  'message.timestamp.type': [same('log.message.timestamp.type')],
  'min.cleanable.dirty.ratio': [same('log.cleaner.min.cleanable.ratio')],
  'min.compaction.lag.ms': [same('log.cleaner.min.compaction.lag.ms')],
  'min.insync.replicas': [same('min.insync.replicas')],
  preallocate: [same('log.preallocate')],
  'retention.bytes': [same('log.retention.bytes')],
  'retention.ms': [
    same('log.retention.ms'),
    same('log.retention.minutes', 60_000),
    same('log.retention.hours', hourMs),
  ],
  'segment.bytes': [same('log.segment.bytes')],
  'segment.index.bytes': [same('log.index.size.max.bytes')],
  'segment.jitter.ms': [same('log.roll.jitter.ms'), same('log.roll.jitter.hours', hourMs)],
  'segment.ms': [same('log.roll.ms'), same('log.roll.hours', hourMs)],
  'unclean.leader.election.enable': [same('unclean.leader.election.enable')],
}
