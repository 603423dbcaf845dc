/**
 * The transaction coordinators of this broker: one Shard per partition of `__transaction_state`. The topic is made when a
 * transactional id is first used; shards are loaded then, and at the start where the log has data, so that transactions that
 * were being ended, or whose time is over, go on.
 */
import type { Logger } from 'pino'
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Peers, TxnPartitions } from '../cluster/peers.ts'
import type { ProducerIds } from '../cluster/producer-ids.ts'
import type { Topic } from '../cluster/topic.ts'
import type { Config } from '../config/config.ts'
import { partitionOfKey } from '../coordinator/partition-of-key.ts'
import type { ShardLog } from '../coordinator/shard-log.ts'
import { Shard } from '../coordinator/shard.ts'
import { MarkerCalls } from './marker-calls.ts'
import {
  type ListedTransaction,
  type MarkersCall,
  NEEDS_PRODUCER_ID,
  type ProducerReply,
  type TransactionEvent,
  type TransactionReplies,
  type TransactionReply,
  type TransactionRequest,
} from './transaction-events.ts'
import { type TransactionRecord, transactionRecordCodec } from './transaction-record.ts'
import type { TransactionSettings } from './transaction-settings.ts'
import { TRANSACTIONS_TOPIC } from './transaction-topic.ts'
import type { Transaction } from './transaction.ts'
import { TransactionsMachine } from './transactions-machine.ts'

type TransactionShard = Shard<TransactionEvent, TransactionRecord, TransactionReply>
type WithoutRequest<E> = E extends unknown ? Omit<E, 'request'> : never
type Question = WithoutRequest<Exclude<TransactionRequest, { type: 'list' }>>
type Asked<T extends TransactionRequest['type']> = Omit<
  Extract<TransactionRequest, { type: T }>,
  'type' | 'request' | 'freshProducerId'
>

/** Ids of the calls that one load of a machine can make. */
const CALLS_PER_LOAD = 2 ** 32

/** The parts of the broker that transactions stand on. */
export interface TransactionsDeps {
  readonly clock: Clock
  readonly logger: Pick<Logger, 'error' | 'warn'>
  readonly config: Pick<Config, 'get' | 'nodeId'>
  readonly cluster: Pick<Cluster, 'topic' | 'topicById' | 'autoCreate' | 'onTopicDeleted' | 'features'>
  readonly partitions: PartitionFinder
  readonly peers: Peers
  readonly producerIds: Pick<ProducerIds, 'next'>
}

/** Finds the partitions of the transactions topic (`Partitions`). */
export interface PartitionFinder {
  find(topic: Topic, index: number): HasShardLog | Promise<HasShardLog>
}

interface HasShardLog {
  shardLog(): ShardLog
}

/** Finds the shard of a transactional id, and asks it. All questions reject with NOT_COORDINATOR or COORDINATOR_NOT_AVAILABLE. */
export class Transactions {
  readonly #deps: TransactionsDeps
  readonly #settings: TransactionSettings
  /** The topic that the shards are of. */
  #topicId: string | null = null
  #shards = new Map<number, TransactionShard>()
  #loads = 0
  #restored: Promise<void> = Promise.resolve()
  #closed: KafkaError | null = null

  constructor(deps: TransactionsDeps) {
    this.#deps = deps
    this.#settings = settingsOf(deps)
    deps.cluster.onTopicDeleted(async topic => {
      if (topic.name === TRANSACTIONS_TOPIC) await this.#closeShards(new KafkaError('NOT_COORDINATOR'))
    })
  }

  /** Begins to load what has state, in the background: requests wait for the shard that they need. */
  async start(): Promise<void> {
    const topic = this.#deps.cluster.topic(TRANSACTIONS_TOPIC)
    if (topic !== undefined) this.#restored = this.#restore(topic)
  }

  /** Answers all that wait with NOT_COORDINATOR; resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#closed = new KafkaError('NOT_COORDINATOR', 'the broker is stopping')
    await this.#closeShards(this.#closed)
    await this.#restored
  }

  /** The broker that coordinates the transactional id, −1 if there is none at present. */
  async coordinatorOf(transactionalId: string): Promise<number> {
    const { partitions } = await this.#topic()
    return partitions[partitionOfKey(transactionalId, partitions.length)]!.leader
  }

  /** See `initProducer`. */
  init(asked: Asked<'init'>): Promise<ProducerReply> {
    return this.#withProducerId({ type: 'init', ...asked })
  }

  /** See `endTransaction`. */
  end(asked: Asked<'end'>): Promise<ProducerReply> {
    return this.#withProducerId({ type: 'end', ...asked })
  }

  /** See `addPartitions`; what a client itself asks for. An error per partition, in their order. */
  add(asked: Asked<'addPartitions'>): Promise<readonly ErrorName[]> {
    return this.#ask({ type: 'addPartitions', ...asked })
  }

  /**
   * Adds partitions to open transactions, or only asks whether they are in them (`verifyOnly`), for their leaders: an error
   * per transaction and partition, in their order. Those of `addPartitions`, NOT_COORDINATOR and COORDINATOR_NOT_AVAILABLE
   * included; never rejects with a KafkaError.
   */
  addPartitions(transactions: readonly TxnPartitions[]): Promise<readonly (readonly ErrorName[])[]> {
    return Promise.all(
      transactions.map(async asked => {
        try {
          return await this.add({ ...asked, clientVersion: 2 })
        } catch (error) {
          if (error instanceof KafkaError) return asked.partitions.map(() => error.name)
          throw error
        }
      }),
    )
  }

  /** Null: there is no such id. */
  describe(transactionalId: string): Promise<Transaction | null> {
    return this.#ask({ type: 'describe', transactionalId })
  }

  /** All ids that this broker coordinates. */
  async list(): Promise<readonly ListedTransaction[]> {
    await this.#restored
    const lists = [...this.#shards.values()].map(shard => shard.send(request => ({ type: 'list', request })))
    return (await Promise.all(lists)).flatMap(reply => reply as TransactionReplies['list'])
  }

  /** Asks, and once more with a fresh producer id if one is needed: most requests need none. */
  async #withProducerId(question: WithoutFreshId): Promise<ProducerReply> {
    const reply = await this.#ask({ ...question, freshProducerId: null })
    if (reply !== NEEDS_PRODUCER_ID) return reply
    const freshProducerId = await this.#deps.producerIds.next()
    const second = await this.#ask({ ...question, freshProducerId })
    if (second === NEEDS_PRODUCER_ID) throw new Error('a fresh producer id was not enough')
    return second
  }

  async #ask<Q extends Question>(question: Q): Promise<TransactionReplies[Q['type']]> {
    const topic = this.#deps.cluster.topic(TRANSACTIONS_TOPIC) ?? (await this.#topic())
    const index = partitionOfKey(question.transactionalId, topic.partitions.length)
    if (!this.#leads(topic, index)) throw new KafkaError('NOT_COORDINATOR')
    const reply = await this.#shard(topic, index).send(request => ({ ...question, request }) as TransactionEvent)
    return reply as TransactionReplies[Q['type']] // a machine replies to an event by its type
  }

  async #topic(): Promise<Topic> {
    const { cluster } = this.#deps
    return cluster.topic(TRANSACTIONS_TOPIC) ?? (await cluster.autoCreate(TRANSACTIONS_TOPIC))
  }

  #shard(topic: Topic, index: number): TransactionShard {
    if (this.#closed !== null) throw this.#closed
    if (this.#topicId !== topic.id) {
      this.#topicId = topic.id
      this.#shards = new Map()
    }
    const known = this.#shards.get(index)
    if (known !== undefined) return known
    const shard = this.#newShard(topic, index)
    this.#shards.set(index, shard)
    return shard
  }

  #newShard(topic: Topic, index: number): TransactionShard {
    const { clock, logger, cluster, peers } = this.#deps
    const calls = new MarkerCalls({ cluster, peers, logger })
    return new Shard<TransactionEvent, TransactionRecord, TransactionReply>({
      name: `${topic.name}-${index}`,
      log: this.#log(topic, index),
      make: () => new TransactionsMachine(this.#settings, ++this.#loads * CALLS_PER_LOAD),
      codec: transactionRecordCodec,
      clock,
      logger,
      expired: (key, at) => ({ type: 'expired', key, at }),
      isOwner: () => this.#leads(topic, index),
      call: async ({ id, request }) => {
        const asked = request as MarkersCall // what `TransactionTurn.call` takes
        const epoch = cluster.topicById(topic.id)?.partitions[index]?.leaderEpoch ?? 0
        const outcomes = await calls.perform(asked, epoch)
        return { type: 'markers', call: id, transactionalId: asked.transactionalId, outcomes }
      },
    })
  }

  /** The partition's log, found anew at every use: a partition that failed is replaced by another. */
  #log(topic: Topic, index: number): ShardLog {
    const { cluster, partitions } = this.#deps
    const log = async (): Promise<ShardLog> =>
      (await partitions.find(cluster.topicById(topic.id) ?? topic, index)).shardLog()
    return {
      bounds: async () => (await log()).bounds(),
      read: async (from, options) => (await log()).read(from, options),
      append: async (batches, expectedEnd) => (await log()).append(batches, expectedEnd),
    }
  }

  #leads(topic: Topic, index: number): boolean {
    const { cluster, config } = this.#deps
    return cluster.topicById(topic.id)?.partitions[index]?.leader === config.nodeId
  }

  /** Loads the shards whose logs have data. */
  async #restore(topic: Topic): Promise<void> {
    for (const [index] of topic.partitions.entries()) {
      if (this.#closed !== null) return
      if (!this.#leads(topic, index)) continue
      try {
        const { start, end } = await this.#log(topic, index).bounds()
        if (end > start) await this.#shard(topic, index).load()
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        this.#deps.logger.warn({ error: String(error), partition: index }, 'transactions were not loaded at the start')
      }
    }
  }

  async #closeShards(error: KafkaError): Promise<void> {
    const shards = [...this.#shards.values()]
    this.#shards = new Map()
    await Promise.all(shards.map(shard => shard.close(error)))
  }
}

type WithoutFreshId = ({ readonly type: 'init' } & Asked<'init'>) | ({ readonly type: 'end' } & Asked<'end'>)

const settingsOf = ({ config, cluster }: Pick<TransactionsDeps, 'config' | 'cluster'>): TransactionSettings => ({
  get maxTimeoutMs() {
    return config.get('transaction.max.timeout.ms')
  },
  get timeoutCheckIntervalMs() {
    return config.get('transaction.abort.timed.out.transaction.cleanup.interval.ms')
  },
  get idExpirationMs() {
    return config.get('transactional.id.expiration.ms')
  },
  get idExpirationCheckIntervalMs() {
    return config.get('transaction.remove.expired.transaction.cleanup.interval.ms')
  },
  get transactionVersion() {
    return cluster.features.level('transaction.version')
  },
})
