/**
 * The transaction coordinators of this broker, one per partition of `__transaction_state`: what can be asked of them.
 */
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Peers, TxnPartitions } from '../cluster/peers.ts'
import type { ProducerIds } from '../cluster/producer-ids.ts'
import type { Config } from '../config/config.ts'
import { type ShardParts, TopicShards, type TopicShardsDeps, type WithoutRequest } from '../coordinator/topic-shards.ts'
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
import type { Transaction } from './transaction.ts'
import { TransactionsMachine } from './transactions-machine.ts'

/** The topic that transactional ids are kept in. */
const TRANSACTIONS_TOPIC = '__transaction_state'

type Question = WithoutRequest<Exclude<TransactionRequest, { type: 'list' }>>
type Asked<T extends TransactionRequest['type']> = Omit<
  Extract<TransactionRequest, { type: T }>,
  'type' | 'request' | 'freshProducerId'
>

/** Ids of the calls that one load of a machine can make. */
const CALLS_PER_LOAD = 2 ** 32

/** The parts of the broker that transactions stand on. */
export interface TransactionsDeps extends TopicShardsDeps {
  readonly config: Pick<Config, 'get' | 'nodeId'>
  readonly cluster: TopicShardsDeps['cluster'] & Pick<Cluster, 'features'>
  readonly peers: Peers
  readonly producerIds: Pick<ProducerIds, 'next'>
}

/** Finds the coordinator of a transactional id, and asks it. All questions reject with NOT_COORDINATOR or COORDINATOR_NOT_AVAILABLE. */
export class Transactions {
  readonly #deps: TransactionsDeps
  readonly #settings: TransactionSettings
  readonly #shards: TopicShards<TransactionEvent, TransactionRecord, TransactionReply>
  #loads = 0

  constructor(deps: TransactionsDeps) {
    this.#deps = deps
    this.#settings = settingsOf(deps)
    this.#shards = new TopicShards(deps, TRANSACTIONS_TOPIC, (topicId, index) => this.#parts(topicId, index))
  }

  /**
   * Begins to load what has state, in the background: transactions that were being ended, or whose time is over, go on, and
   * requests wait for the coordinator that they need.
   */
  async start(): Promise<void> {
    this.#shards.start()
  }

  /** Answers all that wait with NOT_COORDINATOR; resolves when nothing is being written any more. */
  close(): Promise<void> {
    return this.#shards.close()
  }

  /** The broker that coordinates the transactional id, −1 if there is none at present. Makes the topic unless it is there. */
  coordinatorOf(transactionalId: string): Promise<number> {
    return this.#shards.coordinatorOf(transactionalId)
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
    const lists = await this.#shards.askAll(request => ({ type: 'list', request }))
    return lists.flatMap(reply => reply as TransactionReplies['list'])
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
    const reply = await this.#shards.ask(
      question.transactionalId,
      request => ({ ...question, request }) as TransactionEvent,
    )
    return reply as TransactionReplies[Q['type']] // a machine replies to an event by its type
  }

  #parts(topicId: string, index: number): ShardParts<TransactionEvent, TransactionRecord, TransactionReply> {
    const { cluster } = this.#deps
    const calls = new MarkerCalls(this.#deps)
    return {
      make: () => new TransactionsMachine(this.#settings, ++this.#loads * CALLS_PER_LOAD),
      codec: transactionRecordCodec,
      expired: (key, at) => ({ type: 'expired', key, at }),
      call: async ({ id, request }) => {
        const asked = request as MarkersCall // what `TransactionTurn.call` takes
        const epoch = cluster.topicById(topicId)?.partitions[index]?.leaderEpoch ?? 0
        const outcomes = await calls.perform(asked, epoch)
        return { type: 'markers', call: id, transactionalId: asked.transactionalId, outcomes }
      },
    }
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
