/**
 * For tests: partitions on the memory engine under a clock moved by hand, with just enough of a broker around them for their
 * handlers to run.
 */
import { pino } from 'pino'
import type { ErrorName } from '../../../protocol/errors.ts'
import type { Fetch } from '../../../protocol/messages/fetch.ts'
import type { Produce } from '../../../protocol/messages/produce.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { buildBatch, type NewBatch, type NewRecord } from '../../../protocol/records/build.ts'
import { type KafkaRecord, RecordReader } from '../../../protocol/records/record-reader.ts'
import type { RequestOf, ResponseOf } from '../../../protocol/schema/notation.ts'
import type { Engine } from '../../../storage/engine.ts'
import { createMemoryEngine } from '../../../storage/memory/engine.ts'
import type { Broker } from '../../broker.ts'
import type { TxnPartitions } from '../../cluster/peers.ts'
import type { Topic } from '../../cluster/topic.ts'
import { Config } from '../../config/config.ts'
import { resolveTopicSettings } from '../../config/resolved-topic-settings.ts'
import { fetch } from '../../handlers/fetch.ts'
import type { Context } from '../../handlers/handler.ts'
import { produce } from '../../handlers/produce.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { FetchSessions } from '../fetch-sessions.ts'
import type { Partition } from '../partition.ts'
import { Partitions } from '../partitions.ts'

/** What a request did to its connection. */
export interface Seen {
  placed: number
  parked: number
  reservedBytes: number
  /** Why the connection was closed, null while it isn't. */
  closed: string | null
  /** Calls what waits for the answer to be sent. */
  sent(): void
  /** Ends the connection. */
  close(): void
}

export interface ProduceAsk {
  readonly apiVersion?: number
  readonly acks?: number
  /** Name of a topic, or in version 13 an id that isn't any topic's. */
  readonly topic?: string
  readonly index?: number
  readonly transactionalId?: string
}

export interface FetchAsk {
  readonly apiVersion?: number
  readonly offset?: number
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly partitionMaxBytes?: number
  readonly isolationLevel?: number
  readonly sessionId?: number
  readonly sessionEpoch?: number
  readonly replicaId?: number
  readonly currentLeaderEpoch?: number
  readonly lastFetchedEpoch?: number
  /** Topic, partition, offset; default: partition 0 of the topic `t` at `offset`. */
  readonly targets?: readonly (readonly [topic: string, index: number, offset: number])[]
  readonly forgotten?: readonly (readonly [topic: string, index: number])[]
  /** Bytes that answers may take. */
  readonly answerBytes?: number
}

export type FetchAnswer = ResponseOf<typeof Fetch>
export type ProduceAnswer = ResponseOf<typeof Produce>

export class Stage {
  readonly clock = new ManualClock()
  readonly engine: Engine
  readonly config: Config
  readonly sessions: FetchSessions
  partitions: Partitions
  /** What the coordinator of all transactional ids says of partitions: at first, that it knows of no transaction. */
  coordinator: (asked: TxnPartitions) => Promise<readonly ErrorName[]> = async ({ partitions }) =>
    partitions.map(() => 'TRANSACTION_ABORTABLE')
  readonly #topics = new Map<string, Topic>()
  readonly #random = new SeededRandom(2)

  constructor(settings: Readonly<Record<string, string>> = {}, engine?: Engine) {
    this.config = new Config(new Map(Object.entries(settings)))
    this.engine = engine ?? createMemoryEngine({ now: () => this.clock.now(), monotonic: () => this.clock.monotonic() })
    this.sessions = new FetchSessions({ config: this.config, clock: this.clock, random: new SeededRandom(1) })
    this.partitions = this.#newPartitions()
  }

  get broker(): Broker {
    const cluster = {
      topic: (name: string) => this.#topics.get(name),
      topicById: (id: string) => this.topicById(id),
      brokers: () => [1, 2].map(id => ({ id, rack: null })),
      advertised: (node: { id: number }) => ({ host: `broker-${node.id}`, port: 9092 }),
    }
    const { clock, config, partitions, sessions: fetchSessions } = this
    const transactions = { coordinatorOf: async () => 1 }
    const addPartitionsToTxn = (asked: readonly TxnPartitions[]) => Promise.all(asked.map(one => this.coordinator(one)))
    const peers = { of: () => ({ addPartitionsToTxn }) }
    // The handlers under test use no other part.
    const parts = { nodeId: 1, clock, config, cluster, partitions, fetchSessions, transactions, peers }
    return parts as unknown as Broker
  }

  topicById(id: string): Topic | undefined {
    return [...this.#topics.values()].find(topic => topic.id === id)
  }

  topics(): Iterable<Topic> {
    return this.#topics.values()
  }

  /** A topic with its logs; settings are topic settings. */
  async create(name = 't', settings: Readonly<Record<string, string>> = {}, partitions = 1): Promise<Topic> {
    const topic = this.#topic(name, this.#random.uuid(), settings, Array(partitions).fill(0))
    this.#topics.set(name, topic)
    await this.partitions.create(topic, 0)
    return topic
  }

  async delete(name: string): Promise<void> {
    const topic = this.#topics.get(name)!
    this.#topics.delete(name)
    await this.partitions.delete(topic)
  }

  /** Another snapshot of the topic, with other settings, leader epochs or leader. */
  configure(name: string, settings: Readonly<Record<string, string>>, epochs?: readonly number[], leader = 1): void {
    const before = this.#topics.get(name)!
    const kept = epochs ?? before.partitions.map(each => each.leaderEpoch)
    const topic = this.#topic(name, before.id, settings, kept, leader)
    this.#topics.set(name, topic)
    this.partitions.configure(topic)
  }

  async partition(name = 't', index = 0): Promise<Partition> {
    return this.partitions.find(this.#topics.get(name)!, index)
  }

  /** Closes the partitions and opens them anew on the same engine. */
  async restart(): Promise<void> {
    await this.partitions.close()
    this.partitions = this.#newPartitions()
  }

  /** Forgets the partitions without closing them, as a crash does. */
  crash(): void {
    this.partitions = this.#newPartitions()
  }

  /** Runs the Produce handler on one partition; the partition's answer. */
  async produce(records: Buffer | null, ask: ProduceAsk = {}) {
    const { answer } = this.producing(records, ask)
    return (await answer)?.responses[0]?.partitionResponses[0] ?? null
  }

  /** Starts the Produce handler; what it does to its connection is seen at once. */
  producing(records: Buffer | null, ask: ProduceAsk = {}): { answer: Promise<ProduceAnswer | null>; seen: Seen } {
    const { apiVersion = 9, acks = -1, topic = 't', index = 0, transactionalId = null } = ask
    const { context, seen } = this.context(apiVersion)
    const partitionData = [{ index, records: records === null ? null : [records] }]
    const topicData = [
      { name: apiVersion < 13 ? topic : '', topicId: this.#topics.get(topic)?.id ?? topic, partitionData },
    ]
    const request = { transactionalId, acks, timeoutMs: 1000, topicData }
    const run = async (): Promise<ProduceAnswer | null> => produce.handle(request, context, this.broker)
    return { answer: run(), seen }
  }

  /** Starts the Fetch handler; what it does to its connection is seen at once. */
  fetching(ask: FetchAsk): { answer: Promise<FetchAnswer>; seen: Seen } {
    const { apiVersion = 12, targets = [['t', 0, ask.offset ?? 0]], forgotten = [] } = ask
    const { context, seen } = this.context(apiVersion, ask.answerBytes)
    const named = (name: string) => ({
      topic: apiVersion < 13 ? name : '',
      topicId: apiVersion < 13 ? 'AAAAAAAAAAAAAAAAAAAAAA' : (this.#topics.get(name)?.id ?? name),
    })
    const request: RequestOf<typeof Fetch> = {
      clusterId: null,
      replicaId: ask.replicaId ?? -1,
      replicaState: { replicaId: ask.replicaId ?? -1, replicaEpoch: -1 },
      maxWaitMs: ask.maxWaitMs ?? 0,
      minBytes: ask.minBytes ?? 1,
      maxBytes: ask.maxBytes ?? 0x7fffffff,
      isolationLevel: ask.isolationLevel ?? 0,
      sessionId: ask.sessionId ?? 0,
      sessionEpoch: ask.sessionEpoch ?? -1,
      topics: targets.map(([name, index, offset]) => ({
        ...named(name),
        partitions: [
          {
            partition: index,
            currentLeaderEpoch: ask.currentLeaderEpoch ?? -1,
            fetchOffset: offset,
            lastFetchedEpoch: ask.lastFetchedEpoch ?? -1,
            logStartOffset: -1,
            partitionMaxBytes: ask.partitionMaxBytes ?? 1 << 20,
            replicaDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAA',
            highWatermark: 0n,
          },
        ],
      })),
      forgottenTopicsData: forgotten.map(([name, index]) => ({ ...named(name), partitions: [index] })),
      rackId: '',
    }
    const run = async (): Promise<FetchAnswer> => (await fetch.handle(request, context, this.broker))!
    return { answer: run(), seen }
  }

  fetch(ask: FetchAsk = {}): Promise<FetchAnswer> {
    return this.fetching(ask).answer
  }

  context(apiVersion: number, answerBytes = Number.POSITIVE_INFINITY): { context: Context; seen: Seen } {
    const onSent: (() => void)[] = []
    const onClose = new Set<() => void>()
    const seen: Seen = {
      placed: 0,
      parked: 0,
      reservedBytes: 0,
      closed: null,
      sent: () => {
        for (const listener of onSent) listener()
      },
      close: () => {
        for (const listener of onClose) listener()
      },
    }
    const context: Context = {
      apiVersion,
      clientId: 'test',
      principal: { type: 'User', name: 'ANONYMOUS' },
      client: {
        id: 1,
        host: '/127.0.0.1',
        listener: 'PLAINTEXT',
        localHost: '127.0.0.1',
        localPort: 9092,
        onClose: listener => {
          onClose.add(listener)
          return () => onClose.delete(listener)
        },
        close: reason => {
          seen.closed = reason
        },
      },
      placed: () => {
        seen.placed++
      },
      parked: () => {
        seen.parked++
      },
      answerRoom: () => answerBytes - seen.reservedBytes,
      reserveAnswer: wantedBytes => {
        const granted = Math.min(wantedBytes, answerBytes - seen.reservedBytes)
        seen.reservedBytes += granted
        return granted
      },
      onSent: listener => onSent.push(listener),
    }
    return { context, seen }
  }

  #newPartitions(): Partitions {
    const { engine, clock, config } = this
    return new Partitions({ engine, clock, config, logger: pino({ level: 'silent' }), nodeId: 1, topics: this })
  }

  #topic(
    name: string,
    id: string,
    settings: Readonly<Record<string, string>>,
    epochs: readonly number[],
    leader = 1,
  ): Topic {
    const overrides = new Map(Object.entries(settings))
    return {
      id,
      name,
      internal: name.startsWith('__'),
      partitions: epochs.map(leaderEpoch => ({ leader, leaderEpoch, replicas: [1], isr: [1] })),
      overrides,
      settings: resolveTopicSettings(this.config, overrides),
    }
  }
}

/** A batch of records `k0: v0`, `k1: v1` … at the manual clock's start. */
export const batchOf = (count: number, options: Partial<NewBatch> & { readonly timestamp?: number } = {}): Buffer =>
  buildBatch({
    records: Array.from({ length: count }, (_, index) => recordOf(`k${index}`, `v${index}`, options.timestamp)),
    ...options,
  })

/** A record; null is no key or value. */
export const recordOf = (key: string | null, value: string | null, timestamp = 1_700_000_000_000): NewRecord => ({
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})

/** The batch with changes, its CRC right again. */
export const changed = (bytes: Buffer, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes)
  change(copy)
  batch.writeCrc(copy, 0)
  return copy
}

/** Every batch in the chunks, each in a buffer of its own. */
export const batchesIn = (chunks: readonly Buffer[] | null): Buffer[] =>
  (chunks ?? []).flatMap(chunk =>
    Array.from(batch.batches(chunk), at => chunk.subarray(at, at + batch.sizeInBytes(chunk, at))),
  )

/** Every record in the chunks. */
export const recordsIn = (chunks: readonly Buffer[] | null): KafkaRecord[] =>
  batchesIn(chunks).flatMap(bytes => {
    const reader = new RecordReader(bytes, 0)
    const records: KafkaRecord[] = []
    for (let record = reader.next(); record !== null; record = reader.next()) records.push(record)
    return records
  })

/** All batches of the partition's log. */
export const wholeLog = async (partition: Partition): Promise<Buffer[]> => {
  const slice = await partition.log.read(0, { maxBytes: Number.MAX_SAFE_INTEGER, atLeastOne: true })
  return batchesIn(slice.chunks)
}
