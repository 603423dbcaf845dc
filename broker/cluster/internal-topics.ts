/**
 * The topics that belong to coordinators, as they are created.
 */
import type { Config } from '../config/config.ts'
import type { ConfigImage } from './metadata-image.ts'

/** How an internal topic is created. */
export interface InternalTopic {
  readonly partitions: number
  readonly replicationFactor: number
  readonly overrides: ConfigImage
}

/** Null: no internal topic has that name. */
export const internalTopic = (name: string, config: Config): InternalTopic | null => {
  const compacted = (segmentBytes: number): ConfigImage =>
    new Map([
      ['cleanup.policy', 'compact'],
      ['compression.type', 'producer'],
      ['segment.bytes', String(segmentBytes)],
    ])
  switch (name) {
    case '__consumer_offsets':
      return {
        partitions: config.get('offsets.topic.num.partitions'),
        replicationFactor: config.get('offsets.topic.replication.factor'),
        overrides: compacted(config.get('offsets.topic.segment.bytes')),
      }
    case '__transaction_state':
      return {
        partitions: config.get('transaction.state.log.num.partitions'),
        replicationFactor: config.get('transaction.state.log.replication.factor'),
        overrides: new Map([
          ...compacted(config.get('transaction.state.log.segment.bytes')),
          ['compression.type', 'uncompressed'],
          ['min.insync.replicas', String(config.get('transaction.state.log.min.isr'))],
          ['unclean.leader.election.enable', 'false'],
        ]),
      }
    case '__share_group_state':
      return {
        partitions: config.get('share.coordinator.state.topic.num.partitions'),
        replicationFactor: config.get('share.coordinator.state.topic.replication.factor'),
        overrides: new Map([
          ['cleanup.policy', 'delete'],
          ['compression.type', 'producer'],
          ['segment.bytes', String(config.get('share.coordinator.state.topic.segment.bytes'))],
          ['min.insync.replicas', String(config.get('share.coordinator.state.topic.min.isr'))],
          ['retention.ms', '-1'],
        ]),
      }
    default:
      return null
  }
}
