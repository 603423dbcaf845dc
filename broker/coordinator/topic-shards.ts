/**
 * The shards of a coordinator's topic: one per partition that this broker leads. The topic is made when it is first needed;
 * shards are loaded then, and at the start where their logs have data, so that what runs on in them runs on.
 */
import type { Logger } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Topic } from '../cluster/topic.ts'
import type { Config } from '../config/config.ts'
import type { RequestId } from './machine.ts'
import { partitionOfKey } from './partition-of-key.ts'
import type { ShardLog } from './shard-log.ts'
import type { ShardOptions } from './shard-options.ts'
import { Shard } from './shard.ts'

/** The parts of the broker that shards stand on. */
export interface TopicShardsDeps {
  readonly clock: Clock
  readonly logger: Pick<Logger, 'error' | 'warn'>
  readonly config: Pick<Config, 'nodeId'>
  readonly cluster: Pick<Cluster, 'topic' | 'topicById' | 'autoCreate' | 'onTopicDeleted'>
  readonly partitions: PartitionFinder
}

/** Finds the partitions of a coordinator's topic (`Partitions`). */
export interface PartitionFinder {
  find(topic: Topic, index: number): HasShardLog | Promise<HasShardLog>
}

interface HasShardLog {
  shardLog(): ShardLog
}

/** What is asked by an event, before there is a request. */
export type WithoutRequest<Event> = Event extends unknown ? Omit<Event, 'request'> : never

/** What makes one coordinator's shards differ from another's. */
export type ShardParts<Event, Rec, Reply> = Pick<
  ShardOptions<Event, Rec, Reply>,
  'make' | 'codec' | 'expired' | 'call' | 'failure'
>

/** Shards by the partitions of one topic. */
export class TopicShards<Event, Rec, Reply> {
  readonly #deps: TopicShardsDeps
  readonly #name: string
  readonly #parts: (topicId: string, index: number) => ShardParts<Event, Rec, Reply>
  /** The topic that the shards are of. */
  #topicId: string | null = null
  #shards = new Map<number, Shard<Event, Rec, Reply>>()
  #restored: Promise<void> = Promise.resolve()
  #closed: KafkaError | null = null

  /**
   * @param name of the topic, one of `internalTopic`
   * @param parts of the shard of a partition, called when it is made
   */
  constructor(
    deps: TopicShardsDeps,
    name: string,
    parts: (topicId: string, index: number) => ShardParts<Event, Rec, Reply>,
  ) {
    this.#deps = deps
    this.#name = name
    this.#parts = parts
    deps.cluster.onTopicDeleted(async topic => {
      if (topic.name === name) await this.#closeShards(new KafkaError('NOT_COORDINATOR'))
    })
  }

  /**
   * Begins to load what has state, in the background: requests wait for the shard that they need.
   * @param loaded called with each shard that was loaded so
   */
  start(loaded: (shard: Shard<Event, Rec, Reply>) => Promise<void> = async () => {}): void {
    const topic = this.#deps.cluster.topic(this.#name)
    if (topic !== undefined) this.#restored = this.#restore(topic, loaded)
  }

  /** Answers all that wait with NOT_COORDINATOR; resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#closed = new KafkaError('NOT_COORDINATOR', 'the broker is stopping')
    await this.#closeShards(this.#closed)
    await this.#restored
  }

  /** All shards in use, once what was there at the start is loaded. */
  async all(): Promise<readonly Shard<Event, Rec, Reply>[]> {
    await this.#restored
    return [...this.#shards.values()]
  }

  /** The topic, made unless it is there. */
  async topic(): Promise<Topic> {
    const { cluster } = this.#deps
    return cluster.topic(this.#name) ?? (await cluster.autoCreate(this.#name))
  }

  /** The broker that coordinates the key, −1 if there is none at present. */
  async coordinatorOf(key: string): Promise<number> {
    const { partitions } = await this.topic()
    return partitions[partitionOfKey(key, partitions.length)]!.leader
  }

  /** Asks the shard of the key. Rejects with a KafkaError: NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, the partition's. */
  async ask(key: string, event: (request: RequestId) => Event): Promise<Reply> {
    // No wait where the topic is there: what the caller saw of the cluster still holds when the event is queued.
    const topic = this.#deps.cluster.topic(this.#name) ?? (await this.topic())
    return await this.of(topic, partitionOfKey(key, topic.partitions.length)).send(event)
  }

  /** Asks all shards in use; their replies in no particular order. Rejects as `ask`. */
  async askAll(event: (request: RequestId) => Event): Promise<readonly Reply[]> {
    return Promise.all((await this.all()).map(shard => shard.send(event)))
  }

  /** The shard of a partition. Throws NOT_COORDINATOR for one that this broker doesn't lead. */
  of(topic: Topic, index: number): Shard<Event, Rec, Reply> {
    if (this.#closed !== null) throw this.#closed
    if (!this.#leads(topic.id, index)) throw new KafkaError('NOT_COORDINATOR')
    if (this.#topicId !== topic.id) {
      this.#topicId = topic.id
      this.#shards = new Map()
    }
    const known = this.#shards.get(index)
    if (known !== undefined) return known
    const { clock, logger } = this.#deps
    const shard = new Shard<Event, Rec, Reply>({
      ...{ name: `${topic.name}-${index}`, log: this.#log(topic, index), clock, logger },
      ...this.#parts(topic.id, index),
      isOwner: () => this.#leads(topic.id, index),
    })
    this.#shards.set(index, shard)
    return shard
  }

  /** The partition's log, found anew at every use: a partition that failed is replaced by another. */
  #log(topic: Topic, index: number): ShardLog {
    const { cluster, partitions } = this.#deps
    const log = async (): Promise<ShardLog> =>
      (await partitions.find(cluster.topicById(topic.id) ?? topic, index)).shardLog()
    return {
      bounds: async () => (await log()).bounds(),
      read: async (from, options) => (await log()).read(from, options),
      append: async (batches, expectedEnd) => (await log()).append(batches, expectedEnd),
    }
  }

  #leads(topicId: string, index: number): boolean {
    const { cluster, config } = this.#deps
    return cluster.topicById(topicId)?.partitions[index]?.leader === config.nodeId
  }

  async #restore(topic: Topic, loaded: (shard: Shard<Event, Rec, Reply>) => Promise<void>): Promise<void> {
    for (const [index] of topic.partitions.entries()) {
      if (this.#closed !== null) return
      if (!this.#leads(topic.id, index)) continue
      try {
        const { start, end } = await this.#log(topic, index).bounds()
        if (end === start) continue
        const shard = this.of(topic, index)
        await shard.load()
        await loaded(shard)
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        const partition = `${topic.name}-${index}`
        this.#deps.logger.warn({ error: String(error), partition }, 'a coordinator was not loaded at the start')
      }
    }
  }

  async #closeShards(error: KafkaError): Promise<void> {
    const shards = [...this.#shards.values()]
    this.#shards = new Map()
    await Promise.all(shards.map(shard => shard.close(error)))
  }
}
