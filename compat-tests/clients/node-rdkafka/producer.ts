/** A node-rdkafka producer that knows when its records are delivered. */
import rdkafka, { type DeliveryReport, type GlobalConfig, type LibrdKafkaError, type Producer } from 'node-rdkafka'
import type { ProducedRecord, ProduceOptions } from '../driver.ts'
import { Unsupported } from '../driver.ts'
import { checkSendable, headersToSend } from './record.ts'
import { promised, refusal } from './refused.ts'

/** Long enough for all records of one call to gather in one batch. */
const lingerMs = 20
const maxRecordsPerBatch = 10_000
const maxBytesPerBatch = 10_000_000

/** The records of one call that are still out. */
interface Sending {
  left: number
  readonly firstOffsets: Map<number, number>
  readonly resolve: (firstOffsets: ReadonlyMap<number, number>) => void
  readonly reject: (error: unknown) => void
}

/** One librdkafka producer with fixed options. */
export class RdkafkaProducer {
  readonly #producer: Producer

  private constructor(producer: Producer) {
    this.#producer = producer
  }

  /** Connects, by `settings` with the broker's address; Unsupported where librdkafka was built without the codec or can't do what is asked. */
  static async connect(settings: GlobalConfig, options: ProduceOptions): Promise<RdkafkaProducer> {
    const { codec = 'none', acks = -1, idempotent = false, autoCreate = true } = options
    if (!autoCreate) throw new Unsupported("node-rdkafka's producer always lets missing topics be created")
    if (codec !== 'none' && !rdkafka.features.includes(codec)) {
      throw new Unsupported(`node-rdkafka was built without ${codec}`)
    }
    const producer = new rdkafka.Producer(
      {
        ...settings,
        'compression.codec': codec,
        'enable.idempotence': idempotent,
        'linger.ms': lingerMs,
        'batch.num.messages': maxRecordsPerBatch,
        'batch.size': maxBytesPerBatch,
        'message.max.bytes': maxBytesPerBatch,
        'retry.backoff.ms': 50,
        dr_cb: true,
      },
      { 'request.required.acks': acks, 'message.timeout.ms': 25_000 },
    )
    await promised(done => producer.connect({}, done))
    producer.setPollInterval(10)
    const connected = new RdkafkaProducer(producer)
    producer.on('delivery-report', (error, report) => connected.#settle(error, report))
    return connected
  }

  /** Sends all records and resolves with the first offset of each partition; rejects with the first error. */
  send(topic: string, records: readonly ProducedRecord[]): Promise<ReadonlyMap<number, number>> {
    records.forEach(checkSendable)
    return new Promise((resolve, reject) => {
      const sending: Sending = { left: records.length, firstOffsets: new Map(), resolve, reject }
      for (const { partition = null, key = null, value, timestampMs, headers = [] } of records) {
        this.#producer.produce(topic, partition, value, key, timestampMs, sending, headersToSend(headers))
      }
    })
  }

  /** For the calls that this class doesn't make. */
  get client(): Producer {
    return this.#producer
  }

  async close(): Promise<void> {
    await promised(done => this.#producer.disconnect(done))
  }

  #settle(error: LibrdKafkaError | null, { opaque, partition, offset }: DeliveryReport): void {
    const sending = opaque as Sending
    if (error) {
      sending.reject(refusal(error))
      return
    }
    const first = sending.firstOffsets.get(partition)
    if (first === undefined || offset < first) sending.firstOffsets.set(partition, offset)
    sending.left--
    if (sending.left === 0) sending.resolve(sending.firstOffsets)
  }
}
