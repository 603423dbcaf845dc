/**
 * Every setting of a group, once, and the broker setting that is its default.
 */
import type { BrokerSettingKey } from './broker-settings.ts'
import { bool, int, type Settings, string } from './setting.ts'

const reset = {
  allowed: 'latest, earliest or by_duration:<ISO 8601 duration>',
  test: (text: string) =>
    /^(latest|earliest|by_duration:P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)$/.test(text),
}

/** All group settings by key. None has an effect yet: they are for the newer group protocols. */
export const groupSettings = {
  'consumer.assignment.interval.ms': int(1000, { min: 0 }),
  'consumer.heartbeat.interval.ms': int(5000, { min: 1 }),
  'consumer.session.timeout.ms': int(45000, { min: 1 }),
  'share.assignment.interval.ms': int(1000, { min: 0 }),
  'share.auto.offset.reset': string('latest', { check: reset }),
  'share.delivery.count.limit': int(5, { min: 2 }),
  'share.heartbeat.interval.ms': int(5000, { min: 1 }),
  'share.isolation.level': string('read_uncommitted', { oneOf: ['read_committed', 'read_uncommitted'] }),
  'share.partition.max.record.locks': int(2000, { min: 100 }),
  'share.record.lock.duration.ms': int(30000, { min: 1000 }),
  'share.renew.acknowledge.enable': bool(true),
  'share.session.timeout.ms': int(45000, { min: 1 }),
  'streams.assignment.interval.ms': int(1000, { min: 0 }),
  'streams.heartbeat.interval.ms': int(5000, { min: 1 }),
  'streams.initial.rebalance.delay.ms': int(3000, { min: 0 }),
  'streams.num.standby.replicas': int(0, { min: 0 }),
  'streams.session.timeout.ms': int(45000, { min: 1 }),
} satisfies Settings

/** The name of a group setting. */
export type GroupSettingKey = keyof typeof groupSettings

/** Whether there is a group setting of that name. */
export const isGroupSettingKey = (key: string): key is GroupSettingKey => Object.hasOwn(groupSettings, key)

/** The broker setting that a group setting takes its default from, and those that bound it. */
export interface GroupSettingSource {
  readonly default?: BrokerSettingKey
  readonly min?: BrokerSettingKey
  readonly max?: BrokerSettingKey
}

const bounded = (theme: 'consumer' | 'share' | 'streams', rest: string): GroupSettingSource => ({
  default: `group.${theme}.${rest}` as BrokerSettingKey,
  min: `group.${theme}.min.${rest}` as BrokerSettingKey,
  max: `group.${theme}.max.${rest}` as BrokerSettingKey,
})

/** Where each group setting's default and bounds come from; those that aren't here stand alone. */
export const groupSettingSources: { readonly [K in GroupSettingKey]?: GroupSettingSource } = {
  'consumer.assignment.interval.ms': bounded('consumer', 'assignment.interval.ms'),
  'consumer.heartbeat.interval.ms': bounded('consumer', 'heartbeat.interval.ms'),
  'consumer.session.timeout.ms': bounded('consumer', 'session.timeout.ms'),
  'share.assignment.interval.ms': bounded('share', 'assignment.interval.ms'),
  'share.delivery.count.limit': bounded('share', 'delivery.count.limit'),
  'share.heartbeat.interval.ms': bounded('share', 'heartbeat.interval.ms'),
  'share.partition.max.record.locks': bounded('share', 'partition.max.record.locks'),
  'share.record.lock.duration.ms': bounded('share', 'record.lock.duration.ms'),
  'share.session.timeout.ms': bounded('share', 'session.timeout.ms'),
  'streams.assignment.interval.ms': bounded('streams', 'assignment.interval.ms'),
  'streams.heartbeat.interval.ms': bounded('streams', 'heartbeat.interval.ms'),
  'streams.initial.rebalance.delay.ms': { default: 'group.streams.initial.rebalance.delay.ms' },
  'streams.num.standby.replicas': {
    default: 'group.streams.num.standby.replicas',
    max: 'group.streams.max.standby.replicas',
  },
  'streams.session.timeout.ms': bounded('streams', 'session.timeout.ms'),
}
