/**
 * When a segment is full: Kafka's rule, the same for every engine that has segments of its own.
 */
import type { LogOptions, Offset } from './engine.ts'

/** What the rule looks at in the active segment. */
export interface Rollable {
  /** Base offset. */
  readonly start: Offset
  readonly sizeBytes: number
  /** The max timestamp of its first batch, −1 where that has none or there is no batch. */
  readonly firstTimestamp: number
  /** Wall clock, ms: when the segment was opened. */
  readonly openedMs: number
}

/** Offsets in a segment's indexes are 32-bit, relative to its base. */
export const MAX_RELATIVE_OFFSET = 0x7fffffff

/** The part of the options that the rule needs. */
export type RollingOptions = Pick<LogOptions, 'segmentBytes' | 'segmentMs'>

/**
 * Whether a new segment must be opened before a batch is appended. A segment's age is that of its first batch, measured by the timestamps of
 * the batches (so that a backlog that is produced again rolls as it did), or by the clock where they have none. An empty segment takes a
 * batch of any size.
 */
export const mustRoll = (
  segment: Rollable,
  batch: { readonly lastOffset: Offset; readonly maxTimestamp: number; readonly sizeBytes: number },
  options: RollingOptions,
  nowMs: number,
): boolean => {
  if (segment.sizeBytes === 0) return false
  if (segment.sizeBytes + batch.sizeBytes > options.segmentBytes) return true
  if (batch.lastOffset - segment.start > MAX_RELATIVE_OFFSET) return true
  const ageMs =
    segment.firstTimestamp >= 0 && batch.maxTimestamp >= 0
      ? batch.maxTimestamp - segment.firstTimestamp
      : nowMs - segment.openedMs
  return ageMs > options.segmentMs
}
