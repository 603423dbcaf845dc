/** The topic that groups and committed offsets are kept in. */
export const OFFSETS_TOPIC = '__consumer_offsets'

/** The partition of `__consumer_offsets` that keeps the group: by Java's string hash, as Kafka and its tools compute it. */
export const partitionOfGroup = (groupId: string, partitionCount: number): number => {
  let hash = 0
  for (let index = 0; index < groupId.length; index++) hash = (Math.imul(31, hash) + groupId.charCodeAt(index)) | 0
  return (hash & 0x7fffffff) % partitionCount
}
