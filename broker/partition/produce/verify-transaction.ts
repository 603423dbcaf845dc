/**
 * What a Produce with a transactional id goes through before its batches are placed (KIP-890): for those that would begin
 * a transaction in their partition the coordinator is asked, once for all of them. Before version 12 whether it knows of
 * the partition; from 12 on the partition is added by it.
 */
import { type ErrorName, KafkaError } from '../../../protocol/errors.ts'
import type { Produce } from '../../../protocol/messages/produce.ts'
import * as batch from '../../../protocol/records/batch.ts'
import type { RequestOf } from '../../../protocol/schema/notation.ts'
import type { Broker } from '../../broker.ts'
import type { Topic } from '../../cluster/topic.ts'
import type { Verification } from '../folds/verifications.ts'
import type { Partition } from '../partition.ts'
import { askCoordinator, EndWait } from '../transactions/ask-coordinator.ts'
import type { Verified } from './transaction-checks.ts'

type ProduceRequest = RequestOf<typeof Produce>
type TopicData = ProduceRequest['topicData'][number]

/** From this version on a partition joins the transaction by this request. */
const ADDS_FROM = 12
/** From this version on clients know TRANSACTION_ABORTABLE. */
const ABORTABLE_FROM = 11

/** By slot, where there is something to say: how the batch comes, or why it can't. */
export type VerifiedSlots = ReadonlyMap<number, Verified | KafkaError>

/** A transactional batch and where it goes. */
interface Beginning {
  readonly slot: number
  readonly topic: Topic
  readonly index: number
  readonly records: Buffer
}

/** Whether the records begin with a transactional batch. */
export const isTransactional = (records: Buffer | undefined): records is Buffer =>
  records !== undefined &&
  records.length >= batch.HEADER_SIZE &&
  batch.magic(records, 0) === 2 &&
  batch.isTransactional(records, 0)

/**
 * Verifies the request's transactional batches; at once where all their transactions are open here. Slots count the
 * request's partitions. Throws INVALID_PRODUCER_ID_MAPPING where they are of several producers.
 * @param topicOf may throw a KafkaError: such batches are passed over here
 */
export const verifyTransaction = (
  request: ProduceRequest,
  apiVersion: number,
  broker: Broker,
  topicOf: (data: TopicData) => Topic,
): VerifiedSlots | Promise<VerifiedSlots> => {
  const { transactionalId } = request
  const beginnings = transactionalId === null ? [] : transactionalBatches(request, topicOf)
  const [first] = beginnings
  if (first === undefined) return new Map()
  const producerId = batch.producerId(first.records, 0)
  const producerEpoch = batch.producerEpoch(first.records, 0)
  for (const { records } of beginnings)
    if (batch.producerId(records, 0) !== producerId || batch.producerEpoch(records, 0) !== producerEpoch)
      throw new KafkaError('INVALID_PRODUCER_ID_MAPPING', 'the transactional batches are of several producers')
  const adds = apiVersion >= ADDS_FROM
  if (!adds && !broker.config.get('transaction.partition.verification.enable'))
    return new Map(beginnings.map(({ slot }) => [slot, 'unchecked']))
  return new TransactionCheck(broker, apiVersion, { transactionalId: transactionalId!, producerId, producerEpoch }).run(
    beginnings,
  )
}

const transactionalBatches = (request: ProduceRequest, topicOf: (data: TopicData) => Topic): Beginning[] => {
  const beginnings: Beginning[] = []
  let slot = -1
  for (const topicData of request.topicData)
    for (const { index, records } of topicData.partitionData) {
      slot++
      const bytes = records?.[0]
      if (!isTransactional(bytes) || batch.producerId(bytes, 0) < 0) continue
      try {
        beginnings.push({ slot, topic: topicOf(topicData), index, records: bytes })
      } catch (error) {
        // Refused again, and answered, where it would be placed.
        if (!(error instanceof KafkaError)) throw error
      }
    }
  return beginnings
}

/** A transactional batch whose partition is there. */
interface Located extends Beginning {
  readonly partition: Partition
}

/** One producer's transactional batches of one request. */
class TransactionCheck {
  readonly #broker: Broker
  readonly #apiVersion: number
  readonly #producer: { readonly transactionalId: string; readonly producerId: number; readonly producerEpoch: number }
  readonly #verified = new Map<number, Verified | KafkaError>()
  readonly #located: Located[] = []

  constructor(
    broker: Broker,
    apiVersion: number,
    producer: { readonly transactionalId: string; readonly producerId: number; readonly producerEpoch: number },
  ) {
    this.#broker = broker
    this.#apiVersion = apiVersion
    this.#producer = producer
  }

  run(beginnings: readonly Beginning[]): VerifiedSlots | Promise<VerifiedSlots> {
    const loading: Promise<void>[] = []
    for (const beginning of beginnings) {
      const later = this.#locate(beginning)
      if (later !== null) loading.push(later)
    }
    if (loading.length > 0) return Promise.all(loading).then(() => this.#verify(this.#begin(this.#located)))
    const asked = this.#begin(this.#located)
    return asked.length === 0 ? this.#verified : this.#verify(asked)
  }

  /** Null if that was possible at once. */
  #locate(beginning: Beginning): Promise<void> | null {
    try {
      const found = this.#broker.partitions.find(beginning.topic, beginning.index)
      if (found instanceof Promise)
        return found.then(partition => void this.#located.push({ ...beginning, partition }), passOver)
      this.#located.push({ ...beginning, partition: found })
    } catch (error) {
      passOver(error)
    }
    return null
  }

  /** Begins verifications; those that the coordinator has to be asked about. */
  #begin(located: readonly Located[]): readonly Located[] {
    const { producerId, producerEpoch } = this.#producer
    return located.filter(({ slot, partition, records }) => {
      const sequence = batch.baseSequence(records, 0)
      const verification = partition.verify(producerId, producerEpoch, sequence, this.#apiVersion >= ADDS_FROM)
      this.#verified.set(slot, verification)
      return verification !== null
    })
  }

  async #verify(begun: readonly Located[]): Promise<VerifiedSlots> {
    const wait = new EndWait(this.#broker)
    for (let asked = begun; asked.length > 0; ) {
      const left = await this.#ask(asked)
      if (left.length === 0 || !(await wait.again())) break
      // What was begun before the end of the transaction before was voided by its marker.
      asked = this.#begin(left)
    }
    return this.#verified
  }

  /** Those to be asked about again: the transaction before is, or was in the meantime, being ended. */
  async #ask(asked: readonly Located[]): Promise<readonly Located[]> {
    const adds = this.#apiVersion >= ADDS_FROM
    const errors = await askCoordinator(this.#broker, {
      ...this.#producer,
      verifyOnly: !adds,
      partitions: asked.map(({ topic, index }) => ({ topic: topic.name, partition: index })),
    })
    return asked.filter((located, index) => {
      const error = errors[index]!
      if (error === 'NONE') return this.#isVoided(located)
      this.#verified.set(located.slot, refusal(error, this.#apiVersion))
      return adds && error === 'CONCURRENT_TRANSACTIONS'
    })
  }

  #isVoided({ slot, partition }: Located): boolean {
    const verification = this.#verified.get(slot) as Verification // of those that are asked about
    return !partition.verifications.holds(this.#producer.producerId, verification)
  }
}

/** Refused again, and answered, where the batch would be placed. */
const passOver = (error: unknown): void => {
  if (!(error instanceof KafkaError)) throw error
}

/** What cures itself, told so that clients of every version send the batch again (observed with Kafka 4.3). */
const passing: ReadonlySet<ErrorName> = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'NOT_COORDINATOR',
])

const refusal = (error: ErrorName, apiVersion: number): KafkaError => {
  const detail = `the transaction coordinator says ${error}`
  if (error === 'PRODUCER_FENCED') return new KafkaError('INVALID_PRODUCER_EPOCH', detail)
  if (error === 'TRANSACTION_ABORTABLE' && apiVersion < ABORTABLE_FROM)
    return new KafkaError('INVALID_TXN_STATE', detail)
  if (passing.has(error) || (error === 'CONCURRENT_TRANSACTIONS' && apiVersion < ADDS_FROM))
    return new KafkaError('NOT_ENOUGH_REPLICAS', detail)
  return new KafkaError(error, detail)
}
