/** Records for the stories to send. */
import type { ProducedRecord } from '../clients/driver.ts'

/** `count` records with different keys and values that compress well, for `partition`; numbered from `first` on. */
export function numberedRecords(count: number, partition = 0, first = 0): ProducedRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    partition,
    key: Buffer.from(`key-${first + index}`),
    value: Buffer.from(`value ${first + index} of many that look alike `.repeat(3)),
  }))
}

/** `count` records for each of `partitions` partitions, taking turns. */
export function spreadRecords(count: number, partitions: number): ProducedRecord[] {
  return Array.from({ length: count * partitions }, (_, index) => ({
    partition: index % partitions,
    key: Buffer.from(`key-${index}`),
    value: Buffer.from(`value ${index}`),
  }))
}
