import { partitionOfKey } from '../coordinator/partition-of-key.ts'

/** The topic that groups and committed offsets are kept in. */
export const OFFSETS_TOPIC = '__consumer_offsets'

/** The partition of `__consumer_offsets` that keeps the group. */
export const partitionOfGroup = (groupId: string, partitionCount: number): number =>
  partitionOfKey(groupId, partitionCount)
