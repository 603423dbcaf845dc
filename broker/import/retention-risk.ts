/**
 * Whether Samsa would drop imported records by a retention that nobody chose. Kafka's own defaults are in its server.properties, not in its
 * data: a topic without settings of its own may have been kept for ever there.
 */
import type { CheckedLog } from '../../storage/file/import/check-kafka-log.ts'
import type { ConfigImage } from '../cluster/metadata-image.ts'
import type { Config } from '../config/config.ts'
import { resolveTopicSettings } from '../config/resolved-topic-settings.ts'

/**
 * What the broker's defaults would drop of a topic with the settings `own`, in words; null if nothing, or if the topic itself says so.
 * @param now ms since the epoch
 */
export const retentionRisk = (
  config: Config,
  own: ConfigImage,
  logs: readonly CheckedLog[],
  now: number,
): string | null => {
  const { cleanupDelete, retentionMs, retentionBytes } = resolveTopicSettings(config, own)
  if (!cleanupDelete) return null
  const expired = (timestamp: number): boolean => timestamp < 0 || timestamp < now - retentionMs
  const old = logs.some(({ segments }) => segments.some(each => each.sizeBytes > 0 && expired(each.maxTimestamp)))
  if (old && retentionMs >= 0 && !own.has('retention.ms')) return `records older than retention.ms=${retentionMs}`
  const large = logs.some(({ sizeBytes }) => sizeBytes > retentionBytes)
  if (large && retentionBytes >= 0 && !own.has('retention.bytes'))
    return `records beyond retention.bytes=${retentionBytes}`
  return null
}
