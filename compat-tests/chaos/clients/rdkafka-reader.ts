/** A node-rdkafka consumer that writes down what it receives, and knows to which assignment it belongs. */
import rdkafka, {
  type Assignment,
  type ConsumerGlobalConfig,
  type KafkaConsumer,
  type LibrdKafkaError,
  type Message,
} from 'node-rdkafka'
import type { Isolation } from '../history/event.ts'
import { valueIn } from './payload.ts'
import { called, connected, consumerSettings, rdkafkaSettings } from './rdkafka-call.ts'
import type { Stage } from './stage.ts'

const pollMs = 100

/** How to read. */
export interface ReaderOptions {
  readonly group: string
  readonly isolation: Isolation
  /** Records of the reader's partitions count for the group. */
  readonly member: boolean
  readonly settings?: ConsumerGlobalConfig
  /** The client was told what became of a commit. */
  readonly committed?: (error: LibrdKafkaError | null, partition: string, offset: number) => void
}

interface Rebalance {
  readonly code: number
  readonly partitions: readonly Assignment[]
}

/** A record with its value. */
export interface Received {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly value: string
}

/**
 * Polls for a role. node-rdkafka tells of rebalances beside its polls, so a poll could mix records of two assignments; here a
 * rebalance takes effect between two polls only.
 */
export class RdkafkaReader {
  readonly consumer: KafkaConsumer
  readonly #stage: Stage
  readonly #options: ReaderOptions
  /** How often the reader was given partitions, or had them taken away. */
  assignmentCount = 0
  /** What librdkafka asked for and did not get yet. */
  readonly #rebalances: Rebalance[]

  private constructor(stage: Stage, options: ReaderOptions, consumer: KafkaConsumer, rebalances: Rebalance[]) {
    this.#stage = stage
    this.#options = options
    this.consumer = consumer
    this.#rebalances = rebalances
  }

  /** Connects, as often as it takes. */
  static async open(stage: Stage, options: ReaderOptions): Promise<RdkafkaReader> {
    const rebalances: Rebalance[] = []
    const consumer = await connected(stage, () => {
      return new rdkafka.KafkaConsumer(
        {
          ...rdkafkaSettings(stage.part),
          ...consumerSettings,
          'group.id': options.group,
          'isolation.level': options.isolation,
          rebalance_cb: (error: LibrdKafkaError, partitions: readonly Assignment[]) =>
            rebalances.push({ code: error.code, partitions }),
          offset_commit_cb: true,
          ...options.settings,
        },
        { 'auto.offset.reset': 'earliest' },
      )
    })
    consumer.on('event.error', error => stage.noteError(error))
    consumer.on('offset.commit', (error, offsets) => {
      for (const { topic, partition, offset } of offsets ?? []) {
        if (offset >= 0) options.committed?.(error, `${topic}-${partition}`, offset)
      }
    })
    consumer.setDefaultConsumeTimeout(pollMs)
    return new RdkafkaReader(stage, options, consumer, rebalances)
  }

  /** Takes partitions without a group's help, from the offsets given; a running assignment ends. */
  assign(partitions: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]): void {
    this.#noteAssigned(partitions)
    for (const { topic, partition, offset } of partitions) {
      this.#stage.history.note({ do: 'sought', partition: `${topic}-${partition}`, offset })
    }
    this.consumer.assign([...partitions])
  }

  /** The records that came, written down; an error of librdkafka is noted and gives none. */
  async poll(maxRecords: number): Promise<readonly Received[]> {
    this.#rebalance()
    let messages: readonly Message[]
    try {
      messages = await called<Message[]>(done => this.consumer.consume(maxRecords, done))
    } catch (error) {
      this.#stage.noteError(error)
      return []
    }
    if (messages.length === 0) return []
    const records = messages.map(({ topic, partition, offset, value }) => ({
      topic,
      partition,
      offset,
      value: valueIn(value),
    }))
    this.#stage.count('read', records.length)
    this.#stage.history.note({
      do: 'polled',
      records: records.map(({ topic, partition, offset, value }) => [`${topic}-${partition}`, offset, value]),
    })
    return records
  }

  /** Leaves and disconnects. */
  async close(): Promise<void> {
    this.#rebalance()
    // librdkafka waits for the answer to the last rebalance while it closes, and nothing polls any more.
    const answering = setInterval(() => this.#rebalance(), 20)
    await called(done => this.consumer.disconnect(done))
    clearInterval(answering)
  }

  #rebalance(): void {
    for (const { code, partitions } of this.#rebalances.splice(0)) {
      if (code === rdkafka.CODES.ERRORS.ERR__ASSIGN_PARTITIONS) {
        this.#noteAssigned(partitions)
        this.consumer.assign([...partitions])
      } else if (code === rdkafka.CODES.ERRORS.ERR__REVOKE_PARTITIONS) {
        this.consumer.unassign()
        this.#noteAssigned([])
      } else this.#stage.noteError(new Error(`a rebalance failed with ${code}`))
    }
  }

  #noteAssigned(partitions: readonly Assignment[]): void {
    const { group, isolation, member } = this.#options
    this.assignmentCount++
    this.#stage.history.note({
      do: 'assigned',
      partitions: partitions.map(({ topic, partition }) => `${topic}-${partition}`),
      isolation,
      ...(member ? { group } : {}),
    })
  }
}
