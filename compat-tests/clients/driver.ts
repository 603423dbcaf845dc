/**
 * The driver interface: what a story may ask of a client. One driver per client implements it, so a story is written once
 * and told by all of them. Where a client doesn't offer something, its driver throws {@link Unsupported} and the story is
 * skipped with that reason; where the broker refuses, it throws {@link Refused} with Kafka's name of the error.
 */

/** The compressions of a record batch. */
export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** One header of a record. Values are bytes, possibly none; a null value can't be sent by every client and isn't part of the stories. */
export interface Header {
  readonly key: string
  readonly value: Buffer
}

/** A record to send. Without `partition` the client chooses; without `timestampMs` it is the client's clock. */
export interface ProducedRecord {
  readonly partition?: number
  readonly key?: Buffer | null
  readonly value: Buffer | null
  readonly headers?: readonly Header[]
  readonly timestampMs?: number
}

/** A record as a client received it. `key` and `value` are null where the record has none, and empty buffers where they are empty. */
export interface ConsumedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestampMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly Header[]
}

/** How to send. Defaults: no compression, acks −1, not idempotent, missing topics are created. */
export interface ProduceOptions {
  readonly codec?: Codec
  readonly acks?: 0 | 1 | -1
  readonly idempotent?: boolean
  /** false: don't ask the broker to create a missing topic. */
  readonly autoCreate?: boolean
}

/** Which records to read: exactly `count` of one partition, from `offset` on. */
export interface ReadOptions {
  readonly partition?: number
  readonly offset?: number
  readonly count: number
  /** The fetch limit that the client sends for a partition; a first batch above it must come all the same. */
  readonly maxBytesPerPartition?: number
  /** Read what transactions that are open or aborted have written, too. */
  readonly uncommitted?: boolean
}

/** A transactional producer. Its calls are made one after the other; between `begin` and `commit` or `abort` a transaction is open. */
export interface TransactionalProducer {
  begin(): Promise<void>
  /** Sends all records in order and resolves when they are acknowledged. */
  send(topic: string, records: readonly ProducedRecord[]): Promise<void>
  /** Offsets of a group, by partition: they count if the transaction is committed. */
  sendOffsets(group: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void>
  commit(): Promise<void>
  abort(): Promise<void>
}

/** What happened in a group, in order: members that share a journal write into it as they receive and commit. */
export interface JournalEntry {
  readonly kind: 'record' | 'commit'
  readonly topic: string
  readonly partition: number
  /** Of the record; or, for a commit, the committed offset (the next one to read). */
  readonly offset: number
}

/** How to be a member of a classic group. */
export interface JoinOptions {
  /** Names; one that starts with `^` is a pattern for names. */
  readonly topics: readonly string[]
  /** Where to start in a partition without a committed offset, or with one that is out of range. */
  readonly from: 'earliest' | 'latest'
  /** `as-received`: commit after each batch that was received, and on leaving. `never`: only {@link Member.commit} commits. */
  readonly commit: 'as-received' | 'never'
  /** Defaults to the client's own first choice. */
  readonly assignor?: 'range' | 'roundrobin' | 'cooperative-sticky'
  readonly sessionTimeoutMs?: number
  /** A static member's `group.instance.id` (KIP-345). */
  readonly instanceId?: string
  readonly journal?: JournalEntry[]
}

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** A member of a classic group that receives in the background. Its getters throw what made the member fail, if anything did. */
export interface Member {
  /** All records received so far, in order of arrival. It grows. */
  readonly received: readonly ConsumedRecord[]
  /** The partitions that the member has now, sorted by topic and number; none while it has not been given any. */
  assignment(): readonly TopicPartition[]
  /** Commits `offset` as the next to read; resolves when the coordinator has it. */
  commit(topic: string, partition: number, offset: number, metadata?: string): Promise<void>
  pause(topic: string, partition: number): void
  resume(topic: string, partition: number): void
  /** Resolves when records from `offset` on are the next to be received. */
  seek(topic: string, partition: number, offset: number): Promise<void>
  /** Is gone from one moment to the next, as in a crash: the broker hears nothing more of the member. */
  vanish(): Promise<void>
  /** Stops receiving and leaves the group (a static member doesn't leave: it only goes). */
  leave(): Promise<void>
}

/** How a topic is to be made. Without partitions or replication factor: one of each. −1 is the broker's default. */
export interface TopicSettings {
  readonly partitions?: number
  readonly replicationFactor?: number
  readonly configs?: Readonly<Record<string, string>>
}

/** One setting as DescribeConfigs tells it. */
export interface ConfigEntry {
  readonly value: string | null
  readonly isDefault: boolean
  readonly readOnly: boolean
  /** Kafka's number of the source: 1 topic, 2 dynamic broker, 3 dynamic default broker, 4 static broker, 5 default. */
  readonly source: number
}

/** A committed offset; −1 where none is committed. `metadata` is undefined where the client doesn't tell it. */
export interface CommittedOffset {
  readonly offset: number
  readonly metadata: string | undefined
}

/** A group as DescribeGroups tells it. */
export interface GroupDescription {
  readonly state: string
  readonly protocolType: string
  readonly protocol: string
  readonly memberCount: number
}

/** The cluster as the client sees it. `controllerId` and `clusterId` are undefined where the client doesn't tell them. */
export interface ClusterDescription {
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[]
  readonly controllerId: number | undefined
  readonly clusterId: string | undefined
}

/** One client, connected to one broker. Any call may throw {@link Unsupported}, and {@link Refused} where the broker says no. */
export interface Driver {
  /** The client's folder name. */
  readonly name: string
  /** Sends all records in order and resolves when they are acknowledged (with acks 0: sent). Calls may overlap; the records of
   *  an earlier call with the same options come first. */
  produce(topic: string, records: readonly ProducedRecord[], options?: ProduceOptions): Promise<void>
  /** Like {@link produce}; the offset that the broker gave to the first record of each partition. */
  produceForOffsets(
    topic: string,
    records: readonly ProducedRecord[],
    options?: ProduceOptions,
  ): Promise<ReadonlyMap<number, number>>
  /** A producer with a transactional id, whose name it takes from whoever had it before: that one's transaction is aborted. */
  transactional(transactionalId: string): Promise<TransactionalProducer>
  /** Reads without committing anything. Resolves when all that was asked for has come. */
  read(topic: string, options: ReadOptions): Promise<readonly ConsumedRecord[]>
  /** Becomes a member; resolves before it has an assignment. */
  join(group: string, options: JoinOptions): Promise<Member>

  /** `latest` is the high watermark. */
  offsets(topic: string, partition: number): Promise<{ readonly earliest: number; readonly latest: number }>
  /** The first offset with a timestamp of at least `timestampMs`; the high watermark where there is none. */
  offsetForTime(topic: string, partition: number, timestampMs: number): Promise<number>
  committed(group: string, topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, CommittedOffset>>
  /** Commits for a group without members. */
  setOffset(group: string, topic: string, partition: number, offset: number): Promise<void>
  /** Moves a group without members to one end of all partitions. */
  resetOffsets(group: string, topic: string, to: 'earliest' | 'latest'): Promise<void>

  createTopic(topic: string, settings?: TopicSettings): Promise<void>
  deleteTopic(topic: string): Promise<void>
  listTopics(): Promise<readonly string[]>
  /** 0 where there is no such topic; doesn't create it. */
  partitionCount(topic: string): Promise<number>
  /** `count` is the new number of all partitions. */
  createPartitions(topic: string, count: number): Promise<void>
  topicConfigs(topic: string): Promise<ReadonlyMap<string, ConfigEntry>>
  brokerConfigs(brokerId: number): Promise<ReadonlyMap<string, ConfigEntry>>
  /** AlterConfigs (KIP-133): the topic's own settings are these from now on, and no others. */
  alterTopicConfigs(topic: string, configs: Readonly<Record<string, string>>): Promise<void>
  /** Deletes the records before `beforeOffset`; −1 is the high watermark. */
  deleteRecords(topic: string, partition: number, beforeOffset: number): Promise<void>
  listGroups(): Promise<readonly { readonly group: string; readonly protocolType: string }[]>
  describeGroup(group: string): Promise<GroupDescription>
  deleteGroup(group: string): Promise<void>
  describeCluster(): Promise<ClusterDescription>

  /** Disconnects everything that was opened, members too. */
  close(): Promise<void>
}

/** The client doesn't offer what a story asks for: the story is skipped. */
export class Unsupported extends Error {
  /** @param reason a sentence's end that names the client and what it lacks: "kcat has no DescribeConfigs" */
  constructor(reason: string) {
    super(reason)
    this.name = 'Unsupported'
  }
}

/** The broker answered with an error. */
export class Refused extends Error {
  /** Kafka's name of the error, such as `TOPIC_ALREADY_EXISTS`. */
  readonly code: string

  /** @param code Kafka's name of the error
   *  @param cause what the client threw */
  constructor(code: string, cause: unknown) {
    super(`${code}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'Refused'
    this.code = code
  }
}
