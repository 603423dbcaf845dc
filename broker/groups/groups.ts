/**
 * The groups of this broker: one Shard per partition of `__consumer_offsets`.
 */
import type { ErrorName } from '../../protocol/errors.ts'
import type { Random } from '../clock.ts'
import type { TopicPartition } from '../cluster/peers.ts'
import type { Topic } from '../cluster/topic.ts'
import type { Config } from '../config/config.ts'
import type { Shard } from '../coordinator/shard.ts'
import { TopicShards, type TopicShardsDeps, type WithoutRequest } from '../coordinator/topic-shards.ts'
import type { PartitionMarker } from '../partition/transactions/marker-append.ts'
import type { GroupEvent, GroupRequest } from './group-events.ts'
import { type GroupRecord, groupRecordCodec } from './group-record.ts'
import type { GroupReplies, GroupReply, ListedGroup } from './group-replies.ts'
import type { GroupSettings } from './group-settings.ts'
import { GroupsMachine } from './groups-machine.ts'
import { OFFSETS_TOPIC, partitionOfGroup } from './offsets-topic.ts'

type GroupShard = Shard<GroupEvent, GroupRecord, GroupReply>

/** What can be asked of a group. */
export type GroupQuestion = WithoutRequest<Exclude<GroupRequest, { type: 'list' | 'marker' }>>

/** The parts of the broker that groups stand on. */
export interface GroupsDeps extends TopicShardsDeps {
  readonly random: Random
  readonly config: Pick<Config, 'get' | 'nodeId'>
}

/** Finds the shard of a group, and asks it. */
export class Groups {
  readonly #deps: GroupsDeps
  readonly #settings: GroupSettings
  readonly #shards: TopicShards<GroupEvent, GroupRecord, GroupReply>

  constructor(deps: GroupsDeps) {
    this.#deps = deps
    this.#settings = settingsOf(deps.config)
    this.#shards = new TopicShards(deps, OFFSETS_TOPIC, () => ({
      make: () => new GroupsMachine(this.#settings),
      codec: groupRecordCodec,
      expired: (key, at) => ({ type: 'expired', key, at }),
    }))
    deps.cluster.onTopicDeleted(topic => this.topicDeleted(topic))
  }

  /**
   * Begins to load what has state, in the background, so that sessions and offsets expire; requests wait for the shard that
   * they need. Offsets of topics that went while the broker was down are forgotten.
   */
  async start(): Promise<void> {
    this.#shards.start(shard => this.#restored(shard))
  }

  /** Answers all that wait with NOT_COORDINATOR; resolves when nothing is being written any more. */
  close(): Promise<void> {
    return this.#shards.close()
  }

  /**
   * Asks the group's machine; the reply comes when what it rests on is durable, and may take as long as a rebalance does.
   * Rejects with a KafkaError: NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, and those of the partition.
   */
  async ask<Q extends GroupQuestion>(question: Q): Promise<GroupReplies[Q['type']]> {
    const reply = await this.#shards.ask(question.groupId, request => ({ ...question, request }) as GroupEvent)
    return reply as GroupReplies[Q['type']] // a machine replies to an event by its type
  }

  /**
   * Ends a producer's transaction in a partition of the offsets topic: NONE when the marker is durable, else those of
   * `ProducerState.markerError`. Rejects as `ask`.
   */
  async completeTransaction(index: number, marker: PartitionMarker): Promise<ErrorName> {
    const shard = this.#shards.of(await this.#shards.topic(), index)
    const reply = await shard.send(request => ({ type: 'marker', request, marker }))
    return reply as GroupReplies['marker']
  }

  /** The partition that keeps the group's offsets. */
  async partitionOf(groupId: string): Promise<TopicPartition> {
    const { name, partitions } = await this.#shards.topic()
    return { topic: name, partition: partitionOfGroup(groupId, partitions.length) }
  }

  /** All groups. Rejects as `ask`. */
  async list(): Promise<readonly ListedGroup[]> {
    const lists = await this.#shards.askAll(request => ({ type: 'list', request }))
    return lists.flatMap(reply => reply as GroupReplies['list'])
  }

  /** The broker that coordinates the group, −1 if there is none at present. */
  coordinatorOf(groupId: string): Promise<number> {
    return this.#shards.coordinatorOf(groupId)
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
    const shards = await this.#shards.all()
    if (topic.name !== OFFSETS_TOPIC) await this.#forgetTopics(shards, new Set([topic.name]))
  }

  async #restored(shard: GroupShard): Promise<void> {
    const machine = shard.machine as GroupsMachine | null
    const topics = [...(machine?.committedTopics() ?? [])]
    const gone = new Set(topics.filter(name => this.#deps.cluster.topic(name) === undefined))
    if (gone.size > 0) await this.#forgetTopics([shard], gone)
  }

  async #forgetTopics(shards: Iterable<GroupShard>, topics: ReadonlySet<string>): Promise<void> {
    await Promise.all([...shards].map(shard => shard.tell({ type: 'topicsDeleted', topics })))
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
