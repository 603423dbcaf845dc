/** A transactional producer of node-rdkafka that writes down its transactions. */
import rdkafka, { type LibrdKafkaError, type Producer, type TopicPartitionOffset } from 'node-rdkafka'
import type { SendCall } from '../history/event.ts'
import { payloadOf } from './payload.ts'
import { called, connected, rdkafkaSettings } from './rdkafka-call.ts'
import type { RdkafkaReader } from './rdkafka-reader.ts'
import { errorText, type Stage } from './stage.ts'

/** The coordinator ends a transaction that its producer leaves open for so long. */
const transactionTimeoutMs = 10_000
/** How long a call may take, over all its tries. */
const callMs = 30_000
const maxTries = 5

/** What a record of a transaction says besides its value. */
export type Detail = Pick<SendCall, 'source' | 'amount'>

/** The producer can't go on: its transaction could not be ended, or another one has taken its id. */
export class Spent extends Error {}

/** One producer, which has one transaction at a time. */
export class RdkafkaTransactional {
  readonly #stage: Stage
  readonly #producer: Producer
  readonly #name: string
  #number = 0
  #records = 0
  #transaction = ''

  private constructor(stage: Stage, producer: Producer, name: string) {
    this.#stage = stage
    this.#producer = producer
    this.#name = name
  }

  /** Connects and takes over the transactional id of the stage's part; rejects with {@link Spent} where it doesn't get it. */
  static async open(stage: Stage): Promise<RdkafkaTransactional> {
    const { transactionalId = '', by } = stage.part
    const producer = await connected(stage, () => {
      return new rdkafka.Producer({
        ...rdkafkaSettings(stage.part),
        'transactional.id': transactionalId,
        'transaction.timeout.ms': transactionTimeoutMs,
        'linger.ms': 2,
        dr_cb: true,
      })
    })
    const transactional = new RdkafkaTransactional(stage, producer, by)
    producer.on('event.error', error => stage.noteError(error))
    producer.on('delivery-report', (error, { opaque, offset }) => {
      if (error) stage.history.complete(opaque as number, 'info', { error: errorText(error) })
      else {
        stage.count('acked')
        stage.history.complete(opaque as number, 'ok', offset >= 0 ? { offset } : {})
      }
    })
    producer.setPollInterval(10)
    const op = stage.history.invoke([{ do: 'init', transactionalId, producer: by }])
    await transactional.#tried(op, done => producer.initTransactions(callMs, done))
    return transactional
  }

  /** Begins a transaction and returns its name. */
  async begin(): Promise<string> {
    this.#transaction = `${this.#name}-${++this.#number}`
    const { transactionalId = '' } = this.#stage.part
    await called(done => this.#producer.beginTransaction(done))
    const { history } = this.#stage
    history.note({ do: 'begin', transaction: this.#transaction, transactionalId, producer: this.#name })
    return this.#transaction
  }

  /** Hands a record to the producer; the answer goes into the history. */
  send(topic: string, partition: number, detail: Detail): void {
    const value = `${this.#transaction}/${this.#records++}`
    const { history, random } = this.#stage
    const call = { do: 'send' as const, partition: `${topic}-${partition}`, value, producer: this.#name, ...detail }
    const op = history.invoke([{ ...call, transaction: this.#transaction }])
    this.#stage.count('sent')
    try {
      this.#producer.produce(topic, partition, payloadOf(value, random.between(10, 300)), null, null, op)
    } catch (error) {
      history.complete(op, 'fail', { error: errorText(error) })
      throw error
    }
  }

  /** Commits a group's offsets with the transaction. */
  async sendOffsets(group: string, offsets: readonly TopicPartitionOffset[], reader: RdkafkaReader): Promise<void> {
    const { history } = this.#stage
    const transaction = this.#transaction
    const first = history.invoke(
      offsets.map(({ topic, partition, offset }) => {
        return { do: 'commit' as const, group, partition: `${topic}-${partition}`, offset, transaction }
      }),
    )
    const complete = (is: 'ok' | 'info', error?: unknown): void => {
      const result = error === undefined ? {} : { error: errorText(error) }
      for (const index of offsets.keys()) history.complete(first + index, is, result)
    }
    try {
      await called(done => this.#producer.sendOffsetsToTransaction([...offsets], reader.consumer, callMs, done))
      complete('ok')
    } catch (error) {
      complete('info', error)
      throw error
    }
  }

  /** Commits; where that fails but the producer lives on, aborts. Rejects with {@link Spent} where it doesn't. */
  async commit(): Promise<void> {
    const op = this.#stage.history.invoke([{ do: 'end', transaction: this.#transaction, commit: true }])
    try {
      await this.#tried(op, done => this.#producer.commitTransaction(callMs, done))
    } catch (error) {
      if (!(error as { cause?: LibrdKafkaError }).cause?.isTxnRequiresAbort) throw error
      await this.abort()
    }
  }

  /** Aborts; rejects with {@link Spent} where that fails. */
  async abort(): Promise<void> {
    const op = this.#stage.history.invoke([{ do: 'end', transaction: this.#transaction, commit: false }])
    await this.#tried(op, done => this.#producer.abortTransaction(callMs, done))
  }

  async close(): Promise<void> {
    await called(done => this.#producer.disconnect(done))
  }

  /** Completes `op` by a call that is tried again where librdkafka says that it may be; rejects with {@link Spent}. */
  async #tried(op: number, call: (done: (error: LibrdKafkaError) => void) => void): Promise<void> {
    const { history } = this.#stage
    for (let tries = 1; ; tries++) {
      try {
        await called(call)
        history.complete(op, 'ok')
        return
      } catch (error) {
        if ((error as LibrdKafkaError).isRetriable && tries < maxTries) continue
        history.complete(op, 'info', { error: errorText(error) })
        throw new Spent(errorText(error), { cause: error })
      }
    }
  }
}
