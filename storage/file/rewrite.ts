/**
 * Compaction of closed segments, by Kafka's protocol: the output of a group of segments is written to `.cleaned` files, which become `.swap` when they
 * are complete; then the old segments become `.deleted` and the output takes their place. A crash at any moment leaves either enough of the
 * old or a `.log.swap`, which recovery puts in place (`recovery/leftovers.ts`).
 */
import { dirname } from 'node:path'
import * as batch from '../../protocol/records/batch.ts'
import type { Batch } from '../engine.ts'
import { MAX_RELATIVE_OFFSET } from '../rolling.ts'
import { type Disk, systemCode } from './disk.ts'
import { FileSlice, readInto } from './read.ts'
import { UnreadableBatch } from './recovery/scan.ts'
import { FileSegment, type SegmentHome } from './segment.ts'
import { CLEANED, DELETED, SWAP } from './segment-names.ts'
import type { Shared } from './shared.ts'

/** What is read, and handed to `keep`, at once. */
const PORTION_BYTES = 512 * 1024
/** So much of the output is synced at a time: more would have the system hold up all who write until it comes to the medium. */
const SYNC_BYTES = 32 * 1024 * 1024

/** What `keep` of `Log.rewrite` is. */
export type Keep = (batches: readonly Buffer[]) => Promise<readonly Buffer[]>

/** The log whose segments are rewritten. */
export interface RewrittenLog extends SegmentHome {
  /** Whether it was deleted. */
  readonly gone: boolean
  /** Whether these are still neighbours in the log; throws or is false when the rewrite must end. */
  has(segments: readonly FileSegment[]): boolean
  /** Resolves when the segments may be replaced. */
  announce(segments: readonly FileSegment[]): Promise<void>
  /** Calls `rename`, which puts the files in place, and takes its segment for these. */
  replace(segments: readonly FileSegment[], rename: () => FileSegment): void
}

/** Puts what `keep` returns in the place of neighbouring closed segments, group by group. False if the log no longer has a group: earlier ones are done. */
export const rewriteSegments = async (
  shared: Shared,
  log: RewrittenLog,
  segments: readonly FileSegment[],
  segmentBytes: number,
  keep: Keep,
): Promise<boolean> => {
  for (const group of groupSegments(segments, segmentBytes)) {
    const done = isDamaged(group[0]!)
      ? await cleanSegment(shared, log, group, group[0]!, null, keep)
      : await rewriteGroup(shared, log, group, keep)
    if (!done) return false
  }
  return true
}

const isDamaged = (segment: FileSegment): boolean => segment.damage.length > 0

/** Segments that fit into one together, as they are; one with damage stands alone. */
const groupSegments = (segments: readonly FileSegment[], segmentBytes: number): FileSegment[][] => {
  const groups: FileSegment[][] = []
  let group: FileSegment[] = []
  let sizeBytes = 0
  for (const [index, segment] of segments.entries()) {
    const end = segments[index + 1]?.start ?? segment.start + 1
    const first = group[0]
    const fits = sizeBytes + segment.sizeBytes <= segmentBytes
    const alone = isDamaged(segment) || (first !== undefined && isDamaged(first))
    if (first === undefined || !fits || alone || end - first.start > MAX_RELATIVE_OFFSET) {
      group = []
      groups.push(group)
      sizeBytes = 0
    }
    group.push(segment)
    sizeBytes += segment.sizeBytes
  }
  return groups
}

/** Puts one segment in the place of the group. False if the log no longer has the group. */
const rewriteGroup = async (
  shared: Shared,
  log: RewrittenLog,
  group: readonly FileSegment[],
  keep: Keep,
): Promise<boolean> => {
  const first = group[0]!
  const cleaned = new FileSegment(shared, log, first.start, null, CLEANED)
  try {
    for (const segment of group) {
      if (!(await cleanSegment(shared, log, group, segment, cleaned, keep))) return discard(log, cleaned)
    }
    cleaned.seal()
    cleaned.closeFiles()
    shared.disk.setModifiedMs(cleaned.file.path, Math.max(...group.map(segment => segment.modifiedMs)))
    for (const path of cleaned.paths) await shared.disk.sync(path)
    await log.announce(group)
    if (!log.has(group)) return discard(log, cleaned)
  } catch (error) {
    discard(log, cleaned)
    throw error
  }
  log.replace(group, () => swap(shared, log, group, cleaned))
  return true
}

/** @param cleaned where what is kept goes; null shows the segment's batches and keeps them all. */
const cleanSegment = async (
  shared: Shared,
  log: RewrittenLog,
  group: readonly FileSegment[],
  segment: FileSegment,
  cleaned: FileSegment | null,
  keep: Keep,
): Promise<boolean> => {
  const everything = { before: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY }
  const limits = { maxBytes: PORTION_BYTES, atLeastOne: true, from: 0, ...everything }
  for (let position = 0; position < segment.sizeBytes; ) {
    if (!log.has(group)) return false
    const slice = new FileSlice(shared.pool, 0)
    const from = segment.pastDamage(position)
    position = readInto(slice, shared, segment, from, limits)
    try {
      const kept = (await keep(split(slice.chunks, segment, from))).map(toBatch)
      if (!log.has(group)) return false
      if (cleaned === null) continue
      const before = cleaned.sizeBytes
      cleaned.write(kept, 0, kept.length)
      for (const { lastOffset, maxTimestamp, bytes } of kept) cleaned.account(lastOffset, maxTimestamp, bytes.length)
      if (Math.floor(cleaned.sizeBytes / SYNC_BYTES) > Math.floor(before / SYNC_BYTES))
        await shared.disk.sync(cleaned.file.path)
    } finally {
      slice.release()
    }
  }
  return true
}

/** The batches of what was read from `position` on. Throws `UnreadableBatch`: to write a damaged one anew would hide that it is. */
const split = (chunks: readonly Buffer[], { file }: FileSegment, position: number): Buffer[] =>
  chunks.flatMap(chunk => {
    const batches: Buffer[] = []
    for (const at of batch.batches(chunk)) {
      if (!batch.checkCrc(chunk, at))
        throw new UnreadableBatch(file.path, position + at, 'a batch with a wrong checksum')
      batches.push(chunk.subarray(at, at + batch.sizeInBytes(chunk, at)))
    }
    return batches
  })

const toBatch = (bytes: Buffer): Batch => ({
  baseOffset: batch.baseOffset(bytes, 0),
  lastOffset: batch.lastOffset(bytes, 0),
  maxTimestamp: batch.maxTimestamp(bytes, 0),
  bytes,
})

const discard = (log: RewrittenLog, cleaned: FileSegment): false => {
  // Another log's files may have the same paths by now.
  if (log.gone) cleaned.closeFiles()
  else cleaned.remove()
  return false
}

/** In one turn, so that no read comes between. */
const swap = (shared: Shared, log: RewrittenLog, group: readonly FileSegment[], cleaned: FileSegment): FileSegment => {
  const { disk } = shared
  cleaned.closeFiles()
  const places = cleaned.paths.map(path => path.slice(0, -CLEANED.length))
  for (const place of places) disk.rename(place + CLEANED, place + SWAP)
  for (const segment of group) retireSegment(shared, segment)
  for (const place of places) disk.rename(place + SWAP, place)
  return new FileSegment(shared, log, cleaned.start, cleaned.sizeBytes)
}

/** Takes a segment's files out of the log; the space comes back in the background. */
export const retireSegment = (shared: Shared, segment: FileSegment): void => {
  const { disk } = shared
  segment.closeFiles()
  const retired: string[] = []
  for (const path of segment.paths) {
    if (disk.sizeBytes(path) === null) continue
    disk.rename(path, path + DELETED)
    retired.push(path + DELETED)
  }
  shared.background(`removing ${segment.file.path}${DELETED}`, removeRetired(disk, retired))
}

const removeRetired = async (disk: Disk, paths: readonly string[]): Promise<void> => {
  // What takes the place of these files is named in this turn: that must be on the medium before they are gone from it.
  await Promise.resolve()
  try {
    for (const directory of new Set(paths.map(dirname))) await disk.syncDirectory(directory)
  } catch (error) {
    // The whole log may be deleted by now.
    if (systemCode(error) !== 'ENOENT') throw error
  }
  for (const path of paths) await disk.remove(path)
}
