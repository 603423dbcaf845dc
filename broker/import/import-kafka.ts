/**
 * Imports the data directories of a real Kafka: reads what there is, checks every byte, makes logs of ours beside those of the data directory,
 * and takes them in together with their topics. Kafka's directories are only read.
 */
import { join } from 'node:path'
import type { Logger } from 'pino'
import { describeDamage } from '../../storage/file/recovery/damage.ts'
import { nodeDisk } from '../../storage/file/disk.ts'
import type { StagedLog } from '../../storage/file/engine.ts'
import { type CheckedLog, checkKafkaLog, DamagedLog, logBytes } from '../../storage/file/import/check-kafka-log.ts'
import { importFiles } from '../../storage/file/import/import-files.ts'
import type { SkippedLog } from '../../storage/file/import/kafka-directory.ts'
import { readOnlyDisk } from '../../storage/file/import/read-only-disk.ts'
import { segmentFile } from '../../storage/file/segment-names.ts'
import type { Shared } from '../../storage/file/shared.ts'
import type { Clock, Random } from '../clock.ts'
import { internalTopic } from '../cluster/internal-topics.ts'
import { resourceTypes } from '../cluster/metadata-image.ts'
import type { Config } from '../config/config.ts'
import { type ImportPlan, type PlannedPartition, type PlannedTopic, planImport } from './import-plan.ts'
import { ImportRefused, refuseAny } from './import-refused.ts'
import { readSources, type Sources, standsAgainst } from './import-sources.ts'
import { hasTarget, ImportTarget } from './import-target.ts'
import { otherConfigs } from './other-configs.ts'
import { retentionRisk } from './retention-risk.ts'
import { StagedLogs } from './staged-logs.ts'
import { keeping } from './topic-config.ts'

/** What to import, and how. */
export interface KafkaImport {
  /** Data directories of Kafka: those of one broker, or of several. */
  readonly directories: readonly string[]
  /** Where `__cluster_metadata-0` is, if not in one of these; null: there, or nowhere. */
  readonly metadataDirectory: string | null
  readonly dataDir: string
  /** Segments that are never written again become hard links where that is possible; otherwise all are copied. */
  readonly link: boolean
  /** Takes directories that weren't closed cleanly: what follows the last sound batch of a log is left out. */
  readonly recover: boolean
  /** Takes logs with damage in the middle: the offsets in it can't be read, as in a log of ours. Otherwise the import is refused. */
  readonly keepDamage: boolean
  /** Everything but the writing. */
  readonly dryRun: boolean
  /**
   * Where the broker's default retention would drop records of a topic without settings of its own: `keep` gives the topic a retention for
   * ever, `default` lets them go; null: the import is refused.
   */
  readonly retention: 'keep' | 'default' | null
  readonly wanted: (topic: string) => boolean
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Is told how far it is. */
  readonly progress: (progress: ImportProgress) => void
}

/** Logs are read (`check`), or made (`stage`). */
export interface ImportProgress {
  readonly phase: 'check' | 'stage'
  /** `<topic>-<partition>`: what it is at. */
  readonly name: string
  /** Of all segments. */
  readonly doneBytes: number
  readonly totalBytes: number
}

/** What was imported, or with `dryRun` would be. */
export interface ImportSummary {
  readonly topics: readonly CheckedTopic[]
  /** Segments; zeros with `dryRun`. */
  readonly linkedCount: number
  readonly copiedCount: number
  readonly copiedBytes: number
  readonly skipped: readonly SkippedLog[]
  readonly notes: readonly string[]
}

/** A partition whose log was read. */
export interface CheckedPartition extends PlannedPartition {
  readonly checked: CheckedLog
}

/** A topic whose logs were read. */
export interface CheckedTopic extends PlannedTopic {
  readonly partitions: readonly CheckedPartition[]
}

/** Rejects with ImportRefused, or with an Error for people where the disk or the data directory fails; then nothing was imported. */
export const importKafka = (options: KafkaImport): Promise<ImportSummary> => new Importer(options).run()

class Importer {
  readonly #options: KafkaImport
  readonly #source: Shared
  readonly #notes: string[] = []

  constructor(options: KafkaImport) {
    this.#options = options
    const now = () => options.clock.now()
    this.#source = importFiles(readOnlyDisk, now, line => this.#notes.push(line))
  }

  async run(): Promise<ImportSummary> {
    const { dataDir, dryRun } = this.#options
    const sources = await readSources(this.#source, this.#options)
    const plan = this.#plan(sources)
    let target = hasTarget(dataDir) ? await ImportTarget.open(this.#options, null) : null
    try {
      const open = target
      if (open !== null) refuseAny(plan.topics.flatMap(({ id, name }) => open.problemWith(id, name) ?? []))
      const topics = this.#withRetention(await this.#check(plan))
      const staged = new StagedLogs(this.#options, this.#source.disk)
      if (!dryRun) {
        target ??= await ImportTarget.open(this.#options, sources.clusterId)
        await this.#carryOut(sources, topics, staged, target)
      }
      const { linkedCount, copiedCount, copiedBytes } = staged
      return { topics, linkedCount, copiedCount, copiedBytes, skipped: plan.skipped, notes: this.#notes }
    } finally {
      await target?.close()
    }
  }

  #plan({ directories, image }: Sources): ImportPlan {
    const { config, random, wanted } = this.#options
    const configs = image?.config(resourceTypes.BROKER, '')
    if (configs !== undefined) config.setDynamic(new Map(), configs)
    const plan = planImport({
      ...{ directories, image, wanted, settings: config },
      internalConfig: name => internalTopic(name, config)?.overrides ?? null,
      uuid: () => random.uuid(),
    })
    this.#notes.push(...plan.notes)
    if (image === null)
      this.#notes.push(
        "there is no metadata log, so topics' settings aren't known: they get retention.ms=-1 and retention.bytes=-1, and are not compacted",
      )
    else if (image.foreign.length > 0) this.#notes.push(`not taken over: ${image.foreign.join(', ')}`)
    refuseAny(plan.topics.length === 0 && plan.problems.length === 0 ? ['there is nothing to import'] : plan.problems)
    return plan
  }

  /** Reads all logs to their ends, and tells all that is wrong with them at once. */
  async #check({ topics }: ImportPlan): Promise<CheckedTopic[]> {
    const { progress, recover, keepDamage } = this.#options
    const paths = topics.flatMap(({ partitions }) => partitions.map(({ log }) => log.path))
    const totalBytes = paths.reduce((sum, path) => sum + logBytes(this.#source.disk, path), 0)
    const problems: string[] = []
    const checkedTopics: CheckedTopic[] = []
    let doneBytes = 0
    for (const topic of topics) {
      const partitions: CheckedPartition[] = []
      for (const [index, partition] of topic.partitions.entries()) {
        const name = `${topic.name}-${index}`
        const wasRead = (bytes: number): void => {
          doneBytes += bytes
          progress({ phase: 'check', name, doneBytes, totalBytes })
        }
        try {
          const { log, clean } = partition
          const tolerance = { tornTail: recover && !clean, damage: keepDamage }
          const checked = await checkKafkaLog(this.#source, log.path, log.start, tolerance, wasRead)
          if (checked.tornTail !== null) this.#notes.push(`left out: ${checked.tornTail}`)
          for (const { start, damage } of checked.segments)
            for (const each of damage) this.#notes.push(describeDamage(join(log.path, segmentFile(start, 'log')), each))
          partitions.push({ ...partition, checked })
        } catch (error) {
          if (!(error instanceof DamagedLog)) throw error
          problems.push(error.message)
        }
      }
      checkedTopics.push({ ...topic, partitions })
    }
    refuseAny(problems)
    return checkedTopics
  }

  #withRetention(topics: readonly CheckedTopic[]): CheckedTopic[] {
    const { config, clock, retention } = this.#options
    const problems: string[] = []
    const kept = topics.map(topic => {
      const logs = topic.partitions.map(({ checked }) => checked)
      const risk = retention === 'default' ? null : retentionRisk(config, topic.config, logs, clock.now())
      if (risk === null) return topic
      if (retention === null) problems.push(`${topic.name}: the broker's default would drop ${risk}`)
      else this.#notes.push(`${topic.name}: kept for ever (retention.ms=-1, retention.bytes=-1), as asked for`)
      return { ...topic, config: keeping(topic.config) }
    })
    if (problems.length > 0)
      throw new ImportRefused([
        ...problems,
        "Kafka's own defaults aren't in its data. Give its server.properties with --config, or say --retention keep or --retention default",
      ])
    return kept
  }

  async #carryOut(
    { directories, image }: Sources,
    topics: readonly CheckedTopic[],
    staged: StagedLogs,
    target: ImportTarget,
  ): Promise<void> {
    const { config, recover } = this.#options
    const other = image === null ? { configs: [], notes: [] } : otherConfigs(image, config)
    this.#notes.push(...other.notes)
    try {
      const logs: StagedLog[] = await staged.make(topics, await target.usableBytes())
      // Kafka may have been started meanwhile.
      refuseAny(directories.flatMap(directory => standsAgainst(directory, recover)))
      await target.take(logs, {
        topics: topics.map(({ id, name, config: own, partitions }) => ({
          ...{ id, name, config: own },
          leaderEpochs: partitions.map(({ leaderEpoch, checked }) => Math.max(leaderEpoch, checked.maxLeaderEpoch) + 1),
        })),
        configs: other.configs,
        nextProducerId: Math.max(image?.nextProducerId ?? 0, staged.maxProducerId + 1),
        nodeId: config.nodeId,
      })
    } catch (error) {
      await Promise.all(staged.directories.map(directory => nodeDisk.removeTree(directory)))
      throw error
    }
  }
}
