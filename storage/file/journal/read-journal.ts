/**
 * Finds what a journal holds: the groups that are whole and follow one another, from the first that counts to the last.
 */
import type { Disk } from '../disk.ts'
import { decodeGroup, type Entry, type Group } from './group.ts'
import { journalPath } from './journal-files.ts'
import { journalSlots } from './marker.ts'

/** An entry, and the file that its payload is in. */
export interface FoundEntry {
  readonly slot: number
  readonly entry: Entry
}

/** The entries of the journal, in the order in which they were written. `warn` is told if groups are missing in the midst; it isn't whole then. */
export const readJournal = (
  disk: Disk,
  dataDir: string,
  id: Buffer,
  warn: (line: string) => void,
): { readonly entries: readonly FoundEntry[]; readonly whole: boolean } => {
  const found: { readonly slot: number; readonly group: Group }[] = []
  for (const slot of journalSlots(disk, dataDir))
    for (const group of groupsOf(disk.readFile(journalPath(dataDir, slot)), id)) found.push({ slot, group })
  let liveFrom = 0
  for (const { group } of found) liveFrom = Math.max(liveFrom, group.liveFrom)
  const live = found
    .filter(({ group }) => group.sequence >= liveFrom)
    .sort((a, b) => a.group.sequence - b.group.sequence)
  // Those before it were still needed when the last group was written; since then their file may have been freed, and be the one that is torn.
  let due = live[0]?.group.sequence ?? 0
  let whole = true
  for (const { group } of live) {
    if (group.sequence !== due) {
      whole = false
      warn(`the journal in ${dataDir} is damaged: its groups ${due} to ${group.sequence - 1} can't be read`)
    }
    due = group.sequence + 1
  }
  const entries = live.flatMap(({ slot, group }) => group.entries.map(entry => ({ slot, entry })))
  return { entries, whole }
}

/** The groups of one file, which begin at its beginning and follow one another. */
const groupsOf = (file: Buffer | null, id: Buffer): Group[] => {
  const groups: Group[] = []
  if (file === null) return groups
  for (let at = 0; ; ) {
    const group = decodeGroup(file, at, id)
    const last = groups.at(-1)
    if (group === null || (last !== undefined && group.sequence !== last.sequence + 1)) return groups
    groups.push(group)
    at += group.sizeBytes
  }
}
