/**
 * The partition of a coordinator's topic that keeps the key: the magnitude of Java's string hash, modulo the partitions, as Kafka and its tools
 * compute it (observed with Kafka 4.3; the partitioner of producers takes the low 31 bits instead, which is another partition where the hash is negative).
 */
export const partitionOfKey = (key: string, partitionCount: number): number => {
  let hash = 0
  for (let index = 0; index < key.length; index++) hash = (Math.imul(31, hash) + key.charCodeAt(index)) | 0
  // The least int has no magnitude that is one: Kafka takes 0.
  return hash === -0x8000_0000 ? 0 : Math.abs(hash) % partitionCount
}
