/**
 * Brings a log up from its directory: from the files' sizes and the last index entries after a clean stop, by reading batches after a crash.
 */
import { join } from 'node:path'
import type { Offset } from '../../engine.ts'
import { decodeDamage, describeDamage } from './damage.ts'
import { clearLeftovers } from './leftovers.ts'
import { removePartsBeyond } from '../parts.ts'
import { recoverSegments } from './recover.ts'
import { UnreadableBatch } from './scan.ts'
import { FileSegment, type SegmentHome } from '../segment.ts'
import { splitOffsetName } from '../segment-names.ts'
import type { Shared } from '../shared.ts'

/** A log as its directory says it is. */
export interface LoadedLog {
  /** At least one; the last is active. */
  readonly segments: FileSegment[]
  readonly start: Offset
  readonly end: Offset
}

/** How to bring a log up. */
export interface LoadOptions extends SegmentHome {
  /** Whether the log was closed by a clean stop. */
  readonly clean: boolean
  /** What lies below is on the medium. */
  readonly recoveryPoint: Offset
  /** As in `RecoverOptions`. */
  readonly acknowledged: Offset | null
  /** Whether the journal says so. */
  readonly journaled: boolean
  /** Whether no rewrite can have left gaps above the recovery point. */
  readonly whole: boolean
  /** The log start offset as checkpointed. */
  readonly start: Offset
}

/**
 * Loads; yields the bytes read since the last time now and then, for others to have a turn. What it finds damaged is in the segments then, and still to be saved.
 * Throws the disk's error if it can't be read.
 */
export function* loadLog(shared: Shared, options: LoadOptions): Generator<number, LoadedLog, void> {
  clearLeftovers(shared, options.directory)
  const segments = findSegments(shared, options)
  let { start } = options
  let end = start
  if (segments.length === 0 && options.recoveryPoint > start) {
    shared.warn(`${options.directory}: its segments are missing; offsets go on at ${options.recoveryPoint}`)
    start = options.recoveryPoint
  }
  if (segments.length > 0) {
    const first = segments[0]!.start
    if (first > start) shared.warn(`${options.directory}: what lies between offsets ${start} and ${first} is missing`)
    start = Math.max(start, first)
    end = yield* bringUp(shared, segments, options)
  }
  if (segments.length === 0 || end < start) {
    // All that was trimmed was there, and what followed was lost: offsets go on from the start, as in Kafka.
    for (const segment of segments) segment.remove()
    segments.splice(0, segments.length, new FileSegment(shared, options, start, null))
    end = start
  }
  removePartsBeyond(shared.disk, options.directory, end)
  while (segments.length > 1 && segments[1]!.start <= start) segments.shift()!.remove()
  for (const { file, damage } of segments) for (const stretch of damage) shared.warn(describeDamage(file.path, stretch))
  return { segments, start, end }
}

/** The end of the log. After a clean stop nothing is scanned, unless the last segment isn't as it was left. */
function* bringUp(shared: Shared, segments: FileSegment[], options: LoadOptions): Generator<number, Offset, void> {
  if (options.clean) {
    const active = segments.at(-1)!
    try {
      const end = active.resume()
      if (end >= options.recoveryPoint) return end
      shared.warn(
        `${active.file.path} was closed cleanly and ends at offset ${end} now, not at ${options.recoveryPoint}`,
      )
    } catch (error) {
      if (!(error instanceof UnreadableBatch)) throw error
      shared.warn(`${active.file.path} was closed cleanly and is damaged now: ${error.detail}`)
    }
    // All of it: what changed since then isn't known.
    active.reset()
  }
  return yield* recoverSegments(shared, segments, options, options.clean)
}

const findSegments = (shared: Shared, home: SegmentHome): FileSegment[] => {
  const { disk } = shared
  const { directory } = home
  const segments: FileSegment[] = []
  const beside: { readonly offset: Offset; readonly path: string; readonly isDamage: boolean }[] = []
  for (const name of disk.list(directory)) {
    const split = splitOffsetName(name)
    if (split === null) continue
    const path = join(directory, name)
    if (split.rest === '.log') segments.push(new FileSegment(shared, home, split.offset, disk.sizeBytes(path) ?? 0))
    else if (/^\.(index|timeindex|damaged)$/.test(split.rest))
      beside.push({ offset: split.offset, path, isDamage: split.rest === '.damaged' })
  }
  const byStart = new Map(segments.map(segment => [segment.start, segment]))
  for (const { offset, path, isDamage } of beside) {
    const segment = byStart.get(offset)
    if (segment === undefined) disk.unlink(path)
    else if (isDamage) readDamage(shared, segment, path)
  }
  return segments.sort((a, b) => a.start - b.start)
}

const readDamage = (shared: Shared, segment: FileSegment, path: string): void => {
  const damage = decodeDamage(shared.disk.readFile(path) ?? Buffer.alloc(0))
  const last = damage?.at(-1)
  if (
    damage !== null &&
    (last === undefined || last.end <= segment.sizeBytes) &&
    (damage[0]?.from ?? 0) >= segment.start
  )
    segment.setDamage(damage, true)
  else shared.warn(`${path} can't be read: what it said of damage is found again when it is met`)
}
