/** What transactions need of the broker's settings, read at every decision: they are live. */
export interface TransactionSettings {
  /** `transaction.max.timeout.ms`, inclusive. */
  readonly maxTimeoutMs: number
  /** `transaction.abort.timed.out.transaction.cleanup.interval.ms`: how often open transactions are looked at. */
  readonly timeoutCheckIntervalMs: number
  /** `transactional.id.expiration.ms`: how long an id is kept that isn't used. */
  readonly idExpirationMs: number
  /** `transaction.remove.expired.transaction.cleanup.interval.ms`. */
  readonly idExpirationCheckIntervalMs: number
  /** The level of the feature `transaction.version`: 0, 1 or 2. */
  readonly transactionVersion: number
}
