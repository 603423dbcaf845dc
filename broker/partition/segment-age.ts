import { createHash } from 'node:crypto'
import type { Topic } from '../cluster/topic.ts'

/**
 * The age at which a partition's segments end, ms: `segment.ms`, or `max.compaction.lag.ms` if that is less on a compacted topic
 * (only closed segments are compacted), less the partition's own part of `segment.jitter.ms`, the same at every start.
 */
export const segmentAgeMs = (topic: Topic, index: number): number => {
  const { segmentMs, segmentJitterMs, cleanupCompact, maxCompactionLagMs } = topic.settings
  const longest = cleanupCompact ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs
  if (segmentJitterMs === 0) return longest
  const fraction = createHash('sha256').update(`${topic.id} ${index}`).digest().readUInt32BE(0) / 2 ** 32
  return longest - Math.floor(fraction * Math.min(segmentJitterMs, longest))
}
