/** A transactional producer of a simulation: does as Kafka's clients do, over a wire that can't be trusted. */
import { codeOf, type ErrorName, nameOf } from '../../protocol/errors.ts'
import { buildBatch } from '../../protocol/records/build.ts'
import { addOffsetsToTxn } from '../handlers/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../handlers/add-partitions-to-txn.ts'
import { endTxn } from '../handlers/end-txn.ts'
import { initProducerId } from '../handlers/init-producer-id.ts'
import { produce } from '../handlers/produce.ts'
import { txnOffsetCommit } from '../handlers/txn-offset-commit.ts'
import type { SeededRandom } from '../testing/seeded-random.ts'
import { LOST, type SimulatedWire } from './simulated-wire.test.fixture.ts'
import type { Attempted, TransactionHistory } from './transaction-history.test.fixture.ts'

/** Partitions of topic `t`. */
export const PARTITIONS = 3

/** Which version of transactions it goes by. */
export type Kind = 1 | 2

const fenced: ReadonlySet<ErrorName> = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
])
const again: ReadonlySet<ErrorName | typeof LOST> = new Set([
  ...([LOST, 'NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS'] as const),
  ...(['CONCURRENT_TRANSACTIONS', 'NOT_LEADER_OR_FOLLOWER', 'KAFKA_STORAGE_ERROR', 'REQUEST_TIMED_OUT'] as const),
  ...(['NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'UNKNOWN_SERVER_ERROR'] as const),
])

/** One process of a producer. It runs until it is told to stop, is fenced for good, or gives up. */
export class SimulatedProducer {
  readonly #name: string
  readonly #transactionalId: string
  readonly #kind: Kind
  readonly #random: SeededRandom
  readonly #wire: SimulatedWire
  readonly #history: TransactionHistory
  #producerId = -1
  #producerEpoch = -1
  #numbers = 0
  #sequences = new Map<number, number>()
  stopping = false

  constructor(
    name: string,
    transactionalId: string,
    kind: Kind,
    { random, wire, history }: { random: SeededRandom; wire: SimulatedWire; history: TransactionHistory },
  ) {
    this.#name = name
    this.#transactionalId = transactionalId
    this.#kind = kind
    this.#random = random
    this.#wire = wire
    this.#history = history
  }

  /** Resolves when the process is over. */
  async run(): Promise<void> {
    if (!(await this.#init())) return
    while (!this.stopping) if (!(await this.#transact())) return
  }

  /** The next epoch, or the first; false: another process has the name. */
  async #init(own: { producerId?: number; producerEpoch?: number } = {}): Promise<boolean> {
    const transactionalId = this.#transactionalId
    const answer = await this.#until(async () => {
      const request = { transactionalId, transactionTimeoutMs: 20_000, ...own }
      const answer = await this.#wire.request(this, initProducerId, 5, request)
      if (answer !== LOST && answer.errorCode === 0) {
        this.#goOn(answer.producerId, answer.producerEpoch)
      }
      return answer === LOST ? LOST : nameOf(answer.errorCode)
    })
    return answer === 'NONE'
  }

  /** False: the process is over. */
  async #transact(): Promise<boolean> {
    // A client of the first version can't tell its transactions apart: what is under way goes with its connection.
    if (this.#kind === 1) this.#wire.disconnect(this)
    const attempted = this.#history.begin(`${this.#name} #${++this.#numbers}`, this.#transactionalId)
    let error: ErrorName | typeof LOST = 'NONE'
    for (let left = 1 + this.#random.integer(4); left > 0 && error === 'NONE'; left--)
      error = await this.#send(attempted, left)
    if (error === 'NONE' && this.#random.fraction() < 0.5) error = await this.#commitOffset(attempted)
    if (fenced.has(error as ErrorName)) return this.#recover()
    const commits = error === 'NONE' && this.#random.fraction() < 0.7
    attempted.commitSent = commits
    const ended = await this.#end(commits)
    if (ended === 'NONE') attempted.told = commits ? 'committed' : 'aborted'
    // After a batch that may or may not have arrived sequences begin anew, with another epoch.
    if (ended !== 'NONE' || (error !== 'NONE' && this.#kind === 1)) return this.#recover()
    return true
  }

  async #send(attempted: Attempted, left: number): Promise<ErrorName | typeof LOST> {
    const index = this.#random.integer(PARTITIONS)
    const value = `${attempted.name}.${left}`
    attempted.values.push({ index, value })
    if (this.#kind === 1) {
      const joined = await this.#until(() => this.#join(index))
      if (joined !== 'NONE') return joined
    }
    const baseSequence = this.#sequences.get(index) ?? 0
    this.#sequences.set(index, baseSequence + 1)
    const own = { producerId: this.#producerId, producerEpoch: this.#producerEpoch }
    const records = [{ key: null, value: Buffer.from(value), timestamp: 1_700_000_000_000 }]
    return this.#until(async () => {
      const batch = buildBatch({ ...own, baseSequence, transactional: true, records })
      const answer = await this.#wire.request(this, produce, this.#kind === 1 ? 11 : 12, {
        ...{ transactionalId: this.#transactionalId, acks: -1, timeoutMs: 1000 },
        topicData: [{ name: 't', partitionData: [{ index, records: [batch] }] }],
      })
      const error = answer === LOST ? LOST : nameOf(answer.responses[0]!.partitionResponses[0]!.errorCode)
      return error === 'DUPLICATE_SEQUENCE_NUMBER' ? 'NONE' : error
    })
  }

  async #join(index: number): Promise<ErrorName | typeof LOST> {
    const answer = await this.#wire.request(this, addPartitionsToTxn, 3, {
      v3AndBelowTransactionalId: this.#transactionalId,
      v3AndBelowProducerId: this.#producerId,
      v3AndBelowProducerEpoch: this.#producerEpoch,
      v3AndBelowTopics: [{ name: 't', partitions: [index] }],
    })
    if (answer === LOST) return LOST
    return nameOf(answer.resultsByTopicV3AndBelow![0]!.resultsByPartition[0]!.partitionErrorCode)
  }

  /** The group is named like the id. */
  async #commitOffset(attempted: Attempted): Promise<ErrorName | typeof LOST> {
    const offset = this.#history.nextOffset()
    const groupId = this.#transactionalId
    const own = { transactionalId: groupId, producerId: this.#producerId, producerEpoch: this.#producerEpoch, groupId }
    if (this.#kind === 1) {
      const joined = await this.#until(async () => {
        const answer = await this.#wire.request(this, addOffsetsToTxn, 3, own)
        return answer === LOST ? LOST : nameOf(answer.errorCode)
      })
      if (joined !== 'NONE') return joined
    }
    attempted.offset = offset
    const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: '' }]
    return this.#until(async () => {
      const topics = [{ name: 't', partitions }]
      const answer = await this.#wire.request(this, txnOffsetCommit, this.#kind === 1 ? 3 : 5, { ...own, topics })
      return answer === LOST ? LOST : nameOf(answer.topics[0]!.partitions[0]!.errorCode)
    })
  }

  #end(committed: boolean): Promise<ErrorName | typeof LOST> {
    const own = { producerId: this.#producerId, producerEpoch: this.#producerEpoch }
    return this.#until(async () => {
      const request = { transactionalId: this.#transactionalId, ...own, committed }
      const answer = await this.#wire.request(this, endTxn, this.#kind === 1 ? 4 : 5, request)
      if (answer === LOST) return LOST
      if (answer.errorCode === codeOf('NONE') && this.#kind === 2) this.#goOn(answer.producerId!, answer.producerEpoch!)
      return nameOf(answer.errorCode)
    })
  }

  /** After an error the producer asks for the next epoch by the one that it had (KIP-360). */
  #recover(): Promise<boolean> {
    return this.#init({ producerId: this.#producerId, producerEpoch: this.#producerEpoch })
  }

  #goOn(producerId: number, producerEpoch: number): void {
    this.#producerId = producerId
    this.#producerEpoch = producerEpoch
    this.#sequences = new Map()
  }

  /** Asks the same until there is an answer that isn't one to ask again at; gives up some time. */
  async #until(ask: () => Promise<ErrorName | typeof LOST>): Promise<ErrorName | typeof LOST> {
    let answer: ErrorName | typeof LOST = LOST
    for (let attempt = 0; attempt < 60; attempt++) {
      answer = await ask()
      if (!again.has(answer)) return answer
    }
    return answer
  }
}
