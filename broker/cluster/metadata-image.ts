/**
 * The cluster's metadata as its facts make it. Snapshots in it are frozen and replaced, so whoever holds one keeps it.
 */
import { Features } from './features.ts'
import type { MetadataRecord } from './records.ts'
import type { PartitionState } from './topic.ts'

/** Kinds of things with settings, with the numbers of the wire. */
export const resourceTypes = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const

/** A topic without what the broker's settings add. */
export interface TopicImage {
  readonly id: string
  readonly name: string
  readonly partitions: readonly PartitionState[]
}

/** Settings of one topic, broker or group. */
export type ConfigImage = ReadonlyMap<string, string>

const noConfig: ConfigImage = new Map()

/** Hard state of the cluster machine. */
export class MetadataImage {
  #clusterId: string | null = null
  #nextProducerId = 0
  #features = new Features(0, new Map())
  readonly #topics = new Map<string, TopicImage>()
  readonly #ids = new Map<string, string>()
  /** Names that CreateTopics takes for the same: `.` and `_` are one character in metric names. */
  readonly #collisions = new Map<string, Set<string>>()
  readonly #configs = new Map<string, { readonly type: number; readonly name: string; readonly config: ConfigImage }>()

  /** Null until the cluster has one. */
  get clusterId(): string | null {
    return this.#clusterId
  }

  /** The first producer id that isn't given out. */
  get nextProducerId(): number {
    return this.#nextProducerId
  }

  get features(): Features {
    return this.#features
  }

  topic(id: string): TopicImage | undefined {
    return this.#topics.get(id)
  }

  topicByName(name: string): TopicImage | undefined {
    const id = this.#ids.get(name)
    return id === undefined ? undefined : this.#topics.get(id)
  }

  topics(): Iterable<TopicImage> {
    return this.#topics.values()
  }

  /** A topic whose name differs from `name` in `.` and `_` only. */
  collision(name: string): string | undefined {
    return [...(this.#collisions.get(collisionKey(name)) ?? [])].find(other => other !== name)
  }

  /** Dynamic settings of a resource; of all brokers under the name ''. */
  config(type: number, name: string): ConfigImage {
    return this.#configs.get(configKey(type, name))?.config ?? noConfig
  }

  /** What has dynamic settings. */
  *resources(): Iterable<{ readonly type: number; readonly name: string }> {
    for (const { type, name } of this.#configs.values()) yield { type, name }
  }

  apply(record: MetadataRecord): void {
    switch (record.type) {
      case 'cluster':
        this.#clusterId = record.clusterId
        break
      case 'topic':
        this.#addTopic(record.topicId, record.name)
        break
      case 'partitions':
        this.#changePartitions(record)
        break
      case 'removeTopic':
        this.#removeTopic(record.topicId)
        break
      case 'config':
        this.#changeConfig(record)
        break
      case 'producerIds':
        this.#nextProducerId = record.next
        break
      case 'features':
        this.#features = new Features(record.epoch, new Map(record.levels.map(({ name, level }) => [name, level])))
        break
    }
  }

  /** Facts that make an equal image out of an empty one. */
  *records(): Iterable<MetadataRecord> {
    if (this.#clusterId !== null) yield { type: 'cluster', clusterId: this.#clusterId }
    yield { type: 'producerIds', next: this.#nextProducerId }
    if (this.#features.epoch > 0) yield featuresRecord(this.#features)
    for (const { id, name, partitions } of this.#topics.values()) {
      yield { type: 'topic', topicId: id, name }
      yield partitionsRecord(id, new Map(partitions.entries()))
    }
    for (const { type, name, config } of this.#configs.values()) {
      for (const [key, value] of config)
        yield { type: 'config', resourceType: type, resourceName: name, name: key, value }
    }
  }

  #addTopic(id: string, name: string): void {
    const partitions = this.#topics.get(id)?.partitions ?? Object.freeze([])
    this.#topics.set(id, Object.freeze({ id, name, partitions }))
    this.#ids.set(name, id)
    const key = collisionKey(name)
    const names = this.#collisions.get(key)
    if (names === undefined) this.#collisions.set(key, new Set([name]))
    else names.add(name)
  }

  #changePartitions(record: Extract<MetadataRecord, { type: 'partitions' }>): void {
    const topic = this.#topics.get(record.topicId)
    if (topic === undefined) return // removed by a later fact that a shortened log kept
    const partitions = [...topic.partitions]
    for (const { partitionIndex, leader, leaderEpoch, replicas, isr } of record.partitions) {
      partitions[partitionIndex] = Object.freeze({
        leader,
        leaderEpoch,
        replicas: Object.freeze([...replicas]),
        isr: Object.freeze([...isr]),
      })
    }
    this.#topics.set(topic.id, Object.freeze({ ...topic, partitions: Object.freeze(partitions) }))
  }

  #removeTopic(id: string): void {
    const topic = this.#topics.get(id)
    if (topic === undefined) return
    this.#topics.delete(id)
    this.#ids.delete(topic.name)
    this.#configs.delete(configKey(resourceTypes.TOPIC, topic.name))
    const key = collisionKey(topic.name)
    const names = this.#collisions.get(key)
    names?.delete(topic.name)
    if (names?.size === 0) this.#collisions.delete(key)
  }

  #changeConfig(record: Extract<MetadataRecord, { type: 'config' }>): void {
    const key = configKey(record.resourceType, record.resourceName)
    const config = new Map(this.#configs.get(key)?.config)
    if (record.value === null) config.delete(record.name)
    else config.set(record.name, record.value)
    if (config.size === 0) this.#configs.delete(key)
    else this.#configs.set(key, { type: record.resourceType, name: record.resourceName, config })
  }
}

/** The fact that features have these levels. */
export const featuresRecord = ({ epoch, levels }: Features): Extract<MetadataRecord, { type: 'features' }> => ({
  type: 'features',
  epoch,
  levels: Array.from(levels, ([name, level]) => ({ name, level })),
})

const configKey = (type: number, name: string): string => `${type}/${name}`

/** What two topic names that collide have in common. */
export const collisionKey = (name: string): string => name.replaceAll('.', '_')

/** The fact that these partitions, by index, are so. */
export const partitionsRecord = (
  topicId: string,
  partitions: ReadonlyMap<number, PartitionState>,
): Extract<MetadataRecord, { type: 'partitions' }> => ({
  type: 'partitions',
  topicId,
  partitions: [...partitions].map(([partitionIndex, state]) => ({
    partitionIndex,
    leader: state.leader,
    leaderEpoch: state.leaderEpoch,
    replicas: [...state.replicas],
    isr: [...state.isr],
  })),
})
