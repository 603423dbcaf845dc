/** A node-rdkafka consumer in a group. */
import { setImmediate as afterOtherEvents } from 'node:timers/promises'
import rdkafka, { type GlobalConfig, type KafkaConsumer, type Message } from 'node-rdkafka'
import type { ConsumedRecord, JoinOptions, Member, TopicPartition } from '../driver.ts'
import { Unsupported } from '../driver.ts'
import { recordOf } from './record.ts'
import { codeOf, promised, refusal } from './refused.ts'

const maxRecordsPerPoll = 1000
const pollMs = 50

/** A commit that fails with one of these was overtaken by a rebalance: the records come again, as the protocol says. */
const overtakenCodes: ReadonlySet<number> = new Set([
  rdkafka.CODES.ERRORS.ERR_ILLEGAL_GENERATION,
  rdkafka.CODES.ERRORS.ERR_UNKNOWN_MEMBER_ID,
  rdkafka.CODES.ERRORS.ERR_REBALANCE_IN_PROGRESS,
])

/** librdkafka's names for the ends of a log. */
const offsetBeginning = -2
const offsetEnd = -1

/** {@link Member} over node-rdkafka: it polls in a loop, each poll in librdkafka's thread. */
export class RdkafkaMember implements Member {
  readonly #consumer: KafkaConsumer
  readonly #options: JoinOptions
  readonly #received: ConsumedRecord[] = []
  /** The next offset of each partition from which records were received since it was assigned, by {@link placeOf}. */
  readonly #next = new Map<string, TopicPartition & { offset: number }>()
  #rebalances = 0
  #failure: unknown
  #running = true
  #polling: Promise<void> = Promise.resolve()

  private constructor(consumer: KafkaConsumer, options: JoinOptions) {
    this.#consumer = consumer
    this.#options = options
  }

  /** Connects, subscribes and starts to receive. `settings` hold the broker's address. */
  static async join(settings: GlobalConfig, group: string, options: JoinOptions): Promise<RdkafkaMember> {
    const consumer = new rdkafka.KafkaConsumer(
      {
        ...settings,
        'group.id': group,
        'enable.auto.commit': false,
        'heartbeat.interval.ms': 300,
        'session.timeout.ms': options.sessionTimeoutMs ?? 10_000,
        'fetch.wait.max.ms': 200,
        rebalance_cb: true,
        ...(options.assignor === undefined ? {} : { 'partition.assignment.strategy': options.assignor }),
        ...(options.instanceId === undefined ? {} : { 'group.instance.id': options.instanceId }),
      },
      { 'auto.offset.reset': options.from },
    )
    const member = new RdkafkaMember(consumer, options)
    consumer.on('event.error', error => member.#note(error))
    consumer.on('rebalance.error', error => member.#note(error))
    consumer.on('rebalance', (error, partitions) => {
      member.#rebalances++
      if (error.code === rdkafka.CODES.ERRORS.ERR__REVOKE_PARTITIONS) {
        for (const partition of partitions) member.#next.delete(placeOf(partition))
      }
    })
    await promised(done => consumer.connect({}, done))
    consumer.setDefaultConsumeTimeout(pollMs)
    consumer.subscribe([...options.topics])
    member.#polling = member.#poll()
    return member
  }

  get received(): readonly ConsumedRecord[] {
    this.#throwFailure()
    return this.#received
  }

  assignment(): readonly TopicPartition[] {
    this.#throwFailure()
    return this.#consumer
      .assignments()
      .map(({ topic, partition }) => ({ topic, partition }))
      .sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
  }

  async commit(topic: string, partition: number, offset: number, metadata?: string): Promise<void> {
    if (metadata !== undefined) throw new Unsupported('node-rdkafka sends no metadata with a commit')
    try {
      this.#consumer.commitSync({ topic, partition, offset })
    } catch (error) {
      throw refusal(error)
    }
    this.#options.journal?.push({ kind: 'commit', topic, partition, offset })
  }

  pause(topic: string, partition: number): void {
    this.#consumer.pause([{ topic, partition }])
  }

  resume(topic: string, partition: number): void {
    this.#consumer.resume([{ topic, partition }])
  }

  async seek(topic: string, partition: number, offset: number): Promise<void> {
    await promised(done => this.#consumer.seek({ topic, partition, offset }, 10_000, error => done(error, undefined)))
  }

  async vanish(): Promise<void> {
    throw new Unsupported("node-rdkafka can't crash alone: it is in the story's process")
  }

  async leave(): Promise<void> {
    if (!this.#running) return
    this.#running = false
    await this.#polling
    await promised(done => this.#consumer.disconnect(done))
  }

  async #poll(): Promise<void> {
    while (this.#running) {
      try {
        const rebalances = this.#rebalances
        const messages = await promised<Message[]>(done => this.#consumer.consume(maxRecordsPerPoll, done))
        // A rebalance during the poll may be told right behind it.
        await afterOtherEvents()
        if (rebalances === this.#rebalances) this.#take(messages)
        else await this.#rewind(messages)
      } catch (error) {
        this.#note(error)
      }
    }
  }

  #take(messages: readonly Message[]): void {
    const next = new Map<string, TopicPartition & { offset: number }>()
    for (const message of messages) {
      const { topic, partition, offset } = message
      this.#received.push(recordOf(message))
      this.#options.journal?.push({ kind: 'record', topic, partition, offset })
      next.set(placeOf(message), { topic, partition, offset: offset + 1 })
    }
    for (const [place, position] of next) this.#next.set(place, position)
    if (this.#options.commit === 'never' || next.size === 0) return
    const commits = [...next.values()]
    try {
      this.#consumer.commitSync(commits)
    } catch (error) {
      if (overtakenCodes.has(codeOf(error) ?? 0)) return
      throw error
    }
    for (const commit of commits) this.#options.journal?.push({ kind: 'commit', ...commit })
  }

  /**
   * A poll that a rebalance fell into mixes records of the old and the new assignment, which node-rdkafka doesn't tell apart.
   * So nothing of it is taken: the partitions that are still ours are read again from where we were, or from the commit.
   */
  async #rewind(messages: readonly Message[]): Promise<void> {
    const mixed = new Set(messages.map(placeOf))
    const ours = this.assignment().filter(partition => mixed.has(placeOf(partition)))
    if (ours.length === 0) return
    const committed = await promised<{ topic: string; partition: number; offset?: number }[]>(done =>
      this.#consumer.committed([...ours], 10_000, done),
    )
    const start = this.#options.from === 'earliest' ? offsetBeginning : offsetEnd
    for (const { topic, partition, offset } of committed) {
      await this.seek(topic, partition, this.#next.get(placeOf({ topic, partition }))?.offset ?? offset ?? start)
    }
  }

  /** Keeps the first error that says more than "not connected at the moment", which librdkafka mends by itself. */
  #note(error: unknown): void {
    const code = codeOf(error) ?? 1
    const passing = code < 0 && code !== rdkafka.CODES.ERRORS.ERR__FATAL
    if (!passing) this.#failure ??= refusal(error)
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`
}
