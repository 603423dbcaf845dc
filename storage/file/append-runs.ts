/**
 * An append's batches cut into runs, one a segment: mostly one run into the active segment, more where the append passes a segment's end.
 */
import type { Batch, Offset } from '../engine.ts'
import { mustRoll, type RollingOptions } from '../rolling.ts'
import type { FileSegment } from './segment.ts'
import type { Shared } from './shared.ts'
import { isShortage } from './storage-error.ts'

/** Batches `[from, to)` of the append, which lie in the segment from `position` on. */
export interface Run {
  readonly segment: FileSegment
  readonly position: number
  readonly from: number
  readonly to: number
}

/** What an append of runs needs of its log. */
export interface AppendTarget {
  readonly active: FileSegment
  readonly options: RollingOptions & { readonly segmentIndexBytes: number }
  /** Creates the files of a segment; it isn't the log's yet. */
  open(start: Offset): FileSegment
  /** What was written behind the end of the active segment couldn't be cut off for want of a descriptor: that is still to be done. */
  untidy(): void
}

/**
 * Writes all of the batches, opening segments where the active one is full. Nothing of it is readable before `account` is called on the runs; if
 * this throws, nothing is left of it (but see `untidy`). Throws the disk's error.
 */
export const writeRuns = (shared: Shared, target: AppendTarget, batches: readonly Batch[]): Run[] => {
  const { active, options } = target
  const runs: Run[] = []
  let segment = active
  let from = 0
  let sizeBytes = active.sizeBytes
  let firstTimestamp = sizeBytes === 0 ? batches[0]!.maxTimestamp : active.firstTimestamp
  const write = (to: number): void => {
    if (to === from) return
    runs.push({ segment, position: segment.sizeBytes, from, to })
    segment.write(batches, from, to)
  }
  try {
    for (const [index, { baseOffset, lastOffset, maxTimestamp, bytes }] of batches.entries()) {
      const { start, openedMs } = segment
      const full =
        mustRoll(
          { start, sizeBytes, firstTimestamp, openedMs },
          { lastOffset, maxTimestamp, sizeBytes: bytes.length },
          options,
          shared.now(),
        ) ||
        (index === 0 && sizeBytes > 0 && active.indexes.full(options.segmentIndexBytes))
      if (full) {
        write(index)
        segment = target.open(baseOffset)
        from = index
        sizeBytes = 0
        firstTimestamp = maxTimestamp
      }
      sizeBytes += bytes.length
    }
    write(batches.length)
  } catch (error) {
    undoRuns(target, runs, segment)
    throw error
  }
  return runs
}

/** Takes back what was written; another segment may have been opened without a run. Throws the disk's error. */
export const undoRuns = (
  { active, untidy }: Pick<AppendTarget, 'active' | 'untidy'>,
  runs: readonly Run[],
  opened = active,
): void => {
  for (const segment of new Set([opened, ...runs.map(run => run.segment)])) {
    if (segment === active) continue
    segment.remove()
  }
  try {
    active.truncate()
  } catch (error) {
    if (!isShortage(error)) throw error
    untidy()
  }
}
