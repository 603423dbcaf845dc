/**
 * Reads what a crash may have torn, with checksums. What follows the last sound batch of the last segment goes, as a write that was under way leaves
 * it; damage anywhere else stays where it is and is remembered.
 */
import type { Offset } from '../engine.ts'
import type { ScanEnd } from './body-scan.ts'
import type { Damage } from './damage.ts'
import { scanFile } from './scan-file.ts'
import { FileSegment, type SegmentHome } from './segment.ts'
import type { Shared } from './shared.ts'

/** Offsets in a segment's indexes are 32-bit, relative to its base. */
const MAX_OFFSETS = 0x8000_0000

/** Of the log that is recovered. */
export interface RecoverOptions extends SegmentHome {
  /** What lies below is on the medium: it isn't read, and what of it can't be read is never cut. */
  readonly recoveryPoint: Offset
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
  const { recoveryPoint } = options
  for (let index = 0; ; index++) {
    const segment = segments[index]!
    const following = segments[index + 1]
    if (following !== undefined && (lastOnly || following.start <= recoveryPoint)) continue
    const fileBytes = shared.disk.sizeBytes(segment.file.path) ?? 0
    const tail = yield* recoverSegment(shared, segment, lastOnly ? segment.start : recoveryPoint, following?.start)
    const { position, due, problem } = tail
    if (following !== undefined) {
      if (problem !== null) keepDamage(segment, { position, end: fileBytes, from: due, to: following.start, problem })
      segment.trySeal()
      continue
    }
    if (due >= recoveryPoint) {
      if (problem !== null) cut(shared, segment, tail, fileBytes)
      return due
    }
    const missing = problem ?? 'its end is missing'
    keepDamage(segment, { position, end: fileBytes, from: due, to: recoveryPoint, problem: missing })
    segment.trySeal()
    segments.push(new FileSegment(shared, options, recoveryPoint, null))
    return recoveryPoint
  }
}

/** Reads the segment from `recoveryPoint` on; `limit` is where the next one begins. */
function* recoverSegment(
  shared: Shared,
  segment: FileSegment,
  recoveryPoint: Offset,
  limit = segment.start + MAX_OFFSETS,
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
