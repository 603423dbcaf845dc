import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { splitOffsetName } from '../segment-names.ts'

/** The small files that Kafka keeps beside a log's segments. The buffers are the caller's. */
export interface KafkaPartFiles {
  /** `.snapshot` files by their offset. */
  readonly snapshots: ReadonlyMap<number, Buffer>
  /** `.txnindex` files in the order of their segments. */
  readonly abortedIndexes: readonly Buffer[]
  /** `leader-epoch-checkpoint`, null if there is none. */
  readonly epochs: Buffer | null
}

/** Reads them from a log's directory. Throws the disk's error. */
export const readKafkaParts = (disk: Disk, directory: string): KafkaPartFiles => {
  const snapshots = new Map<number, Buffer>()
  const abortedIndexes: Buffer[] = []
  for (const name of disk.list(directory).sort()) {
    const split = splitOffsetName(name)
    if (split?.rest !== '.snapshot' && split?.rest !== '.txnindex') continue
    const content = disk.readFile(join(directory, name))
    if (content === null) continue
    if (split.rest === '.snapshot') snapshots.set(split.offset, content)
    else abortedIndexes.push(content)
  }
  return { snapshots, abortedIndexes, epochs: disk.readFile(join(directory, 'leader-epoch-checkpoint')) }
}
