/**
 * How changes of topics are carried out: decided and durable first, then the logs, then published, then answered.
 */
import type { Logger } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import type { Random } from '../clock.ts'
import type { MetadataStore } from './metadata-store.ts'
import type { PartitionHost } from './partition-host.ts'
import type { Topic } from './topic.ts'
import type { NewTopic, PartitionGrowth, Surroundings } from './topic-decisions.ts'
import type { TopicDirectory } from './topic-directory.ts'

/** A topic to create; −1 is the broker's default. */
export type TopicRequest = Omit<NewTopic, 'id' | 'spread'>

/** Partitions to add. */
export type GrowthRequest = Omit<PartitionGrowth, 'spread'>

/** A topic by name or by id. */
export type TopicReference = { readonly name: string } | { readonly id: string }

/** What changes of topics work on. */
export interface TopicChangesDeps {
  readonly store: MetadataStore
  readonly directory: TopicDirectory
  readonly host: PartitionHost
  readonly random: Random
  readonly logger: Logger
  /** Called with each deleted topic, after it can't be found any more. */
  readonly deleted: (topic: Topic) => readonly (() => void | Promise<void>)[]
}

/** Creation, growth and deletion of topics. One call at a time. */
export class TopicChanges {
  readonly #deps: TopicChangesDeps

  constructor(deps: TopicChangesDeps) {
    this.#deps = deps
  }

  /** See `Cluster.createTopics`. */
  async create(
    requests: readonly TopicRequest[],
    validateOnly: boolean,
    around: Surroundings,
  ): Promise<readonly (Topic | KafkaError)[]> {
    const { store, directory, random } = this.#deps
    const topics = requests.map(request => ({ ...request, id: random.uuid(), spread: this.#spread() }))
    const results = await store.ask('createTopics', { topics, validateOnly, ...around })
    return await inOrder(results, async ({ topic, config }) => {
      const snapshot = directory.snapshot(topic, config)
      return validateOnly ? snapshot : await this.#establish(snapshot)
    })
  }

  /** See `Cluster.createPartitions`. */
  async grow(
    requests: readonly GrowthRequest[],
    validateOnly: boolean,
    around: Surroundings,
  ): Promise<readonly (Topic | KafkaError)[]> {
    const { store, directory, host } = this.#deps
    const topics = requests.map(request => ({ ...request, spread: this.#spread() }))
    const results = await store.ask('growTopics', { topics, validateOnly, ...around })
    return await inOrder(results, async ({ from, topic }) => {
      const before = directory.topicById(topic.id)!
      if (validateOnly) return before
      const grown = directory.snapshot(store.image.topic(topic.id)!, before.overrides)
      const problem = 'the logs of new partitions could not be made'
      const made = await this.#orLog(grown, problem, () => host.create(grown, from))
      directory.publish(grown)
      return made ? grown : new KafkaError('KAFKA_STORAGE_ERROR', problem)
    })
  }

  /** See `Cluster.deleteTopics`. */
  async delete(topics: readonly TopicReference[]): Promise<readonly (Topic | KafkaError)[]> {
    const { store, directory, deleted } = this.#deps
    const results = await store.ask('deleteTopics', { topics })
    return await inOrder(results, async image => {
      const topic = directory.withdraw(image.id) ?? directory.snapshot(image, new Map())
      for (const remove of deleted(topic)) {
        await this.#orLog(topic, 'what belonged to a deleted topic could not be removed', async () => remove())
      }
      await this.#deleteLogs(topic)
      return topic
    })
  }

  /** Makes the logs of a topic that is durable and publishes it; a topic that can't have logs is taken back. */
  async #establish(topic: Topic): Promise<Topic | KafkaError> {
    const { store, directory, host } = this.#deps
    const problem = 'the logs of a new topic could not be made'
    if (await this.#orLog(topic, problem, () => host.create(topic, 0))) {
      directory.publish(topic)
      return topic
    }
    await store.ask('deleteTopics', { topics: [{ id: topic.id }] })
    await this.#deleteLogs(topic)
    return new KafkaError('KAFKA_STORAGE_ERROR', problem)
  }

  async #deleteLogs(topic: Topic): Promise<void> {
    const problem = 'the logs of a deleted topic will be removed at the next start'
    await this.#orLog(topic, problem, () => this.#deps.host.delete(topic))
  }

  /** Whether the work was done. What can fail here is the storage, and the metadata is durable already. */
  async #orLog(topic: Topic, problem: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      this.#deps.logger.error({ err: error, topic: topic.name, topicId: topic.id }, problem)
      return false
    }
  }

  #spread(): number {
    return this.#deps.random.integer(1 << 16)
  }
}

/** Carries successes out one after the other; failures stay what they are. */
const inOrder = async <T, R>(
  results: readonly (T | KafkaError)[],
  carryOut: (result: T) => Promise<R>,
): Promise<(R | KafkaError)[]> => {
  const outcomes: (R | KafkaError)[] = []
  for (const result of results) outcomes.push(result instanceof KafkaError ? result : await carryOut(result))
  return outcomes
}
