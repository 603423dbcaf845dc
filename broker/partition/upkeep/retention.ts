/**
 * Which whole segments a partition may drop: by age, by size (`cleanup.policy` delete).
 */
import type { Segment } from '../../../storage/engine.ts'
import type { TopicSettings } from '../../config/resolved-topic-settings.ts'

/** The settings that retention looks at. */
export type RetentionSettings = Pick<TopicSettings, 'cleanupDelete' | 'retentionMs' | 'retentionBytes'>

/** When the segment's newest record was written, ms: by its timestamp, or by the clock of the broker that wrote it where it has none. */
export const newestMs = ({ maxTimestamp, modifiedMs }: Segment): number =>
  maxTimestamp >= 0 ? maxTimestamp : modifiedMs

/**
 * The log start that retention asks for: the end of the newest segment that may go, −1 if none may. Segments go from the
 * oldest on: those whose greatest timestamp is older than `retention.ms`, then those without which the log is still no smaller
 * than `retention.bytes`. The active segment may be among them. A segment without timestamps is as old as its last append.
 * @param segments in offset order @param highWatermark nothing beyond it goes @param nowMs wall clock
 */
export const retentionStart = (
  segments: readonly Segment[],
  highWatermark: number,
  settings: RetentionSettings,
  nowMs: number,
): number => {
  if (!settings.cleanupDelete) return -1
  let excessBytes = -settings.retentionBytes
  for (const segment of segments) excessBytes += segment.sizeBytes
  let start = -1
  for (const segment of segments) {
    if (segment.end > highWatermark || segment.sizeBytes === 0) break
    const isOld = nowMs - newestMs(segment) > settings.retentionMs
    const byAge = settings.retentionMs >= 0 && isOld
    const bySize = settings.retentionBytes >= 0 && excessBytes >= segment.sizeBytes
    if (!byAge && !bySize) break
    excessBytes -= segment.sizeBytes
    start = segment.end
  }
  return start
}
