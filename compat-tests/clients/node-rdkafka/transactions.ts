/** A transactional producer of node-rdkafka. */
import rdkafka, { type GlobalConfig, type KafkaConsumer, type Producer } from 'node-rdkafka'
import { type ProducedRecord, Refused, type TransactionalProducer } from '../driver.ts'
import { RdkafkaProducer } from './producer.ts'
import { codeOf, promised } from './refused.ts'

const patienceMs = 20_000

/** A consumer that is no member, and how to end it. */
type ConsumerOf = (group: string) => Promise<{ consumer: KafkaConsumer; close(): Promise<void> }>

/** {@link TransactionalProducer} over node-rdkafka. */
export class RdkafkaTransactions implements TransactionalProducer {
  readonly #producer: RdkafkaProducer
  readonly #consumerOf: ConsumerOf

  private constructor(producer: RdkafkaProducer, consumerOf: ConsumerOf) {
    this.#producer = producer
    this.#consumerOf = consumerOf
  }

  /** Connects, by `settings` with the broker's address, and takes the transactional id over. */
  static async connect(settings: GlobalConfig, id: string, consumerOf: ConsumerOf): Promise<RdkafkaTransactions> {
    const transactional = { ...settings, 'transactional.id': id }
    const producer = await RdkafkaProducer.connect(transactional, { idempotent: true })
    const transactions = new RdkafkaTransactions(producer, consumerOf)
    await transactions.#call((client, done) => client.initTransactions(patienceMs, done))
    return transactions
  }

  async begin(): Promise<void> {
    await this.#call((client, done) => client.beginTransaction(done))
  }

  async send(topic: string, records: readonly ProducedRecord[]): Promise<void> {
    await this.#producer.send(topic, records)
  }

  async sendOffsets(group: string, topic: string, offsets: ReadonlyMap<number, number>): Promise<void> {
    const { consumer, close } = await this.#consumerOf(group)
    const positions = Array.from(offsets, ([partition, offset]) => ({ topic, partition, offset }))
    try {
      await this.#call((client, done) => client.sendOffsetsToTransaction(positions, consumer, patienceMs, done))
    } finally {
      await close()
    }
  }

  async commit(): Promise<void> {
    await this.#call((client, done) => client.commitTransaction(patienceMs, done))
  }

  async abort(): Promise<void> {
    await this.#call((client, done) => client.abortTransaction(patienceMs, done))
  }

  close(): Promise<void> {
    return this.#producer.close()
  }

  async #call(call: (client: Producer, done: (error: unknown) => void) => unknown): Promise<void> {
    try {
      await promised<void>(done => call(this.#producer.client, error => done(error, undefined)))
    } catch (error) {
      // librdkafka has a name of its own for what the broker says.
      if (codeOf(error) === rdkafka.CODES.ERRORS.ERR__FENCED) throw new Refused('PRODUCER_FENCED', error)
      throw error
    }
  }
}
