/**
 * Makes a log of ours out of a checked log of Kafka's, in a directory that the engine adopts or forgets.
 *
 * A closed segment's `.log` is never written again, neither by Kafka nor by us, so both may have the same file (a hard link). The last segment
 * is appended to: it is copied, whatever the mode. Indexes are built from the batches; Kafka's are neither needed nor trusted.
 */
import { constants } from 'node:fs'
import { copyFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint } from '../../engine.ts'
import { systemCode } from '../disk.ts'
import { saveParts } from '../parts.ts'
import { FileSegment } from '../segment.ts'
import { segmentFile } from '../segment-names.ts'
import type { Shared } from '../shared.ts'
import type { CheckedLog } from './check-kafka-log.ts'

/** What is staged, and how. */
export interface Staging {
  /** The directory that Kafka left. */
  readonly source: string
  readonly checked: CheckedLog
  /** The directory to fill: it exists and has no segments. */
  readonly target: string
  readonly link: boolean
  readonly indexIntervalBytes: number
  /** What folds know of the log; null: they'll read it. */
  readonly checkpoint: Checkpoint | null
}

/** How many segments came how. */
export interface Staged {
  readonly linkedCount: number
  readonly copiedCount: number
  readonly copiedBytes: number
}

/** What `link` fails with where it can't be done: another file system, no links, a file that this user may not write. */
const NO_LINK = new Set(['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

/** Fills the directory; all of it is on the medium when this resolves. Rejects with the disk's error. */
export const stageLog = async (shared: Shared, staging: Staging): Promise<Staged> => {
  const { disk } = shared
  const { source, checked, target, checkpoint } = staging
  const staged = { linkedCount: 0, copiedCount: 0, copiedBytes: 0 }
  const written: string[] = []
  for (const [index, { start, sizeBytes, damage }] of checked.segments.entries()) {
    const path = join(target, segmentFile(start, 'log'))
    const from = join(source, segmentFile(start, 'log'))
    if (staging.link && index < checked.segments.length - 1 && tryLink(shared, from, path)) staged.linkedCount++
    else {
      await copyFile(from, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      const { atime, mtime } = await stat(from)
      // The age of a segment without timestamps.
      await utimes(path, atime, mtime)
      staged.copiedCount++
      staged.copiedBytes += sizeBytes
    }
    const segment = new FileSegment(shared, homeOf(staging), start, sizeBytes)
    // What follows in the file is a torn tail, and the file then our own.
    if (disk.sizeBytes(path) !== sizeBytes) segment.truncate()
    segment.setDamage(damage)
    segment.rebuildIndexes()
    if (damage.length > 0) await segment.saveDamage()
    segment.closeFiles()
    written.push(...segment.paths)
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  if (checkpoint !== null) await saveParts(disk, target, checkpoint, () => {})
  for (const path of written) await syncIfThere(shared, path)
  await disk.syncDirectory(target)
  return staged
}

const homeOf = ({ target, indexIntervalBytes }: Staging) => ({
  directory: target,
  indexIntervalBytes: () => indexIntervalBytes,
})

const tryLink = ({ disk }: Shared, from: string, path: string): boolean => {
  try {
    // A link is of use only if the file can be opened as ours are.
    disk.close(disk.open(from, 'r+'))
    disk.link(from, path)
    return true
  } catch (error) {
    if (!NO_LINK.has(systemCode(error) ?? '')) throw error
    return false
  }
}

const syncIfThere = async ({ disk }: Shared, path: string): Promise<void> => {
  try {
    await disk.sync(path)
  } catch (error) {
    // The index of a short segment has no entries and no file.
    if (systemCode(error) !== 'ENOENT') throw error
  }
}
