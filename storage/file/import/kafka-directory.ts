/**
 * A data directory as Kafka left it: whose it is, whether it was stopped cleanly, and the logs in it. Nothing is changed.
 */
import { join } from 'node:path'
import type { Offset } from '../../engine.ts'
import type { Disk } from '../disk.ts'
import { readProperties } from '../directory/meta-properties.ts'
import { OffsetCheckpoint } from '../directory/offset-checkpoint.ts'

/** One partition's log in a directory of Kafka's. Offsets are undefined where Kafka checkpointed none. */
export interface KafkaLog {
  readonly path: string
  readonly topic: string
  readonly partition: number
  /** 22 characters of base64url; null in directories from before Kafka 2.8. */
  readonly topicId: string | null
  readonly start: Offset | undefined
  readonly highWatermark: Offset | undefined
  /** Kafka's cleaner has been over all offsets below. */
  readonly cleanedTo: Offset | undefined
}

/** A directory of a log that isn't imported, and why. */
export interface SkippedLog {
  readonly path: string
  readonly reason: string
}

/** One of the `log.dirs` of one broker. */
export interface KafkaDirectory {
  readonly path: string
  /** Null where the directory doesn't say. */
  readonly clusterId: string | null
  readonly nodeId: number
  /** Whether Kafka's last stop was a clean one. */
  readonly clean: boolean
  /** Path of the log of the cluster's metadata, null if it isn't here. */
  readonly metadataLog: string | null
  readonly logs: readonly KafkaLog[]
  readonly skipped: readonly SkippedLog[]
}

const METADATA_LOG = '__cluster_metadata-0'
const LOG_NAME = /^([a-zA-Z0-9._-]{1,249})-(0|[1-9]\d{0,9})$/

/** What Kafka appends to the directories that are no partition (any more). */
const asides: readonly (readonly [suffix: RegExp, reason: string])[] = [
  [/\.[0-9a-f]{32}-delete$/, 'Kafka had deleted it'],
  [/\.[0-9a-f]{32}-future$/, 'a copy that Kafka was moving between directories and had not finished'],
  [/\.[0-9a-f]{32}-stray$/, 'Kafka had found that it belongs to no topic'],
]

/** Throws an Error for people where `path` isn't a data directory of Kafka. */
export const readKafkaDirectory = (disk: Disk, path: string, warn: (line: string) => void): KafkaDirectory => {
  const properties = readProperties(disk, join(path, 'meta.properties'))
  const nodeId = Number(properties?.get('node.id') ?? properties?.get('broker.id') ?? Number.NaN)
  if (properties === null || !Number.isInteger(nodeId))
    throw new Error(`${path} isn't a data directory of Kafka: it has no meta.properties that names a node or broker`)
  if (disk.readFile(join(path, METADATA_LOG, 'samsa.log')) !== null)
    throw new Error(`${path} is a data directory of Samsa, not of Kafka`)
  const starts = new OffsetCheckpoint(disk, join(path, 'log-start-offset-checkpoint'), warn)
  const highWatermarks = new OffsetCheckpoint(disk, join(path, 'replication-offset-checkpoint'), warn)
  const cleaned = new OffsetCheckpoint(disk, join(path, 'cleaner-offset-checkpoint'), warn)
  const logs: KafkaLog[] = []
  const skipped: SkippedLog[] = []
  let metadataLog: string | null = null
  for (const name of disk.list(path).sort()) {
    const directory = join(path, name)
    if (!disk.isDirectory(directory)) continue
    const [, topic, partition] = LOG_NAME.exec(name) ?? []
    const aside = asides.find(([suffix]) => suffix.test(name))
    if (name === METADATA_LOG) metadataLog = directory
    else if (aside !== undefined) skipped.push({ path: directory, reason: aside[1] })
    else if (topic !== undefined)
      logs.push({
        path: directory,
        topic,
        partition: Number(partition),
        topicId: readProperties(disk, join(directory, 'partition.metadata'))?.get('topic_id') ?? null,
        start: starts.get(name),
        highWatermark: highWatermarks.get(name),
        cleanedTo: cleaned.get(name),
      })
    else skipped.push({ path: directory, reason: "its name isn't <topic>-<partition>" })
  }
  const clean = disk.readFile(join(path, '.kafka_cleanshutdown')) !== null
  return { path, clusterId: properties.get('cluster.id') ?? null, nodeId, clean, metadataLog, logs, skipped }
}
