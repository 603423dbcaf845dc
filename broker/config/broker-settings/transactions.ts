import { bool, int, short } from '../setting.ts'

/** Transactions and producer ids. */
export const transactionsSettings = {
  'add.partitions.to.txn.retry.backoff.max.ms': int(100, {
    doc: 'How long the first batch or offset of a transaction waits for the end of the transaction before.',
    min: 0,
  }),
  'add.partitions.to.txn.retry.backoff.ms': int(20, {
    doc: 'How long until it looks again, at most: sooner at first.',
    min: 1,
  }),
  'producer.id.expiration.ms': int(86400000, {
    doc: 'How long a partition remembers a producer that writes nothing and has no transaction open.',
    min: 1,
    update: 'cluster-wide',
  }),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int(10000, {
    doc: 'How often open transactions are looked at: those beyond their timeout are aborted.',
    min: 1,
  }),
  'transaction.max.timeout.ms': int(900000, {
    doc: 'The longest `transaction.timeout.ms` that a producer may ask for.',
    min: 1,
  }),
  'transaction.partition.verification.enable': bool(true, {
    doc: 'Whether the coordinator is asked before a transaction begins in a partition, for clients that add partitions themselves.',
    update: 'cluster-wide',
  }),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int(3600000, {
    doc: 'How often transactional ids are looked for that nobody uses.',
    min: 1,
  }),
  'transaction.state.log.load.buffer.size': int(5242880, { min: 1 }),
  'transaction.state.log.min.isr': int(1, {
    doc: '`min.insync.replicas` of `__transaction_state`. Has effect when that topic is created.',
    min: 1,
  }),
  'transaction.state.log.num.partitions': int(50, {
    doc: 'Partitions of `__transaction_state`. Has effect when that topic is created.',
    min: 1,
  }),
  'transaction.state.log.replication.factor': short(1, {
    doc: 'Replication factor of `__transaction_state`, at most the number of brokers.',
    min: 1,
  }),
  'transaction.state.log.segment.bytes': int(104857600, {
    doc: 'Segment size of `__transaction_state`. Has effect when that topic is created.',
    min: 1,
  }),
  'transaction.two.phase.commit.enable': bool(false),
  'transactional.id.expiration.ms': int(604800000, {
    doc: 'How long a transactional id without an open transaction is remembered after its last use.',
    min: 1,
  }),
}
