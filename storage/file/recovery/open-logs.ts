/**
 * From a data directory to its logs: what a journal holds is replayed, logs are found, what a crash may have torn is recovered, and only then does another
 * journal take the place of the one that told how far that was.
 */
import type { LogId, LogOptions } from '../../engine.ts'
import { atOnce } from '../at-once.ts'
import type { DataDirectory } from '../directory/data-directory.ts'
import { osDurability } from '../durability.ts'
import type { JournalLimits } from '../journal/journal-files.ts'
import { removeJournal } from '../journal/marker.ts'
import { replayJournal, startJournal } from '../journal/start.ts'
import { FileLog } from '../log.ts'
import { findLogs, setAside } from '../directory/log-directories.ts'
import type { LogBase } from '../log-tail.ts'
import { recoverLogs } from './recover-logs.ts'
import type { Shared } from '../shared.ts'

/** Logs synced at once. */
const CONCURRENT_FLUSHES = 16

/** What an engine is opened with. */
export interface OpenLogsOptions {
  readonly shared: Shared
  readonly directory: DataDirectory
  readonly uuid: () => string
  readonly monotonic: () => number
  readonly after: LogBase['after']
  /** Null for durability=os. */
  readonly journalLimits: JournalLimits | null
  readonly maxUnsyncedBytes: number
  /** Called once, when nothing may be written any more. */
  readonly failed: (error: unknown) => void
}

/** Kafka's, for logs found at opening, until `createLog` or `configure` says more. */
const defaultsFor = (name: string): LogOptions => ({
  name,
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * 24 * 3_600_000,
  indexIntervalBytes: 4096,
  segmentIndexBytes: 10 * 1024 * 1024,
  flushMessages: Number.MAX_SAFE_INTEGER,
  flushMs: Number.MAX_SAFE_INTEGER,
})

/** Puts the directory's logs into `logs`, ready for use. Returns what they rest on. Throws the disk's error, or an Error for people. */
export const openLogs = async (options: OpenLogsOptions, logs: Map<LogId, FileLog>): Promise<LogBase> => {
  const { shared, directory, uuid, after, journalLimits, maxUnsyncedBytes, failed } = options
  const { disk, warn, background } = shared
  const { path: dataDir, recoveryPoints, starts, clean } = directory
  const home = { ...shared, dataDir, starts, recoveryPoints, uuid }
  const ends = await replayJournal(home)
  const base: LogBase = { recoveryPoints, starts, after, durability: osDurability({ ...home, maxUnsyncedBytes }) }
  const { logs: found, leftovers } = findLogs(disk, dataDir, warn)
  await directory.forgetAllBut(new Set(found.map(log => log.name)))
  for (const leftover of leftovers) {
    const path = setAside(disk, dataDir, leftover, uuid())
    background(`removing ${path}`, disk.removeTree(path))
  }
  for (const { id, name } of found) {
    // Without recovery points nobody knows how far a log was acknowledged whose last batches are no longer in the journal.
    const known = ends !== null && recoveryPoints.readable
    const acknowledged = known ? Math.max(ends.get(name) ?? 0, recoveryPoints.get(name) ?? 0) : null
    const journaled = ends?.has(name) ?? false
    const log = { id, name, options: defaultsFor(name), clean, acknowledged, journaled }
    logs.set(id, new FileLog(shared, dataDir, log, base))
  }
  if (!clean) await recover(options, [...logs.values()])
  if (journalLimits === null) await removeJournal(disk, dataDir)
  else {
    await recoveryPoints.save()
    base.durability = await startJournal({ ...home, ...journalLimits, failed })
  }
  return base
}

/** Reads what a crash may have torn, and makes sure of what is there. */
const recover = async (options: OpenLogsOptions, logs: readonly FileLog[]): Promise<void> => {
  const { shared, directory, monotonic, journalLimits } = options
  await recoverLogs(logs, { warn: shared.warn, monotonic })
  const flushed = atOnce(logs, CONCURRENT_FLUSHES, log => log.tail.flush()).then(() => directory.recoveryPoints.save())
  // What a crash left in the page cache alone would be missing below what is journaled from now on.
  if (journalLimits !== null) await flushed
  // The next crash may follow soon: what was read now needn't be read again.
  else shared.background('syncing what a crash left', flushed)
}
