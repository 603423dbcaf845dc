import { bool, int, long, string } from '../setting.ts'

/** Replication between brokers. */
export const replicationSettings = {
  'auto.leader.rebalance.enable': bool(true),
  'controlled.shutdown.enable': bool(true),
  'leader.imbalance.check.interval.seconds': long(300, { min: 1 }),
  'min.insync.replicas': int(1, {
    doc: 'Default of the topic setting of this name.',
    min: 1,
    update: 'cluster-wide',
  }),
  'num.recovery.threads.per.data.dir': int(2, { min: 1, update: 'cluster-wide' }),
  'num.replica.alter.log.dirs.threads': int(null),
  'num.replica.fetchers': int(1, { min: 1, update: 'cluster-wide' }),
  'replica.fetch.backoff.ms': int(1000, { min: 0 }),
  'replica.fetch.max.bytes': int(1048576, { min: 0 }),
  'replica.fetch.min.bytes': int(1),
  'replica.fetch.response.max.bytes': int(10485760, { min: 0 }),
  'replica.fetch.wait.max.ms': int(500),
  'replica.high.watermark.checkpoint.interval.ms': long(5000),
  'replica.lag.time.max.ms': long(30000),
  'replica.selector.class': string(null),
  'replica.socket.receive.buffer.bytes': int(65536),
  'replica.socket.timeout.ms': int(30000),
  'unclean.leader.election.enable': bool(false, { update: 'cluster-wide' }),
}
