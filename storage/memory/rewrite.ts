/**
 * Compaction of segments in memory.
 */
import * as batch from '../../protocol/records/batch.ts'
import { MemorySegment } from './segment.ts'

/** Batches are handed out in portions of about this much. */
const PORTION_BYTES = 1024 * 1024

/**
 * New segments with what `keep` returns for the batches of the old ones, merged up to `segmentBytes`. There is at least one, and it starts
 * where the first old one did.
 */
export const rewriteSegments = async (
  old: readonly MemorySegment[],
  keep: (batches: readonly Buffer[]) => Promise<readonly Buffer[]>,
  segmentBytes: number,
): Promise<MemorySegment[]> => {
  let current = new MemorySegment(old[0]!.start, old[0]!.openedMs)
  const rewritten = [current]
  for (const segment of old) {
    let index = 0
    while (index < segment.count) {
      const portion: Buffer[] = []
      for (let bytes = 0; index < segment.count && bytes < PORTION_BYTES; bytes += segment.bytes(index++).length)
        portion.push(segment.bytes(index))
      for (const bytes of await keep(portion)) {
        const kept = {
          baseOffset: batch.baseOffset(bytes, 0),
          lastOffset: batch.lastOffset(bytes, 0),
          maxTimestamp: batch.maxTimestamp(bytes, 0),
          bytes,
        }
        if (current.count > 0 && current.sizeBytes + bytes.length > segmentBytes) {
          current = new MemorySegment(kept.baseOffset, segment.openedMs)
          rewritten.push(current)
        }
        current.append(kept)
        current.modifiedMs = Math.max(current.modifiedMs, segment.modifiedMs)
      }
    }
  }
  return rewritten
}
