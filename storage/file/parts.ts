/**
 * Checkpoints of folds as files in the log's directory: `.snapshot` at 42 is `00000000000000000042.snapshot`, `leader-epoch-checkpoint` is just that.
 */
import { join } from 'node:path'
import type { Checkpoint, Offset } from '../engine.ts'
import { type Disk, takePlace, writeAside } from './disk.ts'
import { offsetName, splitOffsetName } from './segment-names.ts'

const PART = /^\.?[a-zA-Z][a-zA-Z0-9.-]*$/
/** Says where a checkpoint is that has no part of its own offset. */
const MARKER = '.checkpoint'
const OWN_PARTS = /^\.(log|index|timeindex|txnindex|damaged|checkpoint)$|\.(cleaned|swap|deleted|tmp)$/
const OWN_FILES = /^(partition\.metadata|samsa\.log)$|\.(cleaned|swap|deleted|tmp)$/
/** The newest and the one before it stay. */
const KEPT_OFFSETS = 2

/** Throws a RangeError for a name that can't be a part's. */
const checkPart = (name: string): void => {
  const own = name.startsWith('.') ? OWN_PARTS : OWN_FILES
  if (!PART.test(name) || own.test(name)) throw new RangeError(`'${name}' can't be the name of a checkpoint's part`)
}

/**
 * Puts the parts in place when all of them are on the medium: a part that a loss of power cut short would be taken for a whole one. Those of the offset
 * come last; then older ones go.
 * @param stillThere throws when the directory isn't the log's any more.
 */
export const saveParts = async (
  disk: Disk,
  directory: string,
  { at, parts }: Checkpoint,
  stillThere: () => void,
): Promise<void> => {
  for (const name of parts.keys()) checkPart(name)
  const ofLog = [...parts].filter(([name]) => !name.startsWith('.'))
  const ofOffset = [...parts].filter(([name]) => name.startsWith('.'))
  if (ofOffset.length === 0) ofOffset.push([MARKER, Buffer.alloc(0)])
  const paths: string[] = []
  for (const [name, content] of [...ofLog, ...ofOffset]) {
    const path = join(directory, name.startsWith('.') ? offsetName(at) + name : name)
    await writeAside(disk, path, content)
    stillThere()
    paths.push(path)
  }
  for (const path of paths) takePlace(disk, path)
  await disk.syncDirectory(directory)
  stillThere()
  removeParts(disk, directory, offsetsOf(disk, directory).slice(KEPT_OFFSETS))
}

/** The newest checkpoint at or below `end`, or null. */
export const loadParts = (disk: Disk, directory: string, end: Offset): Checkpoint | null => {
  const at = offsetsOf(disk, directory).find(offset => offset <= end)
  if (at === undefined) return null
  const parts = new Map<string, Buffer>()
  for (const name of disk.list(directory)) {
    const split = splitOffsetName(name)
    const part = split === null ? name : split.rest
    const wanted =
      split === null ? PART.test(name) && !OWN_FILES.test(name) : split.offset === at && !OWN_PARTS.test(part)
    if (!wanted) continue
    const content = disk.readFile(join(directory, name))
    if (content !== null) parts.set(part, content)
  }
  return { at, parts }
}

/** Removes what a lost tail left: a checkpoint beyond the end would come to lie on offsets that it never saw. */
export const removePartsBeyond = (disk: Disk, directory: string, end: Offset): void =>
  removeParts(
    disk,
    directory,
    offsetsOf(disk, directory).filter(offset => offset > end),
  )

/** Offsets that have checkpoints, the newest first. */
const offsetsOf = (disk: Disk, directory: string): Offset[] => {
  const offsets = new Set<Offset>()
  for (const name of disk.list(directory)) {
    const split = splitOffsetName(name)
    if (split !== null && (split.rest === MARKER || !OWN_PARTS.test(split.rest))) offsets.add(split.offset)
  }
  return [...offsets].sort((a, b) => b - a)
}

const removeParts = (disk: Disk, directory: string, offsets: readonly Offset[]): void => {
  if (offsets.length === 0) return
  for (const name of disk.list(directory)) {
    const split = splitOffsetName(name)
    if (split === null || !offsets.includes(split.offset)) continue
    if (split.rest === MARKER || !OWN_PARTS.test(split.rest)) disk.unlink(join(directory, name))
  }
}
