import { int, list, long, short } from '../setting.ts'

/** Classic groups and committed offsets. */
export const groupsSettings = {
  'group.coordinator.append.linger.ms': int(-1, { min: -1 }),
  'group.coordinator.background.threads': int(2, { min: 1 }),
  'group.coordinator.cached.buffer.max.bytes': int(1048588, { min: 524288, update: 'cluster-wide' }),
  'group.coordinator.rebalance.protocols': list('classic,consumer,streams', {
    oneOf: ['consumer', 'classic', 'share', 'streams'],
  }),
  'group.coordinator.threads': int(4, { min: 1 }),
  'group.initial.rebalance.delay.ms': int(0, {
    update: 'cluster-wide',
    min: 0,
    doc: 'How long an empty classic group waits for more members before its first rebalance.',
  }),
  'group.max.session.timeout.ms': int(1800000, {
    doc: 'Longest session timeout that a member of a classic group may ask for.',
  }),
  'group.max.size': int(2147483647, { doc: 'Most members of a classic group.', min: 1 }),
  'group.min.session.timeout.ms': int(6000, {
    doc: 'Shortest session timeout that a member of a classic group may ask for.',
  }),
  'offset.metadata.max.bytes': int(4096, { doc: 'Longest metadata string of a committed offset.' }),
  'offsets.commit.timeout.ms': int(5000, { min: 1 }),
  'offsets.load.buffer.size': int(5242880, { min: 1 }),
  'offsets.retention.check.interval.ms': long(600000, { doc: 'How often expired offsets are looked for.', min: 1 }),
  'offsets.retention.minutes': int(10080, {
    doc: 'How long committed offsets are kept after a group is empty, or after the commit where no group subscribes.',
    min: 1,
  }),
  'offsets.topic.compression.codec': int(0),
  'offsets.topic.num.partitions': int(50, {
    doc: 'Partitions of `__consumer_offsets`. Has effect when that topic is created.',
    min: 1,
  }),
  'offsets.topic.replication.factor': short(1, {
    doc: 'Replication factor of `__consumer_offsets`, at most the number of brokers.',
    min: 1,
  }),
  'offsets.topic.segment.bytes': int(104857600, {
    doc: 'Segment size of `__consumer_offsets`. Has effect when that topic is created.',
    min: 1,
  }),
}
