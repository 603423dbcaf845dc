/**
 * The beginning of a journal's life: what an earlier one holds is replayed, and a new one put in its place.
 */
import type { Offset } from '../../engine.ts'
import { Coalesced } from '../coalesced.ts'
import type { Disk } from '../disk.ts'
import type { Durability } from '../durability.ts'
import { findLogs } from '../directory/log-directories.ts'
import type { OffsetCheckpoint } from '../directory/offset-checkpoint.ts'
import { Journal } from './journal.ts'
import { type JournalLimits, journalPath } from './journal-files.ts'
import { Journaled } from './journaled.ts'
import { journalSlots, readMarker, removeJournal, writeMarker } from './marker.ts'
import { readJournal } from './read-journal.ts'
import { replay, replayProblem } from './replay.ts'

/** The data directory, and what belongs to it. */
export interface JournalHome {
  readonly disk: Disk
  readonly dataDir: string
  readonly starts: OffsetCheckpoint
  readonly recoveryPoints: OffsetCheckpoint
  /** 22 characters of base64url. */
  readonly uuid: () => string
  readonly warn: (line: string) => void
  readonly background: (what: string, work: Promise<void>) => void
}

/** By the name of a log, the offset after the last batch that the journal holds of it. */
export type JournaledEnds = ReadonlyMap<string, Offset>

/**
 * Replays the journal, if there is one; what it held is on the medium when it resolves. All that was acknowledged of a log lies below its end or its
 * recovery point then; null where that can't be said. Throws an Error that a person can act on if it can't be replayed.
 */
export const replayJournal = async (home: JournalHome): Promise<JournaledEnds | null> => {
  const { disk, dataDir, warn } = home
  const id = readMarker(disk, dataDir)
  if (id === null) return null
  try {
    const { entries, whole } = readJournal(disk, dataDir, id, warn)
    const logs = new Map(findLogs(disk, dataDir, () => {}).logs.map(log => [log.id, log.name]))
    const ends = await replay({ ...home, logs }, entries)
    return whole ? ends : null
  } catch (error) {
    throw replayProblem(dataDir, error)
  }
}

/** What a new journal needs. */
export interface StartOptions extends JournalHome, JournalLimits {
  /** Called once, when nothing may be written any more. */
  readonly failed: (error: unknown) => void
}

/** Begins a new journal, in the files of the earlier one where there are any; that one has no meaning any more when it resolves. */
export const startJournal = async (options: StartOptions): Promise<Durability> => {
  const { disk, dataDir, starts, recoveryPoints, uuid, fileBytes, maxBytes } = options
  const id = Buffer.from(uuid(), 'base64url')
  await writeMarker(disk, dataDir, id)
  const slots = journalSlots(disk, dataDir)
  for (const slot of slots.splice(Math.floor(maxBytes / fileBytes))) await disk.remove(journalPath(dataDir, slot))
  const journal = new Journal({ ...options, id, slots, synced: () => recoveryPoints.save() })
  const names = new Coalesced(() => disk.syncDirectory(dataDir))
  return new Journaled(journal, {
    directory: { flush: () => names.run() },
    starts: { flush: () => starts.save() },
    recoveryPoints,
    remove: () => removeJournal(disk, dataDir),
  })
}
