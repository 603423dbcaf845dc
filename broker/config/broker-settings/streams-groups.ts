import { int } from '../setting.ts'

/** Streams groups (KIP-1071). */
export const streamsGroupsSettings = {
  'group.streams.assignment.interval.ms': int(1000, { min: 0, update: 'cluster-wide' }),
  'group.streams.heartbeat.interval.ms': int(5000, { min: 1 }),
  'group.streams.initial.rebalance.delay.ms': int(3000, { min: 0 }),
  'group.streams.max.assignment.interval.ms': int(15000, { min: 0 }),
  'group.streams.max.heartbeat.interval.ms': int(15000, { min: 1 }),
  'group.streams.max.session.timeout.ms': int(60000, { min: 1 }),
  'group.streams.max.size': int(2147483647, { min: 1 }),
  'group.streams.max.standby.replicas': int(2, { min: 0 }),
  'group.streams.min.assignment.interval.ms': int(0, { min: 0 }),
  'group.streams.min.heartbeat.interval.ms': int(5000, { min: 1 }),
  'group.streams.min.session.timeout.ms': int(45000, { min: 1 }),
  'group.streams.num.standby.replicas': int(0, { min: 0 }),
  'group.streams.session.timeout.ms': int(45000, { min: 1 }),
}
