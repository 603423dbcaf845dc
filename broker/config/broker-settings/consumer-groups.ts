import { int, list, string } from '../setting.ts'

/** Consumer groups (KIP-848). */
export const consumerGroupsSettings = {
  'group.consumer.assignment.interval.ms': int(1000, { min: 0, update: 'cluster-wide' }),
  'group.consumer.assignors': list('uniform,range'),
  'group.consumer.heartbeat.interval.ms': int(5000, { min: 1 }),
  'group.consumer.max.assignment.interval.ms': int(15000, { min: 0 }),
  'group.consumer.max.heartbeat.interval.ms': int(15000, { min: 1 }),
  'group.consumer.max.session.timeout.ms': int(60000, { min: 1 }),
  'group.consumer.max.size': int(2147483647, { min: 1 }),
  'group.consumer.migration.policy': string('bidirectional', {
    oneOf: ['DISABLED', 'DOWNGRADE', 'UPGRADE', 'BIDIRECTIONAL'],
    anyCase: true,
  }),
  'group.consumer.min.assignment.interval.ms': int(0, { min: 0 }),
  'group.consumer.min.heartbeat.interval.ms': int(5000, { min: 1 }),
  'group.consumer.min.session.timeout.ms': int(45000, { min: 1 }),
  'group.consumer.session.timeout.ms': int(45000, { min: 1 }),
}
