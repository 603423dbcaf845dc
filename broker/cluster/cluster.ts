/**
 * The cluster's metadata: what requests read of it, and how it changes. Every change is decided by the machine over
 * `state/cluster`, made durable, carried out on the partitions, and only then seen and answered.
 */
import { KafkaError } from '../../protocol/errors.ts'
import type { LogId } from '../../storage/engine.ts'
import { removedTopicSettings } from '../config/topic-settings.ts'
import type { Client } from '../client.ts'
import { advertisedEndpoint, type BrokerNode, type Endpoint } from './brokers.ts'
import type { ResourceChanges } from './config-decisions.ts'
import type { PartitionRef } from './events.ts'
import { type FeatureUpdate, toInitialLevels } from './feature-decisions.ts'
import type { Features } from './features.ts'
import { internalTopic } from './internal-topics.ts'
import { type ConfigImage, type MetadataImage, resourceTypes, type TopicImage } from './metadata-image.ts'
import { type ClusterDeps, MetadataStore } from './metadata-store.ts'
import type { PartitionHost } from './partition-host.ts'
import type { ProducerIdBlock } from './producer-ids.ts'
import { settleLogs } from './settle-logs.ts'
import type { Topic } from './topic.ts'
import { type GrowthRequest, TopicChanges, type TopicReference, type TopicRequest } from './topic-changes.ts'
import type { Surroundings } from './topic-decisions.ts'
import { TopicDirectory } from './topic-directory.ts'

const PRODUCER_ID_BLOCK = 1000

/**
 * Topics, settings and brokers. Reads are synchronous and see published snapshots; changes happen one after the other.
 * All changes reject with KafkaError NOT_CONTROLLER or KAFKA_STORAGE_ERROR when they can't be made durable.
 */
export class Cluster {
  readonly #deps: ClusterDeps
  readonly #store: MetadataStore
  readonly #directory: TopicDirectory
  readonly #deletionListeners = new Set<(topic: Topic) => void | Promise<void>>()
  #host: PartitionHost | null = null
  #changesOfTopics: TopicChanges | null = null
  #clusterId = ''
  /** The end of the queue of changes. Never rejects. */
  #changes: Promise<unknown> = Promise.resolve()

  constructor(deps: ClusterDeps) {
    this.#deps = deps
    this.#directory = new TopicDirectory(deps.config)
    this.#store = new MetadataStore(deps)
  }

  /**
   * Reads the metadata, makes it and the logs agree, and raises the leader epochs of the logs that weren't closed cleanly,
   * in one write. Rejects with an Error for people when the logs are another broker's or nobody's.
   * @param unclean as the engine's open told
   */
  async start(host: PartitionHost, unclean: readonly LogId[]): Promise<void> {
    const { engine, random, logger } = this.#deps
    this.#host = host
    this.#changesOfTopics = new TopicChanges({
      ...{ store: this.#store, directory: this.#directory, host, random, logger },
      deleted: topic => Array.from(this.#deletionListeners, listener => () => listener(topic)),
    })
    this.#clusterId = await this.#store.open()
    this.#checkOwner()
    await engine.identify(this.#clusterId, this.#deps.config.nodeId)
    const partitions = unclean.map(partitionRef).filter(partition => partition !== null)
    if (partitions.length > 0) await this.#store.ask('raiseEpochs', { partitions })
    this.#applyBrokerConfig()
    for (const image of this.#image.topics()) this.#publish(image)
    await settleLogs({ engine, host, logger, topics: [...this.#directory.topics()] })
  }

  /** Refuses further changes; resolves when none is under way. */
  async close(): Promise<void> {
    await this.#changes
    await this.#store.close()
  }

  /** Durable; 22 characters of base64url. */
  get clusterId(): string {
    return this.#clusterId
  }

  /** The broker that changes go to: a live one. */
  get controllerId(): number {
    return this.#deps.config.nodeId
  }

  /** Rises when another broker becomes the controller. */
  get controllerEpoch(): number {
    return this.#store.epoch
  }

  topic(name: string): Topic | undefined {
    return this.#directory.topic(name)
  }

  topicById(id: string): Topic | undefined {
    return this.#directory.topicById(id)
  }

  /** In the order of their creation. */
  topics(): Iterable<Topic> {
    return this.#directory.topics()
  }

  /** The live brokers. */
  brokers(): readonly BrokerNode[] {
    const { config } = this.#deps
    return [{ id: config.nodeId, rack: config.get('broker.rack') }]
  }

  /** Where the client reaches a broker. */
  advertised(_broker: BrokerNode, client: Pick<Client, 'listener' | 'localHost' | 'localPort'>): Endpoint {
    return advertisedEndpoint(this.#deps.config, client)
  }

  /** Dynamic settings of a group, a broker, or (a broker named '') all brokers; of a topic, its `overrides` are these. */
  dynamicConfig(type: number, name: string): ConfigImage {
    return this.#image.config(type, name)
  }

  /** The groups that have settings of their own. */
  configuredGroups(): string[] {
    return [...this.#image.resources()].filter(({ type }) => type === resourceTypes.GROUP).map(({ name }) => name)
  }

  /** The levels of features that the cluster runs with, `transaction.version` among them. */
  get features(): Features {
    return this.#image.features
  }

  /** Changes levels of features, all or none: null, or INVALID_UPDATE_VERSION (see `decideFeatures`). */
  updateFeatures(
    updates: readonly FeatureUpdate[],
    { validateOnly = false }: { readonly validateOnly?: boolean } = {},
  ): Promise<null | KafkaError> {
    return this.#change(() => this.#store.ask('updateFeatures', { updates, validateOnly }))
  }

  /** Calls before a deletion is answered, awaiting the listener. Returns the cancel. */
  onTopicDeleted(listener: (topic: Topic) => void | Promise<void>): () => void {
    this.#deletionListeners.add(listener)
    return () => this.#deletionListeners.delete(listener)
  }

  /**
   * Creates topics; each result is the topic, which can be written at once, or its failure (see `TopicCreation.decide`;
   * INVALID_REQUEST for a name that is there twice). With `validateOnly` nothing happens and the topic is what would be.
   */
  createTopics(
    requests: readonly TopicRequest[],
    { validateOnly = false }: { readonly validateOnly?: boolean } = {},
  ): Promise<readonly (Topic | KafkaError)[]> {
    for (const { name, config } of requests) this.#noteRemoved(name, config.keys())
    return this.#change(() => this.#topicChanges.create(requests, validateOnly, this.#surroundings()))
  }

  /** Creates the topic with the broker's defaults unless it is there. Throws as `createTopics` fails. */
  autoCreate(name: string): Promise<Topic> {
    const internal = internalTopic(name, this.#deps.config)
    if (internal !== null) return this.createInternalTopic(name, internal.partitions, internal.overrides)
    return this.#createUnlessThere({
      name,
      numPartitions: -1,
      replicationFactor: -1,
      assignments: null,
      config: new Map(),
    })
  }

  /** Creates a coordinator's topic unless it is there, on as many brokers as there are up to its replication factor. */
  createInternalTopic(name: string, partitions: number, overrides: ConfigImage): Promise<Topic> {
    const wanted = internalTopic(name, this.#deps.config)?.replicationFactor ?? 1
    return this.#createUnlessThere({
      name,
      numPartitions: partitions,
      replicationFactor: Math.min(wanted, this.brokers().length),
      assignments: null,
      config: overrides,
    })
  }

  /**
   * Deletes topics with all that belongs to them, committed offsets included. Each result is the last snapshot or
   * UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, INVALID_REQUEST.
   */
  deleteTopics(topics: readonly TopicReference[]): Promise<readonly (Topic | KafkaError)[]> {
    return this.#change(() => this.#topicChanges.delete(topics))
  }

  /** Adds partitions. Each result is the topic as it is then, or its failure (see `decideGrowth`). */
  createPartitions(
    requests: readonly GrowthRequest[],
    { validateOnly = false }: { readonly validateOnly?: boolean } = {},
  ): Promise<readonly (Topic | KafkaError)[]> {
    return this.#change(() => this.#topicChanges.grow(requests, validateOnly, this.#surroundings()))
  }

  /** Changes settings; they are in force when it resolves. Each result is null or a failure (see `decideConfigChanges`). */
  alterConfigs(
    resources: readonly ResourceChanges[],
    { validateOnly = false }: { readonly validateOnly?: boolean } = {},
  ): Promise<readonly (null | KafkaError)[]> {
    for (const { type, name, changes } of resources) {
      if (type === resourceTypes.TOPIC)
        this.#noteRemoved(
          name,
          changes.map(change => change.name),
        )
    }
    return this.#change(async () => {
      const results = await this.#store.ask('alterConfigs', { resources, validateOnly, ...this.#surroundings() })
      if (validateOnly) return results
      for (const [index, { type, name }] of resources.entries()) {
        if (results[index] !== null) continue
        if (type === resourceTypes.TOPIC) this.#republish(this.#image.topicByName(name))
        else if (type === resourceTypes.BROKER) this.#applyBrokerConfig()
      }
      return results
    })
  }

  /** As new: no topics, no dynamic settings, initial features. The cluster's id stays, and no producer id is given out again. */
  async reset(): Promise<void> {
    await this.deleteTopics(Array.from(this.topics(), ({ id }) => ({ id })))
    const resources = Array.from(this.#image.resources(), resource => ({ ...resource, changes: [], replace: true }))
    await this.alterConfigs(resources)
    await this.updateFeatures(toInitialLevels(this.features))
  }

  /** Elects leaders. Each result is null or a failure (see `electLeader`; UNKNOWN_TOPIC_OR_PARTITION). */
  electLeaders(partitions: readonly PartitionRef[], electionType: number): Promise<readonly (null | KafkaError)[]> {
    return this.#change(async () => {
      const { brokers } = this.#surroundings()
      const results = await this.#store.ask('electLeaders', { partitions, electionType, brokers })
      const elected = new Set(partitions.filter((_, index) => results[index] === null).map(({ topicId }) => topicId))
      for (const id of elected) this.#republish(this.#image.topic(id))
      return results
    })
  }

  /** A block of producer ids that nobody has. */
  async allocateProducerIds(): Promise<ProducerIdBlock> {
    return {
      first: await this.#store.ask('allocateProducerIds', { count: PRODUCER_ID_BLOCK }),
      count: PRODUCER_ID_BLOCK,
    }
  }

  get #topicChanges(): TopicChanges {
    if (this.#changesOfTopics === null) throw new Error('the cluster was not started')
    return this.#changesOfTopics
  }

  get #image(): MetadataImage {
    return this.#store.image
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(work)
    this.#changes = done.catch(() => {}) // whoever asked for the change is told
    return done
  }

  #surroundings(): Surroundings {
    return { brokers: this.brokers().map(({ id }) => id), settings: this.#deps.config }
  }

  async #createUnlessThere(request: TopicRequest): Promise<Topic> {
    const there = this.#directory.topic(request.name)
    if (there !== undefined) return there
    const [result] = await this.createTopics([request])
    if (!(result instanceof KafkaError)) return result!
    const meanwhile = this.#directory.topic(request.name)
    if (result.name === 'TOPIC_ALREADY_EXISTS' && meanwhile !== undefined) return meanwhile
    throw result
  }

  #publish(image: TopicImage): Topic {
    const topic = this.#directory.snapshot(image, this.#image.config(resourceTypes.TOPIC, image.name))
    this.#directory.publish(topic)
    return topic
  }

  #republish(image: TopicImage | undefined): void {
    if (image !== undefined) this.#host!.configure(this.#publish(image))
  }

  #applyBrokerConfig(): void {
    const { config } = this.#deps
    const of = (name: string) => this.#image.config(resourceTypes.BROKER, name)
    let changed = false
    const cancel = config.onChange(() => {
      changed = true
    })
    config.setDynamic(of(String(config.nodeId)), of(''))
    cancel()
    if (changed) for (const topic of this.#directory.refresh()) this.#host!.configure(topic)
  }

  #checkOwner(): void {
    const { nodeId } = this.#deps.config
    for (const { partitions } of this.#image.topics()) {
      const replicas = partitions[0]?.replicas ?? []
      if (replicas.length > 0 && !replicas.includes(nodeId)) {
        throw new Error(`the data is that of broker ${replicas.join(', ')}, and node.id is ${nodeId}`)
      }
    }
  }

  #noteRemoved(topic: string, keys: Iterable<string>): void {
    const ignored = [...keys].filter(key => removedTopicSettings.has(key))
    if (ignored.length > 0) this.#deps.logger.info({ topic, ignored }, 'settings that Kafka 4 removed are ignored')
  }
}

/** The partition of a log's id; null if it isn't a topic's. */
const partitionRef = (id: LogId): PartitionRef | null => {
  const match = /^data\/([^/]+)\/(\d+)$/.exec(id)
  return match === null ? null : { topicId: match[1]!, index: Number(match[2]) }
}
