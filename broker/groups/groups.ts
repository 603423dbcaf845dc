/**
 * The groups of this broker: one Shard per partition of `__consumer_offsets`. The topic is made when a group is first
 * used; shards are loaded then, and at the start where the log has data, so that sessions and offsets expire.
 */
import type { Logger } from 'pino'
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { Clock, Random } from '../clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { TopicPartition } from '../cluster/peers.ts'
import type { Topic } from '../cluster/topic.ts'
import type { Config } from '../config/config.ts'
import type { ShardLog } from '../coordinator/shard-log.ts'
import { Shard } from '../coordinator/shard.ts'
import type { PartitionMarker } from '../partition/transactions/marker-append.ts'
import type { GroupEvent, GroupRequest } from './group-events.ts'
import { type GroupRecord, groupRecordCodec } from './group-record.ts'
import type { GroupReplies, GroupReply, ListedGroup } from './group-replies.ts'
import type { GroupSettings } from './group-settings.ts'
import { GroupsMachine } from './groups-machine.ts'
import { OFFSETS_TOPIC, partitionOfGroup } from './offsets-topic.ts'

type GroupShard = Shard<GroupEvent, GroupRecord, GroupReply>
type WithoutRequest<E> = E extends unknown ? Omit<E, 'request'> : never

/** What can be asked of a group. */
export type GroupQuestion = WithoutRequest<Exclude<GroupRequest, { type: 'list' | 'marker' }>>

/** The parts of the broker that groups stand on. */
export interface GroupsDeps {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Pick<Logger, 'error' | 'warn'>
  readonly config: Pick<Config, 'get' | 'nodeId'>
  readonly cluster: Pick<Cluster, 'topic' | 'topicById' | 'autoCreate' | 'onTopicDeleted'>
  readonly partitions: PartitionFinder
}

/** Finds the partitions of the offsets topic (`Partitions`). */
export interface PartitionFinder {
  find(topic: Topic, index: number): HasShardLog | Promise<HasShardLog>
}

interface HasShardLog {
  shardLog(): ShardLog
}

/** Finds the shard of a group, and asks it. */
export class Groups {
  readonly #deps: GroupsDeps
  readonly #settings: GroupSettings
  /** The topic that the shards are of. */
  #topicId: string | null = null
  #shards = new Map<number, GroupShard>()
  #restored: Promise<void> = Promise.resolve()
  #closed: KafkaError | null = null

  constructor(deps: GroupsDeps) {
    this.#deps = deps
    this.#settings = settingsOf(deps.config)
    deps.cluster.onTopicDeleted(topic => this.topicDeleted(topic))
  }

  /** Begins to load what has state, in the background: requests wait for the shard that they need. */
  async start(): Promise<void> {
    const topic = this.#deps.cluster.topic(OFFSETS_TOPIC)
    if (topic !== undefined) this.#restored = this.#restore(topic)
  }

  /** Answers all that wait with NOT_COORDINATOR; resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#closed = new KafkaError('NOT_COORDINATOR', 'the broker is stopping')
    await this.#closeShards(this.#closed)
    await this.#restored
  }

  /**
   * Asks the group's machine; the reply comes when what it rests on is durable, and may take as long as a rebalance does.
   * Rejects with a KafkaError: NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, and those of the partition.
   */
  async ask<Q extends GroupQuestion>(question: Q): Promise<GroupReplies[Q['type']]> {
    // No wait where the topic is there: what the caller saw of the cluster still holds when the event is queued.
    const topic = this.#deps.cluster.topic(OFFSETS_TOPIC) ?? (await this.#topic())
    const index = partitionOfGroup(question.groupId, topic.partitions.length)
    if (!this.#leads(topic, index)) throw new KafkaError('NOT_COORDINATOR')
    const reply = await this.#shard(topic, index).send(request => ({ ...question, request }) as GroupEvent)
    return reply as GroupReplies[Q['type']] // a machine replies to an event by its type
  }

  /**
   * Ends a producer's transaction in a partition of the offsets topic: NONE when the marker is durable, else those of
   * `ProducerState.markerError`. Rejects as `ask`.
   */
  async completeTransaction(index: number, marker: PartitionMarker): Promise<ErrorName> {
    const topic = await this.#topic()
    if (!this.#leads(topic, index)) throw new KafkaError('NOT_COORDINATOR')
    const reply = await this.#shard(topic, index).send(request => ({ type: 'marker', request, marker }))
    return reply as GroupReplies['marker']
  }

  /** The partition that keeps the group's offsets. */
  async partitionOf(groupId: string): Promise<TopicPartition> {
    const { name, partitions } = await this.#topic()
    return { topic: name, partition: partitionOfGroup(groupId, partitions.length) }
  }

  /** All groups. Rejects as `ask`. */
  async list(): Promise<readonly ListedGroup[]> {
    await this.#restored
    const lists = [...this.#shards.values()].map(shard => shard.send(request => ({ type: 'list', request })))
    return (await Promise.all(lists)).flatMap(reply => reply as GroupReplies['list'])
  }

  /** The broker that coordinates the group, −1 if there is none at present. */
  async coordinatorOf(groupId: string): Promise<number> {
    const { partitions } = await this.#topic()
    return partitions[partitionOfGroup(groupId, partitions.length)]!.leader
  }

  /** An id for a new member, in Kafka's form. */
  memberId(prefix: string): string {
    const hex = Buffer.from(this.#deps.random.uuid(), 'base64url').toString('hex')
    return `${prefix}-${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`
  }

  /** Live. */
  get settings(): GroupSettings {
    return this.#settings
  }

  /** The committed offsets of the topic vanish; resolves when that is durable. */
  async topicDeleted(topic: Topic): Promise<void> {
    await this.#restored
    if (topic.name === OFFSETS_TOPIC) return this.#closeShards(new KafkaError('NOT_COORDINATOR'))
    await this.#forgetTopics(this.#shards.values(), new Set([topic.name]))
  }

  async #topic(): Promise<Topic> {
    const { cluster } = this.#deps
    return cluster.topic(OFFSETS_TOPIC) ?? (await cluster.autoCreate(OFFSETS_TOPIC))
  }

  #shard(topic: Topic, index: number): GroupShard {
    if (this.#closed !== null) throw this.#closed
    if (this.#topicId !== topic.id) {
      this.#topicId = topic.id
      this.#shards = new Map()
    }
    const known = this.#shards.get(index)
    if (known !== undefined) return known
    const { clock, logger } = this.#deps
    const shard: GroupShard = new Shard({
      name: `${topic.name}-${index}`,
      log: this.#log(topic, index),
      make: () => new GroupsMachine(this.#settings),
      codec: groupRecordCodec,
      clock,
      logger,
      expired: (key, at) => ({ type: 'expired', key, at }),
      isOwner: () => this.#leads(topic, index),
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

  #leads(topic: Topic, index: number): boolean {
    const { cluster, config } = this.#deps
    return cluster.topicById(topic.id)?.partitions[index]?.leader === config.nodeId
  }

  /** Loads the shards whose logs have data, and forgets offsets of topics that went while the broker was down. */
  async #restore(topic: Topic): Promise<void> {
    for (const [index] of topic.partitions.entries()) {
      if (this.#closed !== null) return
      if (!this.#leads(topic, index)) continue
      try {
        const { start, end } = await this.#log(topic, index).bounds()
        if (end > start) await this.#restoreShard(this.#shard(topic, index))
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        this.#deps.logger.warn({ error: String(error), partition: index }, 'groups were not loaded at the start')
      }
    }
  }

  async #restoreShard(shard: GroupShard): Promise<void> {
    await shard.load()
    const machine = shard.machine as GroupsMachine | null
    const topics = [...(machine?.committedTopics() ?? [])]
    const gone = new Set(topics.filter(name => this.#deps.cluster.topic(name) === undefined))
    if (gone.size > 0) await this.#forgetTopics([shard], gone)
  }

  async #forgetTopics(shards: Iterable<GroupShard>, topics: ReadonlySet<string>): Promise<void> {
    await Promise.all([...shards].map(shard => shard.tell({ type: 'topicsDeleted', topics })))
  }

  async #closeShards(error: KafkaError): Promise<void> {
    const shards = [...this.#shards.values()]
    this.#shards = new Map()
    await Promise.all(shards.map(shard => shard.close(error)))
  }
}

const MINUTE_MS = 60_000

const settingsOf = (config: Pick<Config, 'get'>): GroupSettings => ({
  get initialRebalanceDelayMs() {
    return config.get('group.initial.rebalance.delay.ms')
  },
  get minSessionTimeoutMs() {
    return config.get('group.min.session.timeout.ms')
  },
  get maxSessionTimeoutMs() {
    return config.get('group.max.session.timeout.ms')
  },
  get maxSize() {
    return config.get('group.max.size')
  },
  get offsetMetadataMaxSize() {
    return config.get('offset.metadata.max.bytes')
  },
  get offsetsRetentionMs() {
    return config.get('offsets.retention.minutes') * MINUTE_MS
  },
  get offsetsRetentionCheckIntervalMs() {
    return config.get('offsets.retention.check.interval.ms')
  },
  get producerIdExpirationMs() {
    return config.get('producer.id.expiration.ms')
  },
})
