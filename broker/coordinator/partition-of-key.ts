/** The partition of a coordinator's topic that keeps the key: by Java's string hash, as Kafka and its tools compute it. */
export const partitionOfKey = (key: string, partitionCount: number): number => {
  let hash = 0
  for (let index = 0; index < key.length; index++) hash = (Math.imul(31, hash) + key.charCodeAt(index)) | 0
  return (hash & 0x7fffffff) % partitionCount
}
