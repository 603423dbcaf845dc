/**
 * Which topics an import makes out of the directories that were found, and why it can't. Decided before anything is read of the logs or written.
 */
import type { BrokerSettingsView } from '../cluster/config-rules.ts'
import { type ConfigImage, resourceTypes } from '../cluster/metadata-image.ts'
import { isInternalTopic } from '../cluster/topic.ts'
import type { KafkaDirectory, KafkaLog, SkippedLog } from '../../storage/file/import/kafka-directory.ts'
import { inSyncReplicas, type KraftImage, type KraftTopic } from './kraft-image.ts'
import { importedConfig, keeping } from './topic-config.ts'

/** A partition to import. */
export interface PlannedPartition {
  readonly log: KafkaLog
  /** Whether its directory was closed cleanly. */
  readonly clean: boolean
  /** Of the last leader, −1 where it isn't known. */
  readonly leaderEpoch: number
}

/** A topic to import. */
export interface PlannedTopic {
  readonly name: string
  readonly id: string
  readonly config: ConfigImage
  /** By index, without gaps. */
  readonly partitions: readonly PlannedPartition[]
}

/** What is to be done. */
export interface ImportPlan {
  readonly topics: readonly PlannedTopic[]
  readonly skipped: readonly SkippedLog[]
  /** What the operator should know, a line each. */
  readonly notes: readonly string[]
  /** What stands against the import, a line each. */
  readonly problems: readonly string[]
}

/** What a plan is made from. */
export interface PlanOptions {
  readonly directories: readonly KafkaDirectory[]
  /** Null: there is no metadata log, and the directories' names must do. */
  readonly image: KraftImage | null
  /** Whether a topic of that name is wanted. */
  readonly wanted: (topic: string) => boolean
  /** How Samsa makes its own internal topics; null for other names. */
  readonly internalConfig: (topic: string) => ConfigImage | null
  readonly settings: BrokerSettingsView
  /** An id for a topic that has none. */
  readonly uuid: () => string
}

interface Candidate {
  readonly log: KafkaLog
  readonly directory: KafkaDirectory
}

type Draft = { [K in keyof ImportPlan]: ImportPlan[K][number][] }

/** The plan; with `problems` it mustn't be carried out. */
export const planImport = (options: PlanOptions): ImportPlan => {
  const { directories, image, wanted } = options
  const draft: Draft = { topics: [], skipped: directories.flatMap(({ skipped }) => skipped), notes: [], problems: [] }
  const byTopic = new Map<string, Candidate[]>()
  for (const directory of directories) {
    for (const log of directory.logs) {
      const stray = image === null ? null : strayReason(image, log)
      if (!wanted(log.topic)) draft.skipped.push({ path: log.path, reason: 'its topic was not asked for' })
      else if (stray !== null) draft.skipped.push({ path: log.path, reason: stray })
      else byTopic.set(log.topic, [...(byTopic.get(log.topic) ?? []), { log, directory }])
    }
  }
  for (const [name, candidates] of byTopic) {
    const known = image?.topicByName(name)
    if (known === undefined) planByName(options, draft, name, candidates)
    else planByMetadata(options, draft, known, candidates)
  }
  for (const topic of image?.topics.values() ?? []) {
    if (wanted(topic.name) && !byTopic.has(topic.name))
      draft.problems.push(`${topic.name}: none of its partitions is in the directories given`)
  }
  return draft
}

/** Why Kafka wouldn't take the log for a topic's: it was deleted, or made again, while its broker was away. */
const strayReason = (image: KraftImage, { topic, topicId }: KafkaLog): string | null => {
  if (topicId === null) return image.topicByName(topic) === undefined ? 'there is no such topic any more' : null
  return image.topics.get(topicId)?.name === topic ? null : `there is no topic with its id, ${topicId}, any more`
}

const planByMetadata = (
  { image, settings }: PlanOptions,
  draft: Draft,
  topic: KraftTopic,
  candidates: readonly Candidate[],
): void => {
  const partitions: PlannedPartition[] = []
  for (let index = 0; index < topic.partitions.size; index++) {
    const state = topic.partitions.get(index)
    const here = candidates.filter(({ log }) => log.partition === index)
    const brokers = state === undefined ? [] : inSyncReplicas(state)
    const inSync = here.filter(({ directory }) => brokers.includes(directory.nodeId))
    const chosen = inSync.find(({ directory }) => directory.nodeId === state?.leader) ?? inSync[0]
    if (state !== undefined && chosen !== undefined) {
      partitions.push({ log: chosen.log, clean: chosen.directory.clean, leaderEpoch: state.leaderEpoch })
      continue
    }
    const where = `it is on broker ${brokers.join(' and ')}`
    draft.problems.push(
      here.length === 0
        ? `${topic.name}-${index} isn't in the directories given: ${where}`
        : `${topic.name}-${index} isn't in sync in the directories given: ${where}`,
    )
  }
  const { config, notes, problems } = importedConfig(
    topic.name,
    image?.config(resourceTypes.TOPIC, topic.name) ?? new Map(),
    settings,
  )
  draft.notes.push(...notes)
  draft.problems.push(...problems)
  draft.topics.push({ name: topic.name, id: topic.id, config, partitions })
}

const planByName = (
  { internalConfig, uuid }: PlanOptions,
  draft: Draft,
  name: string,
  candidates: readonly Candidate[],
): void => {
  const ordered = candidates.toSorted((a, b) => a.log.partition - b.log.partition)
  const ids = new Set(ordered.flatMap(({ log }) => log.topicId ?? []))
  if (ids.size > 1)
    draft.problems.push(`${name}: its directories are of different topics of that name, ${[...ids].join(', ')}`)
  const twice = ordered.find(({ log }, index) => ordered[index - 1]?.log.partition === log.partition)
  const beyond = ordered.find(({ log }, index) => log.partition !== index)
  if (twice !== undefined)
    draft.problems.push(
      `${name}-${twice.log.partition} is in more than one directory, and only the metadata log says which is in sync`,
    )
  else if (beyond !== undefined)
    draft.problems.push(`${name}: there is ${beyond.log.path}, and a partition below it is in none of the directories`)
  const config = isInternalTopic(name) ? internalConfig(name) : null
  draft.topics.push({
    name,
    id: [...ids][0] ?? uuid(),
    config: config ?? keeping(new Map()),
    partitions: ordered.map(({ log, directory }) => ({ log, clean: directory.clean, leaderEpoch: -1 })),
  })
}
