/**
 * The topics as requests see them: published when they can be used, with their settings resolved.
 */
import type { Config } from '../config/config.ts'
import { resolveTopicSettings } from '../config/resolved-topic-settings.ts'
import type { ConfigImage, TopicImage } from './metadata-image.ts'
import { isInternalTopic, type Topic } from './topic.ts'

/** Topics by name and by id. */
export class TopicDirectory {
  readonly #config: Config
  readonly #byName = new Map<string, Topic>()
  readonly #byId = new Map<string, Topic>()

  /** @param config where topics take their defaults from. */
  constructor(config: Config) {
    this.#config = config
  }

  topic(name: string): Topic | undefined {
    return this.#byName.get(name)
  }

  topicById(id: string): Topic | undefined {
    return this.#byId.get(id)
  }

  /** In the order of their creation. */
  topics(): Iterable<Topic> {
    return this.#byId.values()
  }

  /** The snapshot of a topic, not yet published. */
  snapshot(image: TopicImage, overrides: ConfigImage): Topic {
    return Object.freeze({
      id: image.id,
      name: image.name,
      internal: isInternalTopic(image.name),
      partitions: image.partitions,
      overrides,
      settings: resolveTopicSettings(this.#config, overrides),
    })
  }

  /** From now on requests see this snapshot. */
  publish(topic: Topic): void {
    this.#byName.set(topic.name, topic)
    this.#byId.set(topic.id, topic)
  }

  /** From now on there is no such topic. The last snapshot, if it was published. */
  withdraw(id: string): Topic | undefined {
    const topic = this.#byId.get(id)
    if (topic === undefined) return undefined
    this.#byId.delete(id)
    if (this.#byName.get(topic.name)?.id === id) this.#byName.delete(topic.name)
    return topic
  }

  /** Resolves all settings again, after a default of topics changed. The new snapshots. */
  refresh(): readonly Topic[] {
    const refreshed = [...this.#byId.values()].map(topic => this.snapshot(topic, topic.overrides))
    for (const topic of refreshed) this.publish(topic)
    return refreshed
  }
}
