/**
 * Creation, deletion and growth of topics: which facts follow from a request, or why it fails.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { removedTopicSettings } from '../config/topic-settings.ts'
import { assignReplicas, checkReplicas } from './assignment.ts'
import { configRecords } from './config-decisions.ts'
import { type BrokerSettingsView, checkTopicConfig } from './config-rules.ts'
import { firstState } from './leadership.ts'
import { collisionKey, type MetadataImage, partitionsRecord, resourceTypes, type TopicImage } from './metadata-image.ts'
import type { MetadataRecord } from './records.ts'
import type { PartitionState } from './topic.ts'
import { checkTopicName } from './topic-names.ts'

/** Most partitions that one request may create (observed with Kafka 4.3). */
export const MAX_PARTITIONS_PER_REQUEST = 10_000

/** The name of the log that the cluster's metadata is in, which is no topic. */
const RESERVED_TOPIC = '__cluster_metadata'

/** A topic to create. */
export interface NewTopic {
  readonly name: string
  /** Its id, if it is created. */
  readonly id: string
  /** −1: the default of the broker. Not used with assignments. */
  readonly numPartitions: number
  /** −1: the default of the broker. Not used with assignments. */
  readonly replicationFactor: number
  /** Replicas by partition; null: the cluster chooses. */
  readonly assignments: ReadonlyMap<number, readonly number[]> | null
  readonly config: ReadonlyMap<string, string>
  /** See `Placement.spread`. */
  readonly spread: number
}

/** A topic as it was, or with validateOnly would have been, created. */
export interface CreatedTopic {
  readonly topic: TopicImage
  readonly config: ReadonlyMap<string, string>
}

/** What a decision may look at besides the image. */
export interface Surroundings {
  /** Ids of the live brokers. */
  readonly brokers: readonly number[]
  readonly settings: BrokerSettingsView
}

const tooMany = () => new KafkaError('POLICY_VIOLATION', 'Excessively large number of partitions per request.')

/** Decides one CreateTopics request, topic by topic: later ones see that earlier ones of it will be there. */
export class TopicCreation {
  readonly #image: MetadataImage
  readonly #around: Surroundings
  readonly #names = new Map<string, string>()
  #partitions = 0

  constructor(image: MetadataImage, around: Surroundings) {
    this.#image = image
    this.#around = around
  }

  /**
   * The topic and its facts. Throws KafkaError: INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS,
   * INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, INVALID_REQUEST, INVALID_CONFIG, POLICY_VIOLATION.
   */
  decide(topic: NewTopic): { created: CreatedTopic; records: MetadataRecord[] } {
    this.#checkName(topic.name)
    const config = new Map([...topic.config].filter(([key]) => !removedTopicSettings.has(key)))
    checkTopicConfig(config, this.#around.settings)
    const replicas = topic.assignments === null ? this.#place(topic) : this.#given(topic, topic.assignments)
    this.#partitions += replicas.length
    if (this.#partitions > MAX_PARTITIONS_PER_REQUEST) throw tooMany()
    const partitions = replicas.map(list => firstState(list, this.#around.brokers))
    this.#names.set(collisionKey(topic.name), topic.name)
    return {
      created: { topic: { id: topic.id, name: topic.name, partitions }, config },
      records: [
        { type: 'topic', topicId: topic.id, name: topic.name },
        partitionsRecord(topic.id, new Map(partitions.entries())),
        ...configRecords(resourceTypes.TOPIC, topic.name, new Map(), config),
      ],
    }
  }

  #checkName(name: string): void {
    checkTopicName(name)
    if (name === RESERVED_TOPIC) {
      throw new KafkaError('INVALID_REQUEST', `Creation of internal topic ${name} is prohibited.`)
    }
    if (this.#image.topicByName(name) !== undefined) {
      throw new KafkaError('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
    }
    const other = this.#image.collision(name) ?? this.#names.get(collisionKey(name))
    if (other !== undefined) {
      throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic '${name}' collides with existing topic: ${other}`)
    }
  }

  #place(topic: NewTopic): readonly (readonly number[])[] {
    const { brokers, settings } = this.#around
    if (topic.numPartitions < 1 && topic.numPartitions !== -1) {
      throw new KafkaError('INVALID_PARTITIONS', 'Number of partitions was set to an invalid non-positive value.')
    }
    if (topic.replicationFactor < 1 && topic.replicationFactor !== -1) {
      throw new KafkaError(
        'INVALID_REPLICATION_FACTOR',
        'Replication factor must be larger than 0, or -1 to use the default value.',
      )
    }
    const count = topic.numPartitions === -1 ? Number(settings.text('num.partitions')) : topic.numPartitions
    if (count > MAX_PARTITIONS_PER_REQUEST) throw tooMany()
    const replicationFactor =
      topic.replicationFactor === -1 ? Number(settings.text('default.replication.factor')) : topic.replicationFactor
    return assignReplicas({ brokers, replicationFactor, from: 0, count, spread: topic.spread })
  }

  #given(topic: NewTopic, assignments: ReadonlyMap<number, readonly number[]>): readonly (readonly number[])[] {
    if (topic.replicationFactor !== -1) {
      throw new KafkaError(
        'INVALID_REQUEST',
        'A manual partition assignment was specified, but replication factor was not set to -1.',
      )
    }
    if (topic.numPartitions !== -1) {
      throw new KafkaError(
        'INVALID_REQUEST',
        'A manual partition assignment was specified, but numPartitions was not set to -1.',
      )
    }
    const replicas: (readonly number[])[] = []
    for (let index = 0; index < assignments.size; index++) {
      const list = assignments.get(index)
      if (list === undefined) {
        throw new KafkaError(
          'INVALID_REPLICA_ASSIGNMENT',
          'partitions should be a consecutive 0-based integer sequence',
        )
      }
      checkReplicas(list, this.#around.brokers)
      replicas.push(list)
    }
    sameLength(replicas, replicas[0]?.length ?? 0)
    return replicas
  }
}

const sameLength = (replicas: readonly (readonly number[])[], length: number): void => {
  const other = replicas.find(list => list.length !== length)
  if (other !== undefined) {
    throw new KafkaError(
      'INVALID_REPLICA_ASSIGNMENT',
      `The manual partition assignment has ${other.length} replica(s) of a partition where others have ${length}.`,
    )
  }
}

/** How a topic is to grow. */
export interface PartitionGrowth {
  readonly name: string
  /** Partitions that it shall have. */
  readonly count: number
  /** Replicas of the new ones; null: the cluster chooses. */
  readonly assignments: readonly (readonly number[])[] | null
  /** See `Placement.spread`. */
  readonly spread: number
}

/**
 * The facts of new partitions. Throws KafkaError: UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS,
 * INVALID_REPLICA_ASSIGNMENT, POLICY_VIOLATION.
 */
export const decideGrowth = (image: MetadataImage, growth: PartitionGrowth, around: Surroundings): MetadataRecord[] => {
  const topic = image.topicByName(growth.name)
  if (topic === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
  const from = topic.partitions.length
  if (growth.count === from) throw new KafkaError('INVALID_PARTITIONS', `Topic already has ${from} partition(s).`)
  if (growth.count < from) {
    throw new KafkaError(
      'INVALID_PARTITIONS',
      `The topic ${growth.name} currently has ${from} partition(s); ${growth.count} would not be an increase.`,
    )
  }
  const added = growth.count - from
  if (growth.assignments !== null && growth.assignments.length !== added) {
    throw new KafkaError(
      'INVALID_REPLICA_ASSIGNMENT',
      `Attempted to add ${added} additional partition(s), but only ${growth.assignments.length} assignment(s) were specified.`,
    )
  }
  if (added > MAX_PARTITIONS_PER_REQUEST) throw tooMany()
  const replicationFactor = topic.partitions[0]?.replicas.length ?? 1
  const { brokers } = around
  if (growth.assignments !== null) {
    for (const list of growth.assignments) checkReplicas(list, brokers)
    sameLength(growth.assignments, replicationFactor)
  }
  const replicas =
    growth.assignments ?? assignReplicas({ brokers, replicationFactor, from, count: added, spread: growth.spread })
  const states = new Map<number, PartitionState>()
  for (const [index, list] of replicas.entries()) states.set(from + index, firstState(list, brokers))
  return [partitionsRecord(topic.id, states)]
}

/** The fact that a topic is gone, and the topic. Throws UNKNOWN_TOPIC_OR_PARTITION or UNKNOWN_TOPIC_ID. */
export const decideDeletion = (
  image: MetadataImage,
  doomed: { readonly name: string } | { readonly id: string },
): { topic: TopicImage; record: MetadataRecord } => {
  const topic = 'id' in doomed ? image.topic(doomed.id) : image.topicByName(doomed.name)
  if (topic === undefined) {
    throw 'id' in doomed
      ? new KafkaError('UNKNOWN_TOPIC_ID', `There is no topic with the id ${doomed.id}.`)
      : new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `There is no topic '${doomed.name}'.`)
  }
  return { topic, record: { type: 'removeTopic', topicId: topic.id } }
}
