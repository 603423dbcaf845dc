/**
 * Makes logs of ours out of checked logs of Kafka's, in directories that aren't logs yet.
 */
import type { LogOptions } from '../../storage/engine.ts'
import { type Disk, nodeDisk } from '../../storage/file/disk.ts'
import type { StagedLog } from '../../storage/file/engine.ts'
import { importFiles } from '../../storage/file/import/import-files.ts'
import { readKafkaParts } from '../../storage/file/import/kafka-parts.ts'
import { stageLog } from '../../storage/file/import/stage-log.ts'
import { stageDirectory } from '../../storage/file/directory/log-directories.ts'
import type { Shared } from '../../storage/file/shared.ts'
import { resolveTopicSettings } from '../config/resolved-topic-settings.ts'
import { decodeProducerSnapshot } from '../partition/folds/producer-snapshot.ts'
import { logIdOf } from '../partition/partition.ts'
import type { CheckedPartition, CheckedTopic, KafkaImport } from './import-kafka.ts'
import { ImportRefused } from './import-refused.ts'
import { checkpointFromKafka } from './kafka-checkpoint.ts'

/** Logs made at once. */
const CONCURRENT_STAGES = 8

/** The staged logs of one import. */
export class StagedLogs {
  /** Directories made so far: the caller's to remove where the import fails. */
  readonly directories: string[] = []
  linkedCount = 0
  copiedCount = 0
  copiedBytes = 0
  /** Greatest producer id in the logs and their snapshots, −1 if there is none. */
  maxProducerId = -1
  readonly #options: KafkaImport
  readonly #source: Disk
  readonly #files: Shared

  /** @param source the disk that Kafka's files are read from */
  constructor(options: KafkaImport, source: Disk) {
    this.#options = options
    this.#source = source
    const now = () => options.clock.now()
    this.#files = importFiles(nodeDisk, now, line => options.logger.warn(line))
  }

  /** Stages them all. Rejects with ImportRefused where there is no space for it (−1: not known), with the disk's error otherwise. */
  async make(topics: readonly CheckedTopic[], usableBytes: number): Promise<StagedLog[]> {
    const all = topics.flatMap(topic => topic.partitions.map((partition, index) => ({ topic, partition, index })))
    const neededBytes = all.reduce((sum, { partition }) => sum + this.#bytesToCopy(partition), 0)
    if (usableBytes >= 0 && neededBytes > usableBytes)
      throw new ImportRefused([`${neededBytes} bytes are to be copied, and ${usableBytes} are free`])
    const totalBytes = all.reduce((sum, { partition }) => sum + partition.checked.sizeBytes, 0)
    const logs: StagedLog[] = []
    const waiting = all.values()
    let doneBytes = 0
    let failed = false
    const stageSome = async (): Promise<void> => {
      for (const { topic, partition, index } of waiting) {
        if (failed) return
        this.#options.progress({ phase: 'stage', name: `${topic.name}-${index}`, doneBytes, totalBytes })
        logs.push(await this.#stage(topic, partition, index))
        doneBytes += partition.checked.sizeBytes
      }
    }
    // Together, since each waits for the disk.
    const lane = (): Promise<void> =>
      stageSome().catch(error => {
        failed = true
        throw error
      })
    // All have ended when this does: whoever removes the directories is alone with them.
    const lanes = await Promise.allSettled(Array.from({ length: CONCURRENT_STAGES }, lane))
    for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason
    return logs
  }

  #bytesToCopy({ checked: { segments, sizeBytes } }: CheckedPartition): number {
    return this.#options.link ? (segments.at(-1)?.sizeBytes ?? 0) : sizeBytes
  }

  async #stage(topic: CheckedTopic, { log, checked }: CheckedPartition, index: number): Promise<StagedLog> {
    const { config, dataDir, link, random } = this.#options
    const id = logIdOf(topic.id, index)
    const options = logOptions(`${topic.name}-${index}`, resolveTopicSettings(config, topic.config))
    const directory = stageDirectory(nodeDisk, dataDir, id, options.name, random.uuid())
    this.directories.push(directory)
    const parts = readKafkaParts(this.#source, log.path)
    this.#noteProducers(checked.maxProducerId, parts.snapshots.values())
    const staged = await stageLog(this.#files, {
      ...{ source: log.path, checked, target: directory, link },
      indexIntervalBytes: options.indexIntervalBytes,
      checkpoint: checkpointFromKafka({ ...parts, cleanedTo: log.cleanedTo }, checked.start, checked.end),
    })
    this.linkedCount += staged.linkedCount
    this.copiedCount += staged.copiedCount
    this.copiedBytes += staged.copiedBytes
    return { id, options, directory, start: checked.start, end: checked.end }
  }

  #noteProducers(inLog: number, snapshots: Iterable<Buffer>): void {
    this.maxProducerId = Math.max(this.maxProducerId, inLog)
    for (const snapshot of snapshots)
      for (const { producer } of decodeProducerSnapshot(snapshot) ?? [])
        this.maxProducerId = Math.max(this.maxProducerId, producer.id)
  }
}

const logOptions = (name: string, settings: ReturnType<typeof resolveTopicSettings>): LogOptions => {
  const { segmentBytes, segmentMs, indexIntervalBytes, segmentIndexBytes, flushMessages, flushMs } = settings
  return { name, segmentBytes, segmentMs, indexIntervalBytes, segmentIndexBytes, flushMessages, flushMs }
}
