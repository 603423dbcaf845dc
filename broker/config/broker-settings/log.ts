import { bool, double, int, list, long, string } from '../setting.ts'

/** How logs are kept: the defaults of topic settings, cleaning, retention. */
export const logSettings = {
  'compression.gzip.level': int(-1, {
    doc: "Level of recompression to gzip, -1 the library's own. Default of the topic setting of this name.",
    min: 1,
    max: 9,
    or: -1,
    update: 'cluster-wide',
  }),
  'compression.lz4.level': int(9, {
    doc: 'Level of recompression to lz4. Default of the topic setting of this name.',
    min: 1,
    max: 17,
    update: 'cluster-wide',
  }),
  'compression.type': string('producer', {
    doc: 'Default of the topic setting of this name.',
    oneOf: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    update: 'cluster-wide',
  }),
  'compression.zstd.level': int(3, {
    doc: 'Level of recompression to zstd. Default of the topic setting of this name.',
    min: -131072,
    max: 22,
    update: 'cluster-wide',
  }),
  'cordoned.log.dirs': list('', { update: 'cluster-wide' }),
  'log.cleaner.backoff.ms': long(15000, {
    doc: 'How long the cleaner rests when no log needs compaction.',
    min: 0,
    update: 'cluster-wide',
  }),
  'log.cleaner.dedupe.buffer.size': long(134217728, {
    doc: 'Bytes that the cleaner may use to remember keys, all its threads together: 24 a key, at `log.cleaner.io.buffer.load.factor`.',
    update: 'cluster-wide',
  }),
  'log.cleaner.delete.retention.ms': long(86400000, {
    doc: 'Default of the topic setting `delete.retention.ms`.',
    min: 0,
    update: 'cluster-wide',
  }),
  'log.cleaner.enable': bool(true, { doc: 'Whether topics with the policy `compact` are compacted.' }),
  'log.cleaner.io.buffer.load.factor': double(0.9, {
    doc: "How full the cleaner's memory of keys may become, as a share; a log with more keys is compacted in several passes.",
    update: 'cluster-wide',
  }),
  'log.cleaner.io.buffer.size': int(524288, { min: 0, update: 'cluster-wide' }),
  'log.cleaner.io.max.bytes.per.second': double(Number.MAX_VALUE, {
    doc: 'How much the cleaner reads and writes in a second at most, all logs together.',
    update: 'cluster-wide',
  }),
  'log.cleaner.max.compaction.lag.ms': long(9223372036854775807n, {
    doc: 'Default of the topic setting `max.compaction.lag.ms`.',
    min: 1,
    update: 'cluster-wide',
  }),
  'log.cleaner.min.cleanable.ratio': double(0.5, {
    doc: 'Default of the topic setting `min.cleanable.dirty.ratio`.',
    min: 0,
    max: 1,
    update: 'cluster-wide',
  }),
  'log.cleaner.min.compaction.lag.ms': long(0, {
    doc: 'Default of the topic setting `min.compaction.lag.ms`.',
    min: 0,
    update: 'cluster-wide',
  }),
  'log.cleaner.threads': int(1, {
    doc: 'How many logs are compacted at the same time, at most 4; they share the time of one thread.',
    min: 0,
    update: 'cluster-wide',
  }),
  'log.cleanup.policy': list('delete', {
    doc: 'Default of the topic setting `cleanup.policy`.',
    oneOf: ['compact', 'delete'],
    update: 'cluster-wide',
  }),
  'log.dir': list('./samsa-data', { doc: 'Where the file engine keeps its logs, when `log.dirs` is not set.' }),
  'log.dir.failure.timeout.ms': long(30000, { min: 1 }),
  'log.dirs': list(null, { doc: 'Where the file engine keeps its logs. One directory.' }),
  'log.flush.interval.messages': long(9223372036854775807n, {
    doc: 'Default of the topic setting `flush.messages`.',
    min: 1,
    update: 'cluster-wide',
  }),
  'log.flush.interval.ms': long(null, {
    doc: 'Default of the topic setting `flush.ms`; unset, `log.flush.scheduler.interval.ms` is.',
    update: 'cluster-wide',
  }),
  'log.flush.offset.checkpoint.interval.ms': int(60000, { min: 0 }),
  'log.flush.scheduler.interval.ms': long(9223372036854775807n, {
    doc: 'Default of the topic setting `flush.ms` where `log.flush.interval.ms` is unset.',
  }),
  'log.flush.start.offset.checkpoint.interval.ms': int(60000, { min: 0 }),
  'log.index.interval.bytes': int(4096, {
    doc: 'Default of the topic setting `index.interval.bytes`.',
    min: 0,
    update: 'cluster-wide',
  }),
  'log.index.size.max.bytes': int(10485760, {
    doc: 'Default of the topic setting `segment.index.bytes`.',
    min: 4,
    update: 'cluster-wide',
  }),
  'log.message.timestamp.after.max.ms': long(3600000, {
    doc: 'Default of the topic setting `message.timestamp.after.max.ms`.',
    min: 0,
    update: 'cluster-wide',
  }),
  'log.message.timestamp.before.max.ms': long(9223372036854775807n, {
    doc: 'Default of the topic setting `message.timestamp.before.max.ms`.',
    min: 0,
    update: 'cluster-wide',
  }),
  'log.message.timestamp.type': string('CreateTime', {
    doc: 'Default of the topic setting `message.timestamp.type`.',
    oneOf: ['CreateTime', 'LogAppendTime'],
    update: 'cluster-wide',
  }),
  'log.preallocate': bool(false, { update: 'cluster-wide' }),
  'log.retention.bytes': long(-1, { doc: 'Default of the topic setting `retention.bytes`.', update: 'cluster-wide' }),
  'log.retention.check.interval.ms': long(300000, {
    doc: 'How often logs are looked through for what retention may delete.',
    min: 1,
  }),
  'log.retention.hours': int(168, {
    min: 1,
    or: -1,
    doc: 'Default of the topic setting `retention.ms`, in hours, when neither `log.retention.ms` nor `log.retention.minutes` is set.',
  }),
  'log.retention.minutes': int(null, {
    min: 1,
    or: -1,
    doc: 'Default of the topic setting `retention.ms`, in minutes, when `log.retention.ms` is not set.',
  }),
  'log.retention.ms': long(null, {
    min: 1,
    or: -1,
    doc: 'Default of the topic setting `retention.ms`.',
    update: 'cluster-wide',
  }),
  'log.roll.hours': int(168, {
    doc: 'Default of the topic setting `segment.ms`, in hours, when `log.roll.ms` is not set.',
    min: 1,
  }),
  'log.roll.jitter.hours': int(0, {
    doc: 'Default of the topic setting `segment.jitter.ms`, in hours, when `log.roll.jitter.ms` is not set.',
    min: 0,
  }),
  'log.roll.jitter.ms': long(null, {
    doc: 'Default of the topic setting `segment.jitter.ms`.',
    update: 'cluster-wide',
  }),
  'log.roll.ms': long(null, { doc: 'Default of the topic setting `segment.ms`.', update: 'cluster-wide' }),
  'log.segment.bytes': int(1073741824, {
    doc: 'Default of the topic setting `segment.bytes`.',
    min: 14,
    update: 'cluster-wide',
  }),
  'log.segment.delete.delay.ms': long(60000, {
    min: 0,
    update: 'cluster-wide',
  }),
  'message.max.bytes': int(1048588, {
    doc: 'Default of the topic setting `max.message.bytes`.',
    min: 0,
    update: 'cluster-wide',
  }),
  'metadata.log.dir': string(null),
  'metadata.log.max.record.bytes.between.snapshots': long(20971520, { min: 1 }),
  'metadata.log.max.snapshot.interval.ms': long(3600000, { min: 0 }),
  'metadata.log.segment.bytes': int(1073741824, { min: 8388608 }),
  'metadata.log.segment.ms': long(604800000),
  'metadata.max.idle.interval.ms': int(500, { min: 0 }),
  'metadata.max.retention.bytes': long(104857600),
  'metadata.max.retention.ms': long(604800000),
}
