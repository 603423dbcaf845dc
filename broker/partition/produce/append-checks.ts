/**
 * Whether a partition takes a batch now: what `validate` can't know.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'
import type { AppendOptions } from './append-outcome.ts'
import type { Partition } from '../partition.ts'

/**
 * Throws NOT_ENOUGH_REPLICAS for acks −1 with fewer replicas in sync than `min.insync.replicas` (or than all, where there are
 * fewer: KIP-966), INVALID_TXN_STATE for a transactional batch whose producer has no transaction open here.
 */
export const checkAppend = (partition: Partition, records: Buffer, { acks }: AppendOptions): void => {
  if (acks === -1) checkReplicas(partition)
  if (batch.isTransactional(records, 0)) checkTransaction(partition, batch.producerId(records, 0))
}

const checkReplicas = ({ topic, index, name }: Partition): void => {
  const state = topic.partitions[index]
  if (state === undefined) return
  const needed = Math.min(topic.settings.minInsyncReplicas, state.replicas.length)
  if (state.isr.length >= needed) return
  const detail = `${name} has ${state.isr.length} replicas in sync, min.insync.replicas is ${needed}`
  throw new KafkaError('NOT_ENOUGH_REPLICAS', detail)
}

const checkTransaction = ({ folds, name }: Partition, producerId: number): void => {
  if (folds.transactions.openedAt(producerId) < 0)
    throw new KafkaError('INVALID_TXN_STATE', `producer ${producerId} has no transaction open in ${name}`)
}
