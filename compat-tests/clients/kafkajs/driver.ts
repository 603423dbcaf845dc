/** The driver for kafkajs. */
import { randomUUID } from 'node:crypto'
import kafkajs, { type Consumer, type Kafka, type Producer } from 'kafkajs'
import type { ConsumedRecord, Driver, JoinOptions, ProducedRecord, ProduceOptions, ReadOptions } from '../driver.ts'
import { KafkajsAdmin } from './admin.ts'
import { compressionTypes, registerCodecs } from './codecs.ts'
import { KafkajsMember, quickConsumer, recordOf } from './member.ts'
import { messageOf } from './message.ts'
import { asRefused, refusal } from './refused.ts'
import { KafkajsTransactions } from './transactions.ts'

/** Connects kafkajs to the broker at `address` (`host:port`). */
export async function openKafkajs(address: string): Promise<Driver> {
  await registerCodecs()
  const kafka = new kafkajs.Kafka({
    clientId: 'compat-kafkajs',
    brokers: [address],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 6 },
  })
  const admin = kafka.admin()
  await admin.connect()
  return new KafkajsDriver(kafka, new KafkajsAdmin(admin), () => admin.disconnect())
}

class KafkajsDriver implements Driver {
  readonly name = 'kafkajs'
  readonly #kafka: Kafka
  readonly #admin: KafkajsAdmin
  readonly #producers = new Map<string, Promise<Producer>>()
  readonly #sending = new Map<Producer, Promise<unknown>>()
  readonly #closers: (() => Promise<void>)[]

  readonly offsets: Driver['offsets'] = (...request) => this.#admin.offsets(...request)
  readonly offsetForTime: Driver['offsetForTime'] = (...request) => this.#admin.offsetForTime(...request)
  readonly committed: Driver['committed'] = (...request) => this.#admin.committed(...request)
  readonly setOffset: Driver['setOffset'] = (...request) => this.#admin.setOffset(...request)
  readonly resetOffsets: Driver['resetOffsets'] = (...request) => this.#admin.resetOffsets(...request)
  readonly createTopic: Driver['createTopic'] = (topic, settings = {}) => this.#admin.createTopic(topic, settings)
  readonly deleteTopic: Driver['deleteTopic'] = topic => this.#admin.deleteTopic(topic)
  readonly listTopics: Driver['listTopics'] = () => this.#admin.listTopics()
  readonly partitionCount: Driver['partitionCount'] = topic => this.#admin.partitionCount(topic)
  readonly createPartitions: Driver['createPartitions'] = (...request) => this.#admin.createPartitions(...request)
  readonly topicConfigs: Driver['topicConfigs'] = topic => this.#admin.topicConfigs(topic)
  readonly brokerConfigs: Driver['brokerConfigs'] = brokerId => this.#admin.brokerConfigs(brokerId)
  readonly alterTopicConfigs: Driver['alterTopicConfigs'] = (...request) => this.#admin.alterTopicConfigs(...request)
  readonly deleteRecords: Driver['deleteRecords'] = (...request) => this.#admin.deleteRecords(...request)
  readonly listGroups: Driver['listGroups'] = () => this.#admin.listGroups()
  readonly describeGroup: Driver['describeGroup'] = group => this.#admin.describeGroup(group)
  readonly deleteGroup: Driver['deleteGroup'] = group => this.#admin.deleteGroup(group)
  readonly describeCluster: Driver['describeCluster'] = () => this.#admin.describeCluster()

  constructor(kafka: Kafka, admin: KafkajsAdmin, closeAdmin: () => Promise<void>) {
    this.#kafka = kafka
    this.#admin = admin
    this.#closers = [closeAdmin]
  }

  async produce(topic: string, records: readonly ProducedRecord[], options: ProduceOptions = {}): Promise<void> {
    await this.produceForOffsets(topic, records, options)
  }

  async produceForOffsets(
    topic: string,
    records: readonly ProducedRecord[],
    options: ProduceOptions = {},
  ): Promise<ReadonlyMap<number, number>> {
    const producer = await this.#producer(options)
    // kafkajs doesn't keep the order of calls that overlap.
    const earlier = this.#sending.get(producer)
    const sending = (async () => {
      await Promise.allSettled([earlier])
      return producer.send({
        topic,
        messages: records.map(messageOf),
        acks: options.acks ?? -1,
        compression: compressionTypes[options.codec ?? 'none'],
      })
    })()
    this.#sending.set(producer, sending)
    const answers = await asRefused(sending)
    return new Map(answers.map(({ partition, baseOffset }) => [partition, Number(baseOffset)]))
  }

  async transactional(transactionalId: string): Promise<KafkajsTransactions> {
    const producer = await KafkajsTransactions.connect(this.#kafka, transactionalId)
    this.#closers.push(() => producer.close())
    return producer
  }

  async read(topic: string, options: ReadOptions): Promise<readonly ConsumedRecord[]> {
    const { partition = 0, offset = 0, count, maxBytesPerPartition, uncommitted = false } = options
    const consumer = this.#kafka.consumer({
      ...quickConsumer,
      groupId: `read-${randomUUID()}`,
      readUncommitted: uncommitted,
      ...(maxBytesPerPartition === undefined ? {} : { maxBytesPerPartition }),
    })
    this.#closers.push(() => consumer.disconnect())
    const records: ConsumedRecord[] = []
    // Only once kafkajs runs can it seek; what it fetched before that is not what was asked for.
    let sought = false
    await asRefused(consumer.connect())
    await asRefused(consumer.subscribe({ topics: [topic], fromBeginning: true }))
    const complete = new Promise<void>((resolve, reject) => {
      failWith(consumer, reject)
      const running = consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch, isStale }) => {
          if (!sought || isStale() || batch.partition !== partition) return
          for (const message of batch.messages) records.push(recordOf(batch, message))
          if (records.length >= count) resolve()
        },
      })
      running
        .then(() => {
          consumer.seek({ topic, partition, offset: String(offset) })
          sought = true
        })
        .catch(reject)
    })
    await asRefused(complete)
    await consumer.stop()
    return records.slice(0, count)
  }

  async join(group: string, options: JoinOptions): Promise<KafkajsMember> {
    const member = await KafkajsMember.join(this.#kafka, group, options)
    this.#closers.push(() => member.leave())
    return member
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map(close => close()))
  }

  #producer({ idempotent = false, autoCreate = true }: ProduceOptions): Promise<Producer> {
    const key = `${idempotent} ${autoCreate}`
    const existing = this.#producers.get(key)
    if (existing !== undefined) return existing
    const producer = this.#kafka.producer({
      idempotent,
      allowAutoTopicCreation: autoCreate,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      ...(idempotent ? { maxInFlightRequests: 1 } : {}),
    })
    this.#closers.push(() => producer.disconnect())
    const connected = producer.connect().then(() => producer)
    this.#producers.set(key, connected)
    return connected
  }
}

function failWith(consumer: Consumer, reject: (error: unknown) => void): void {
  consumer.on(consumer.events.CRASH, event => {
    if (!event.payload.restart) reject(refusal(event.payload.error))
  })
}
