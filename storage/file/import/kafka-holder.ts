/**
 * Whether a Kafka runs on a directory. Kafka holds an fcntl lock on `.lock`, which Node can't ask for, so this looks for the process that has
 * the file open. That sees what this user may see: processes of other users or containers may stay hidden, and only Linux has `/proc`. Kafka's mark of a clean
 * stop, which it removes when it starts, is what an import rests on; this tells the pid, and stands against a mark that was copied.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../disk.ts'

/** The result, or null where the file is gone, hidden or not a file: processes come and go while they are looked at. */
const ifSeen = <T>(look: () => T): T | null => {
  try {
    return look()
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return null
  }
}

/** The number of another process that has the directory's `.lock` open; null if none is seen. */
export const kafkaHolder = (directory: string): number | null => {
  const lock = ifSeen(() => statSync(join(directory, '.lock')))
  if (lock === null) return null
  for (const name of ifSeen(() => readdirSync('/proc')) ?? []) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    const descriptors = join('/proc', name, 'fd')
    for (const fd of ifSeen(() => readdirSync(descriptors)) ?? []) {
      const open = ifSeen(() => statSync(join(descriptors, fd)))
      if (open !== null && open.ino === lock.ino && open.dev === lock.dev) return Number(name)
    }
  }
  return null
}
