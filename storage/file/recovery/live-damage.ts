/**
 * Damage that a read meets and recovery hasn't: what the medium gives isn't what was written. It is looked at once and remembered.
 */
import { nextOffset } from '../../../protocol/records/batch.ts'
import type { Offset } from '../../engine.ts'
import { type Damage, describeDamage } from './damage.ts'
import { UnreadableBatch } from './scan.ts'
import { scanFile } from './scan-file.ts'
import type { FileSegment } from '../segment.ts'
import type { Shared } from '../shared.ts'

/**
 * Looks at the place in the segment where there was no batch. What turns out to be damage is remembered in the segment; where the indexes led to
 * no batch they are built anew.
 * @param end the offset after the segment's last batch
 */
export const examine = (shared: Shared, segment: FileSegment, end: Offset, { position }: UnreadableBatch): void => {
  const damage = firstDamage(shared, segment, boundariesAt(segment, position), end)
  if (damage !== null) {
    const known = segment.damage.filter(({ position }) => position < damage.position || position >= damage.end)
    segment.setDamage([...known, damage].sort((a, b) => a.position - b.position))
    shared.warn(describeDamage(segment.file.path, damage))
    shared.background(`remembering the damage of ${segment.file.path}`, segment.saveDamage())
  }
  segment.rebuildIndexes()
}

interface Boundary {
  readonly position: number
  readonly due: Offset
}

/**
 * Where the batch begins that is to blame, at `position` or before it, and the offset that is due there; null if a batch goes on over `position`.
 * That may be the batch before, if it claims another size than it has.
 */
const boundariesAt = (segment: FileSegment, position: number): readonly Boundary[] => {
  let due = segment.start
  let reached = 0
  let before: Boundary | null = null
  try {
    reached = segment.scan(0, (buffer, at, from) => {
      if (from >= position) return false
      before = { position: from, due: Math.max(due, dueBehindDamage(segment, from)) }
      due = nextOffset(buffer, at)
      return true
    })
  } catch (error) {
    if (!(error instanceof UnreadableBatch)) throw error
    reached = error.position
  }
  const here = { position: reached, due: Math.max(due, dueBehindDamage(segment, reached)) }
  return [before, reached <= position ? here : null].filter(boundary => boundary !== null)
}

const dueBehindDamage = (segment: FileSegment, position: number): Offset =>
  segment.damage.findLast(damage => damage.end <= position)?.to ?? 0

const firstDamage = (
  shared: Shared,
  segment: FileSegment,
  boundaries: readonly Boundary[],
  end: Offset,
): Damage | null => {
  for (const boundary of boundaries) {
    const damage = damageFrom(shared, segment, boundary, end)
    if (damage !== null) return damage
  }
  return null
}

/** The damage that begins at the boundary; null if there is a sound batch. */
const damageFrom = (shared: Shared, segment: FileSegment, { position, due }: Boundary, end: Offset): Damage | null => {
  const { sizeBytes, file } = segment
  const found: Damage[] = []
  let batches = 0
  const scan = scanFile(
    shared,
    file,
    { from: position, due, sizeBytes, limit: end },
    { batch: () => batches++, damage: damage => found.push(damage) },
  )
  for (let next = scan.next(); found.length + batches === 0; next = scan.next()) {
    if (!next.done) continue
    const { problem } = next.value
    return problem === null ? null : { position, end: sizeBytes, from: due, to: end, problem }
  }
  scan.return({ position, due, problem: null })
  return found[0]?.position === position ? found[0] : null
}
