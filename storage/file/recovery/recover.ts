/**
 * Reads what a crash may have torn, with checksums. What follows the last sound batch of the last segment goes, as a write that was under way leaves
 * it; damage anywhere else stays where it is and is remembered.
 */
import type { Offset } from '../../engine.ts'
import { MAX_RELATIVE_OFFSET } from '../../rolling.ts'
import type { ScanEnd } from './body-scan.ts'
import type { Damage } from './damage.ts'
import { scanFile } from './scan-file.ts'
import { FileSegment, type SegmentHome } from '../segment.ts'
import type { Shared } from '../shared.ts'

/** Of the log that is recovered. */
export interface RecoverOptions extends SegmentHome {
  /** What lies below is on the medium: it isn't read, and what of it can't be read is never cut. */
  readonly recoveryPoint: Offset
  /**
   * All that was ever acknowledged lies below, and is whole as far as it is known; null if nothing is known of that. What lies above is of an append that was
   * under way: it may be torn into several segments, and is kept up to the first place that isn't whole, unless the journal says where the log ended. After a
   * failed sync it may be in the page cache alone, where no later sync finds it.
   */
  readonly acknowledged: Offset | null
  /** Whether the journal itself says so: then what lies above goes, sound or not. */
  readonly journaled: boolean
  /** Whether no rewrite can have left gaps above the recovery point: what is missing there was lost. */
  readonly whole: boolean
}

/**
 * Recovers; adds a segment where the last one can't be appended to. Yields the bytes read since the last time. Returns the log's end.
 * @param lastOnly of the last segment all is read, of others nothing: they were closed cleanly.
 */
export function* recoverSegments(
  shared: Shared,
  segments: FileSegment[],
  options: RecoverOptions,
  lastOnly: boolean,
): Generator<number, Offset, void> {
  const { recoveryPoint, acknowledged } = options
  for (let index = 0; ; index++) {
    const segment = segments[index]!
    let following = segments[index + 1]
    if (following !== undefined && (lastOnly || following.start < recoveryPoint)) continue
    const fileBytes = shared.disk.sizeBytes(segment.file.path) ?? 0
    const from = lastOnly ? segment.start : recoveryPoint
    const limit = endOf(following?.start, options.journaled ? acknowledged : null)
    let tail = yield* recoverSegment(shared, segment, from, limit)
    const torn = acknowledged === null ? undefined : segment.damage.find(damage => damage.from >= acknowledged)
    if (torn !== undefined) {
      shared.disk.truncate(shared.handles.fd(segment.file), torn.position)
      tail = { ...(yield* recoverSegment(shared, segment, from, limit)), problem: torn.problem }
    }
    const { position, due, problem } = tail
    const unanswered = following !== undefined && acknowledged !== null && following.start > acknowledged
    if (unanswered && (problem !== null || due < following!.start)) {
      removeSegments(shared, segments.splice(index + 1))
      following = undefined
    }
    if (following !== undefined) {
      // What an append left that was refused, before the next segment was begun.
      if (due === following.start && problem !== null) {
        cut(shared, segment, tail, fileBytes)
        segment.trySeal()
        continue
      }
      const lost = options.whole && due < following.start && following.start > recoveryPoint
      const wrong = problem ?? (lost ? 'batches are missing' : null)
      if (wrong !== null)
        keepDamage(segment, { position, end: fileBytes, from: due, to: following.start, problem: wrong })
      segment.trySeal()
      continue
    }
    if (due >= recoveryPoint) {
      if (problem !== null) cut(shared, segment, tail, fileBytes)
      return withoutTornSegments(shared, segments, due, recoveryPoint)
    }
    const missing = problem ?? 'its end is missing'
    keepDamage(segment, { position, end: fileBytes, from: due, to: recoveryPoint, problem: missing })
    segment.trySeal()
    segments.push(new FileSegment(shared, options, recoveryPoint, null))
    return recoveryPoint
  }
}

/** Where a segment ends at the latest; undefined if that isn't known. */
const endOf = (following: Offset | undefined, acknowledged: Offset | null): Offset | undefined =>
  acknowledged === null ? following : Math.min(following ?? acknowledged, acknowledged)

/** Reads the segment from `recoveryPoint` on; `limit` is where the next one begins. */
function* recoverSegment(
  shared: Shared,
  segment: FileSegment,
  recoveryPoint: Offset,
  limit = segment.start + MAX_RELATIVE_OFFSET + 1,
): Generator<number, ScanEnd, void> {
  const sizeBytes = shared.disk.sizeBytes(segment.file.path) ?? 0
  const { position: from, due } = segment.rewind(recoveryPoint)
  const found: Damage[] = []
  const end = yield* scanFile(
    shared,
    segment.file,
    { from, due, sizeBytes, limit },
    {
      batch: (bytes, at, position) => segment.accountHeader(bytes, at, position),
      damage: damage => found.push(damage),
    },
  )
  if (found.length > 0) segment.setDamage([...segment.damage, ...found])
  return end
}

const keepDamage = (segment: FileSegment, damage: Damage): void => segment.setDamage([...segment.damage, damage])

const cut = (shared: Shared, segment: FileSegment, { position, due, problem }: ScanEnd, fileBytes: number): void => {
  segment.truncate()
  shared.warn(
    `${segment.file.path}: ${fileBytes - position} bytes dropped from byte ${position} (offset ${due}) on: ${problem}`,
  )
}

/** A torn tail may reach over several segments: those without a sound batch go, with the damage before them. Returns the log's end. */
const withoutTornSegments = (shared: Shared, segments: FileSegment[], end: Offset, recoveryPoint: Offset): Offset => {
  const [before, last] = segments.slice(-2)
  const torn = before?.damage.at(-1)
  if (before === undefined || last === undefined || torn === undefined || last.sizeBytes + last.damage.length > 0)
    return end
  if (torn.to !== last.start || torn.from < recoveryPoint) return end
  last.remove()
  segments.pop()
  before.forgetTail()
  before.truncate()
  shared.warn(`${before.file.path}: offsets from ${torn.from} on dropped: ${torn.problem}`)
  return withoutTornSegments(shared, segments, torn.from, recoveryPoint)
}

/** What was written of an append behind a place that isn't whole. */
const removeSegments = (shared: Shared, segments: readonly FileSegment[]): void => {
  for (const segment of segments) {
    segment.remove()
    shared.warn(`${segment.file.path} removed: it holds part of an append that was never answered`)
  }
}
