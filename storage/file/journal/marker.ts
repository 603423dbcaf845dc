/**
 * The file that says which journal counts. Files of journals whose id it doesn't name are old, whatever they hold; without it there is none.
 */
import { join } from 'node:path'
import { type Disk, replaceFile } from '../disk.ts'
import { ID_BYTES } from './group.ts'
import { journalPath } from './journal-files.ts'

const MARKER = 'samsa.journal'
const FILE = /^samsa\.journal\.(\d{1,4})$/

/** The id of the journal that counts, or null if there is none. Throws an Error that a person can act on if that can't be told. */
export const readMarker = (disk: Disk, dataDir: string): Buffer | null => {
  const path = join(dataDir, MARKER)
  const content = disk.readFile(path)
  if (content === null) return null
  const id = Buffer.from(/^version: 0\nid: ([\w-]{22})\n$/.exec(content.toString('utf8'))?.[1] ?? '', 'base64url')
  if (id.length === ID_BYTES) return id
  throw new Error(`${path} isn't of a journal that this version of Samsa can read`)
}

/** Makes the journal the one that counts. Durable when it resolves, as are the names of all files in the directory. */
export const writeMarker = (disk: Disk, dataDir: string, id: Buffer): Promise<void> =>
  replaceFile(disk, join(dataDir, MARKER), Buffer.from(`version: 0\nid: ${id.toString('base64url')}\n`))

/** Numbers of the journal's files that are there, ascending. */
export const journalSlots = (disk: Disk, dataDir: string): number[] =>
  disk
    .list(dataDir)
    .flatMap(name => FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

/** Removes the journal and its files. Durable when it resolves. */
export const removeJournal = async (disk: Disk, dataDir: string): Promise<void> => {
  const slots = journalSlots(disk, dataDir)
  if (slots.length === 0 && disk.sizeBytes(join(dataDir, MARKER)) === null) return
  disk.unlink(join(dataDir, MARKER))
  await disk.syncDirectory(dataDir)
  for (const slot of slots) await disk.remove(journalPath(dataDir, slot))
}
