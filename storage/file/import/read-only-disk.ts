import { openSync } from 'node:fs'
import { type Disk, nodeDisk } from '../disk.ts'

const refuse = (): never => {
  throw new Error('what is imported is only read')
}

/** The machine's own disk, for what belongs to Kafka: reading works, and anything else is a bug that throws. */
export const readOnlyDisk: Disk = {
  ...nodeDisk,
  open: path => openSync(path, 'r'),
  write: refuse,
  truncate: refuse,
  rename: refuse,
  link: refuse,
  unlink: refuse,
  makeDirectory: refuse,
  remove: refuse,
  removeTree: refuse,
  sync: refuse,
  syncDirectory: refuse,
}
