/** The driver for node-rdkafka. */
import { randomUUID } from 'node:crypto'
import rdkafka, { type GlobalConfig, type IAdminClient, type KafkaConsumer, type Metadata } from 'node-rdkafka'
import type {
  ClusterDescription,
  CommittedOffset,
  ConsumedRecord,
  Driver,
  JoinOptions,
  ProducedRecord,
  ProduceOptions,
  ReadOptions,
  TopicSettings,
  TransactionalProducer,
} from '../driver.ts'
import { Unsupported } from '../driver.ts'
import { RdkafkaMember } from './member.ts'
import { RdkafkaProducer } from './producer.ts'
import { recordOf } from './record.ts'
import { promised, refusal } from './refused.ts'
import { RdkafkaTransactions } from './transactions.ts'

const requestMs = 10_000

/** Prepares node-rdkafka for the broker at `address` (`host:port`). */
export async function openRdkafka(address: string): Promise<Driver> {
  return new RdkafkaDriver('node-rdkafka', { 'bootstrap.servers': address, 'client.id': 'compat-node-rdkafka' })
}

function lacks(call: string): () => Promise<never> {
  return async () => {
    throw new Unsupported(`node-rdkafka has no ${call}`)
  }
}

/** {@link Driver} over node-rdkafka. */
export class RdkafkaDriver implements Driver {
  readonly name: string
  readonly #settings: GlobalConfig
  readonly #producers = new Map<string, Promise<RdkafkaProducer>>()
  readonly #closers: (() => Promise<void>)[] = []
  #admin: IAdminClient | undefined

  readonly resetOffsets: Driver['resetOffsets'] = lacks('call to reset offsets')
  readonly topicConfigs: Driver['topicConfigs'] = lacks('DescribeConfigs')
  readonly brokerConfigs: Driver['brokerConfigs'] = lacks('DescribeConfigs')
  readonly alterTopicConfigs: Driver['alterTopicConfigs'] = lacks('AlterConfigs')
  readonly deleteRecords: Driver['deleteRecords'] = lacks('DeleteRecords')
  readonly listGroups: Driver['listGroups'] = lacks('ListGroups')
  readonly describeGroup: Driver['describeGroup'] = lacks('DescribeGroups')
  readonly deleteGroup: Driver['deleteGroup'] = lacks('DeleteGroups')

  /** @param settings of every librdkafka client of this driver */
  constructor(name: string, settings: GlobalConfig) {
    this.name = name
    this.#settings = settings
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
    return producer.send(topic, records)
  }

  async transactional(transactionalId: string): Promise<TransactionalProducer> {
    const consumerOf = (group: string) => this.#consumer(group)
    const producer = await RdkafkaTransactions.connect(this.#settings, transactionalId, consumerOf)
    this.#closers.push(() => producer.close())
    return producer
  }

  async read(topic: string, options: ReadOptions): Promise<readonly ConsumedRecord[]> {
    const { partition = 0, offset = 0, count, maxBytesPerPartition, uncommitted = false } = options
    const limit = maxBytesPerPartition === undefined ? {} : { 'fetch.message.max.bytes': maxBytesPerPartition }
    const isolation = uncommitted ? { 'isolation.level': 'read_uncommitted' } : {}
    const { consumer, close } = await this.#consumer(`read-${randomUUID()}`, { ...limit, ...isolation })
    let failure: unknown
    consumer.on('event.error', error => {
      const refused = refusal(error)
      if (refused !== error) failure = refused
    })
    consumer.assign([{ topic, partition, offset }])
    const records: ConsumedRecord[] = []
    while (records.length < count) {
      const messages = await promised<Parameters<typeof recordOf>[0][]>(done =>
        consumer.consume(count - records.length, done),
      )
      for (const message of messages) records.push(recordOf(message))
      if (failure !== undefined) throw failure
    }
    await close()
    return records
  }

  async join(group: string, options: JoinOptions): Promise<RdkafkaMember> {
    const member = await RdkafkaMember.join(this.#settings, group, options)
    this.#closers.push(() => member.leave())
    return member
  }

  async offsets(topic: string, partition: number): Promise<{ earliest: number; latest: number }> {
    const { consumer, close } = await this.#consumer('offsets')
    const marks = await promised<{ lowOffset: number; highOffset: number }>(done =>
      consumer.queryWatermarkOffsets(topic, partition, requestMs, done),
    )
    await close()
    return { earliest: marks.lowOffset, latest: marks.highOffset }
  }

  async offsetForTime(topic: string, partition: number, timestampMs: number): Promise<number> {
    const { consumer, close } = await this.#consumer('offsets')
    const [found] = await promised<{ offset: number }[]>(done =>
      consumer.offsetsForTimes([{ topic, partition, offset: timestampMs }], requestMs, done),
    )
    await close()
    if (found === undefined) throw new Error(`no offset of ${topic}-${partition} in the answer`)
    return found.offset >= 0 ? found.offset : (await this.offsets(topic, partition)).latest
  }

  async committed(
    group: string,
    topic: string,
    partitions: readonly number[],
  ): Promise<ReadonlyMap<number, CommittedOffset>> {
    const { consumer, close } = await this.#consumer(group)
    const wanted = partitions.map(partition => ({ topic, partition }))
    const found = await promised<{ partition: number; offset?: number }[]>(done =>
      consumer.committed(wanted, requestMs, done),
    )
    await close()
    return new Map(found.map(({ partition, offset = -1 }) => [partition, { offset, metadata: undefined }]))
  }

  async setOffset(group: string, topic: string, partition: number, offset: number): Promise<void> {
    const { consumer, close } = await this.#consumer(group)
    try {
      consumer.commitSync({ topic, partition, offset })
    } catch (error) {
      throw refusal(error)
    } finally {
      await close()
    }
  }

  async createTopic(topic: string, { partitions = 1, replicationFactor = 1, configs = {} }: TopicSettings = {}) {
    const request = { topic, num_partitions: partitions, replication_factor: replicationFactor, config: { ...configs } }
    await promised(done => this.#adminClient().createTopic(request, requestMs, error => done(error, undefined)))
  }

  async deleteTopic(topic: string): Promise<void> {
    await promised(done => this.#adminClient().deleteTopic(topic, requestMs, error => done(error, undefined)))
  }

  async createPartitions(topic: string, count: number): Promise<void> {
    await promised(done =>
      this.#adminClient().createPartitions(topic, count, requestMs, error => done(error, undefined)),
    )
  }

  async listTopics(): Promise<readonly string[]> {
    return (await this.#metadata()).topics.map(({ name }) => name)
  }

  async partitionCount(topic: string): Promise<number> {
    return (await this.#metadata()).topics.find(({ name }) => name === topic)?.partitions.length ?? 0
  }

  async describeCluster(): Promise<ClusterDescription> {
    const { brokers } = await this.#metadata()
    return {
      brokers: brokers.map(({ id, host, port }) => ({ id, host, port })),
      controllerId: undefined,
      clusterId: undefined,
    }
  }

  async close(): Promise<void> {
    this.#admin?.disconnect()
    await Promise.all(this.#closers.map(close => close()))
  }

  #producer(options: ProduceOptions): Promise<RdkafkaProducer> {
    const key = JSON.stringify(options)
    const existing = this.#producers.get(key)
    if (existing !== undefined) return existing
    const connected = RdkafkaProducer.connect(this.#settings, options).then(producer => {
      this.#closers.push(() => producer.close())
      return producer
    })
    this.#producers.set(key, connected)
    return connected
  }

  #adminClient(): IAdminClient {
    this.#admin ??= rdkafka.AdminClient.create(this.#settings)
    return this.#admin
  }

  async #metadata(): Promise<Metadata> {
    const { consumer, close } = await this.#consumer('metadata')
    const metadata = await promised<Metadata>(done =>
      consumer.getMetadata({ allTopics: true, timeout: requestMs }, done),
    )
    await close()
    return metadata
  }

  /** A consumer that is no member of a group until it subscribes. */
  async #consumer(group: string, settings: object = {}): Promise<{ consumer: KafkaConsumer; close(): Promise<void> }> {
    const consumer = new rdkafka.KafkaConsumer(
      {
        ...this.#settings,
        'group.id': group,
        'enable.auto.commit': false,
        'fetch.wait.max.ms': 100,
        // How long librdkafka waits for a missing topic to appear before it says that there is none.
        'topic.metadata.propagation.max.ms': 1000,
        ...settings,
      },
      { 'auto.offset.reset': 'error' },
    )
    let open = true
    const close = async () => {
      if (!open) return
      open = false
      await promised(done => consumer.disconnect(done))
    }
    await promised(done => consumer.connect({}, done))
    consumer.setDefaultConsumeTimeout(100)
    this.#closers.push(close)
    return { consumer, close }
  }
}
