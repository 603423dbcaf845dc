/** A transactional producer of kafkajs. */
import kafkajs, { type Kafka, type Producer, type Transaction } from 'kafkajs'
import type { ProducedRecord, TransactionalProducer } from '../driver.ts'
import { messageOf } from './message.ts'
import { asRefused } from './refused.ts'

/** {@link TransactionalProducer} over kafkajs. */
export class KafkajsTransactions implements TransactionalProducer {
  readonly #producer: Producer
  #transaction: Transaction | undefined

  private constructor(producer: Producer) {
    this.#producer = producer
  }

  /** Connects and takes the transactional id over. */
  static async connect(kafka: Kafka, transactionalId: string): Promise<KafkajsTransactions> {
    const producer = kafka.producer({
      transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
    await asRefused(producer.connect())
    // kafkajs asks for the id's producer only when its first transaction begins; an empty one asks for nothing more.
    await (await asRefused(producer.transaction())).abort()
    return new KafkajsTransactions(producer)
  }

  async begin(): Promise<void> {
    this.#transaction = await asRefused(this.#producer.transaction())
  }

  async send(topic: string, records: readonly ProducedRecord[]): Promise<void> {
    await asRefused(this.#open.send({ topic, messages: records.map(messageOf) }))
  }

  async sendOffsets(group: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void> {
    const partitions = Array.from(offsets, ([partition, offset]) => ({ partition, offset: String(offset) }))
    await asRefused(this.#open.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions }] }))
  }

  async commit(): Promise<void> {
    await asRefused(this.#open.commit())
  }

  async abort(): Promise<void> {
    await asRefused(this.#open.abort())
  }

  close(): Promise<void> {
    return this.#producer.disconnect()
  }

  get #open(): Transaction {
    if (this.#transaction === undefined) throw new Error('no transaction was begun')
    return this.#transaction
  }
}
