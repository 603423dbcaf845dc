/**
 * Whether a partition takes anything now: what `validate` can't know.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import type { Partition } from '../partition.ts'

/**
 * Throws NOT_ENOUGH_REPLICAS where fewer replicas are in sync than `min.insync.replicas` (or than all, where there are
 * fewer: KIP-966): what waits for all of them, acks −1 and markers, isn't taken then.
 */
export const checkReplicas = ({ topic, index, name }: Partition): void => {
  const state = topic.partitions[index]
  if (state === undefined) return
  const needed = Math.min(topic.settings.minInsyncReplicas, state.replicas.length)
  if (state.isr.length >= needed) return
  const detail = `${name} has ${state.isr.length} replicas in sync, min.insync.replicas is ${needed}`
  throw new KafkaError('NOT_ENOUGH_REPLICAS', detail)
}
