/** A kafkajs consumer in a group. */
import kafkajs, { type Batch, type Consumer, type EachBatchPayload, type Kafka, type KafkaMessage } from 'kafkajs'
import type { ConsumedRecord, Header, JoinOptions, Member, TopicPartition } from '../driver.ts'
import { Unsupported } from '../driver.ts'
import { asRefused, refusal } from './refused.ts'

const { PartitionAssigners } = kafkajs

/** Settings that make kafkajs notice a rebalance soon and never wait long for data. */
export const quickConsumer = { heartbeatInterval: 300, maxWaitTimeInMs: 200, allowAutoTopicCreation: false } as const

/** {@link Member} over kafkajs. */
export class KafkajsMember implements Member {
  readonly #consumer: Consumer
  readonly #options: JoinOptions
  readonly #received: ConsumedRecord[] = []
  #assignment: readonly TopicPartition[] = []
  #failure: unknown

  private constructor(consumer: Consumer, options: JoinOptions) {
    this.#consumer = consumer
    this.#options = options
  }

  /** Connects and starts to receive; Unsupported where kafkajs lacks the assignor or static membership. */
  static async join(kafka: Kafka, group: string, options: JoinOptions): Promise<KafkajsMember> {
    if (options.instanceId !== undefined) throw new Unsupported('kafkajs has no static members')
    if (options.assignor !== undefined && options.assignor !== 'roundrobin') {
      throw new Unsupported(`kafkajs has no ${options.assignor} assignor`)
    }
    const consumer = kafka.consumer({
      ...quickConsumer,
      groupId: group,
      sessionTimeout: options.sessionTimeoutMs ?? 10_000,
      partitionAssigners: [PartitionAssigners.roundRobin],
    })
    const member = new KafkajsMember(consumer, options)
    await asRefused(member.#start())
    return member
  }

  get received(): readonly ConsumedRecord[] {
    this.#throwFailure()
    return this.#received
  }

  assignment(): readonly TopicPartition[] {
    this.#throwFailure()
    return this.#assignment
  }

  async commit(topic: string, partition: number, offset: number, metadata?: string): Promise<void> {
    const entry = { topic, partition, offset: String(offset) }
    await asRefused(this.#consumer.commitOffsets([metadata === undefined ? entry : { ...entry, metadata }]))
    this.#options.journal?.push({ kind: 'commit', topic, partition, offset })
  }

  pause(topic: string, partition: number): void {
    this.#consumer.pause([{ topic, partitions: [partition] }])
  }

  resume(topic: string, partition: number): void {
    this.#consumer.resume([{ topic, partitions: [partition] }])
  }

  async seek(topic: string, partition: number, offset: number): Promise<void> {
    this.#consumer.seek({ topic, partition, offset: String(offset) })
  }

  async vanish(): Promise<void> {
    throw new Unsupported("kafkajs can't crash alone: it is in the story's process")
  }

  async leave(): Promise<void> {
    await asRefused(this.#consumer.disconnect())
  }

  async #start(): Promise<void> {
    const consumer = this.#consumer
    consumer.on(consumer.events.CRASH, event => {
      if (!event.payload.restart) this.#failure = refusal(event.payload.error)
    })
    consumer.on(consumer.events.GROUP_JOIN, event => {
      this.#assignment = partitionsOf(event.payload.memberAssignment)
    })
    consumer.on(consumer.events.COMMIT_OFFSETS, event => this.#noteCommits(event.payload.topics))
    const topics = this.#options.topics.map(topic => (topic.startsWith('^') ? new RegExp(topic) : topic))
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: this.#options.from === 'earliest' })
    const asReceived = this.#options.commit === 'as-received'
    await consumer.run({
      autoCommit: asReceived,
      ...(asReceived ? { autoCommitThreshold: 1 } : {}),
      eachBatchAutoResolve: false,
      eachBatch: payload => this.#take(payload),
    })
  }

  async #take({ batch, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale }: EachBatchPayload): Promise<void> {
    for (const message of batch.messages) {
      if (!isRunning() || isStale()) return
      const record = recordOf(batch, message)
      this.#received.push(record)
      this.#options.journal?.push({
        kind: 'record',
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
      })
      resolveOffset(message.offset)
    }
    if (this.#options.commit === 'as-received') await commitOffsetsIfNecessary()
  }

  #noteCommits(topics: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]) {
    if (this.#options.commit === 'never') return
    for (const { topic, partitions } of topics) {
      for (const { partition, offset } of partitions) {
        this.#options.journal?.push({ kind: 'commit', topic, partition, offset: Number(offset) })
      }
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

/** A received kafkajs message in the driver's form. */
export function recordOf(batch: Pick<Batch, 'topic' | 'partition'>, message: KafkaMessage): ConsumedRecord {
  return {
    topic: batch.topic,
    partition: batch.partition,
    offset: Number(message.offset),
    timestampMs: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: headersOf(message),
  }
}

function headersOf(message: KafkaMessage): Header[] {
  return Object.entries(message.headers ?? {}).flatMap(([key, values]) =>
    [values].flat().map(value => ({ key, value: Buffer.from(value ?? '') })),
  )
}

function partitionsOf(assignment: Readonly<Record<string, readonly number[]>>): TopicPartition[] {
  return Object.keys(assignment)
    .sort()
    .flatMap(topic => [...(assignment[topic] ?? [])].sort((a, b) => a - b).map(partition => ({ topic, partition })))
}
