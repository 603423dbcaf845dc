import type { Topic } from './topic.ts'

/** What the cluster asks of the part of the broker that keeps partitions. */
export interface PartitionHost {
  /** Makes the logs of the partitions from `fromIndex` on. Resolves when they can be written. Idempotent. */
  create(topic: Topic, fromIndex: number): Promise<void>
  /** Fails all that waits on the topic's partitions and deletes their logs. Idempotent. */
  delete(topic: Topic): Promise<void>
  /** The topic's snapshot was replaced: its settings or its partitions' leader epochs changed. */
  configure(topic: Topic): void
}
