/** What the group protocols need of the broker's settings, read at every decision: they are live. */
export interface GroupSettings {
  /** `group.initial.rebalance.delay.ms`. */
  readonly initialRebalanceDelayMs: number
  /** `group.min.session.timeout.ms`, inclusive. */
  readonly minSessionTimeoutMs: number
  /** `group.max.session.timeout.ms`, inclusive. */
  readonly maxSessionTimeoutMs: number
  /** `group.max.size`: members. */
  readonly maxSize: number
  /** `offset.metadata.max.bytes`; Kafka counts characters. */
  readonly offsetMetadataMaxSize: number
  /** `offsets.retention.minutes`. */
  readonly offsetsRetentionMs: number
  /** `offsets.retention.check.interval.ms`. */
  readonly offsetsRetentionCheckIntervalMs: number
  /** `producer.id.expiration.ms`: of producers that commit offsets in transactions. */
  readonly producerIdExpirationMs: number
}
