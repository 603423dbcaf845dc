/**
 * One Produce request on its way: its batches go to their partitions' queues, their outcomes come back by slot, and the
 * answer is made when all are there.
 */
import { codeOf, type ErrorName, KafkaError } from '../../../protocol/errors.ts'
import type { Produce } from '../../../protocol/messages/produce.ts'
import type { RequestOf, ResponseOf } from '../../../protocol/schema/notation.ts'
import type { Broker } from '../../broker.ts'
import type { Topic } from '../../cluster/topic.ts'
import type { Context } from '../../handlers/handler.ts'
import type { AppendCaller, AppendOptions, AppendOutcome } from './append-outcome.ts'
import { checkForm } from './batch-checks.ts'
import { InvalidRecords } from './invalid-records.ts'
import { LeaderHints } from '../leader-hint.ts'
import type { Partition } from '../partition.ts'
import { validate } from './validate.ts'
import { isTransactional, type VerifiedSlots, verifyTransaction } from './verify-transaction.ts'

type ProduceRequest = RequestOf<typeof Produce>
type ProduceResponse = ResponseOf<typeof Produce>
type TopicData = ProduceRequest['topicData'][number]
type PartitionData = TopicData['partitionData'][number]
type PartitionResponse = ProduceResponse['responses'][number]['partitionResponses'][number]

const NO_RECORDS = Buffer.alloc(0)

/** One request, from its batches to its answer. */
export class ProduceRun implements AppendCaller {
  readonly #request: ProduceRequest
  readonly #context: Context
  readonly #broker: Broker
  readonly #options: AppendOptions
  /** By slot: partitions are counted through the whole request. */
  readonly #outcomes: AppendOutcome[] = []
  /** Null unless the request is of a transactional producer. */
  #verified: VerifiedSlots | null = null
  #left = 0
  #resolve: ((response: ProduceResponse | null) => void) | null = null
  #reject: ((error: unknown) => void) | null = null

  constructor(request: ProduceRequest, acks: AppendOptions['acks'], context: Context, broker: Broker) {
    this.#request = request
    this.#context = context
    this.#broker = broker
    this.#options = { acks, timeoutMs: request.timeoutMs }
  }

  /**
   * Queues everything; answers when every partition has its outcome, with null for acks=0. The producer of an acks=0 request
   * that failed somewhere can only be told by closing the connection. Throws TRANSACTIONAL_ID_AUTHORIZATION_FAILED for
   * transactional batches in a request without transactional id, and as `verifyTransaction`.
   */
  run(): ProduceResponse | null | Promise<ProduceResponse | null> {
    if (this.#request.transactionalId !== null) return this.#runTransactional()
    if (!hasTransactional(this.#request)) return this.#placeAll()
    const detail = 'a transactional batch without a transactional id'
    return this.#refuseAll(new KafkaError('TRANSACTIONAL_ID_AUTHORIZATION_FAILED', detail))
  }

  /** The request has no place in the log until its transaction is verified: following ones wait for it. */
  #runTransactional(): ProduceResponse | null | Promise<ProduceResponse | null> {
    try {
      const topicOf = (data: TopicData): Topic => this.#topicOf(data)
      const verified = verifyTransaction(this.#request, this.#context.apiVersion, this.#broker, topicOf)
      if (!(verified instanceof Promise)) return this.#placeVerified(verified)
      return verified.then(slots => this.#placeVerified(slots))
    } catch (error) {
      if (error instanceof KafkaError) return this.#refuseAll(error)
      throw error
    }
  }

  #placeVerified(verified: VerifiedSlots): ProduceResponse | null | Promise<ProduceResponse | null> {
    this.#verified = verified
    return this.#placeAll()
  }

  #placeAll(): ProduceResponse | null | Promise<ProduceResponse | null> {
    const placing: Promise<void>[] = []
    for (const topic of this.#request.topicData) this.#left += topic.partitionData.length
    let slot = 0
    for (const topic of this.#request.topicData)
      for (const data of topic.partitionData) {
        const later = this.#place(slot++, topic, data)
        if (later !== null) placing.push(later)
      }
    if (placing.length === 0) this.#context.placed()
    else void Promise.all(placing).then(() => this.#context.placed())
    if (this.#left === 0) return this.#answer()
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  #refuseAll(error: KafkaError): null {
    if (this.#options.acks !== 0) throw error
    this.#context.client.close(`a Produce with acks=0 failed: ${error}`)
    return null
  }

  appended(slot: number, outcome: AppendOutcome): void {
    this.#outcomes[slot] = outcome
    this.#left--
    if (this.#left > 0 || this.#resolve === null) return
    try {
      this.#resolve(this.#answer())
    } catch (error) {
      // A bug in making the answer is this request's alone: the partition's queue goes on.
      this.#reject!(error)
    }
  }

  /** Null once the batch is queued or refused; otherwise resolves then. */
  #place(slot: number, topicData: TopicData, data: PartitionData): Promise<void> | null {
    try {
      const topic = this.#topicOf(topicData)
      const found = this.#broker.partitions.find(topic, data.index)
      const later =
        found instanceof Promise
          ? found.then(partition => this.#append(slot, partition, data))
          : this.#append(slot, found, data)
      return later instanceof Promise ? later.then(nothing, (error: unknown) => this.#refuse(slot, error)) : null
    } catch (error) {
      this.#refuse(slot, error)
      return null
    }
  }

  #append(slot: number, partition: Partition, data: PartitionData): Promise<void> | null {
    const { apiVersion } = this.#context
    const records = data.records?.[0] ?? NO_RECORDS
    const end = checkForm(records, apiVersion)
    const verified = this.#verified?.get(slot) ?? null
    if (verified instanceof KafkaError) {
      this.#refuse(slot, verified)
      return null
    }
    try {
      const valid = validate(records, end, partition.topic.settings, this.#broker.clock.now())
      if (valid instanceof Promise)
        return valid.then(
          ready => partition.append(ready, this.#options, this, slot, verified),
          (error: unknown) => this.#refuse(slot, error, partition.logStartOffset),
        )
      if (valid !== null) partition.append(valid, this.#options, this, slot, verified)
      else this.appended(slot, { ...NOTHING_APPENDED, logStartOffset: partition.logStartOffset })
    } catch (error) {
      this.#refuse(slot, error, partition.logStartOffset)
    }
    return null
  }

  #topicOf(data: TopicData): Topic {
    const { cluster } = this.#broker
    const byId = this.#context.apiVersion >= 13
    const topic = byId ? cluster.topicById(data.topicId) : cluster.topic(data.name)
    if (topic === undefined && byId) throw new KafkaError('UNKNOWN_TOPIC_ID', `no topic has the id ${data.topicId}`)
    if (topic === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `no topic ${data.name}`)
    if (topic.internal) throw new KafkaError('INVALID_TOPIC_EXCEPTION', `only its coordinator writes to ${topic.name}`)
    return topic
  }

  #refuse(slot: number, error: unknown, logStartOffset = -1): void {
    if (error instanceof KafkaError)
      this.appended(slot, {
        error,
        recordErrors: error instanceof InvalidRecords ? error.recordErrors : [],
        logStartOffset: withoutLogStart.has(error.name) ? -1 : logStartOffset,
      })
    else if (this.#reject !== null) this.#reject(error)
    else throw error
  }

  #answer(): ProduceResponse | null {
    if (this.#options.acks === 0) {
      const failed = this.#outcomes.find(({ error }) => error !== null)
      if (failed !== undefined) this.#context.client.close(`a Produce with acks=0 failed: ${failed.error}`)
      return null
    }
    const hints = new LeaderHints(this.#broker.cluster, this.#context.client, this.#context.apiVersion >= 10)
    let slot = 0
    const responses = this.#request.topicData.map(topic => ({
      name: topic.name,
      topicId: topic.topicId,
      partitionResponses: topic.partitionData.map(({ index }) =>
        partitionResponse(index, this.#outcomes[slot++]!, hints, () => this.#topicOf(topic)),
      ),
    }))
    return { responses, nodeEndpoints: hints.endpoints() }
  }
}

/** With these Kafka says no log start, though it knows it (observed with Kafka 4.3). */
const withoutLogStart: ReadonlySet<ErrorName> = new Set([
  'CORRUPT_MESSAGE',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
])

const nothing = (): void => {}

const hasTransactional = (request: ProduceRequest): boolean =>
  request.topicData.some(topic => topic.partitionData.some(({ records }) => isTransactional(records?.[0])))

const NOTHING_APPENDED = { error: null, baseOffset: -1, lastOffset: -1, logAppendTimeMs: -1 } as const

const partitionResponse = (
  index: number,
  outcome: AppendOutcome,
  hints: LeaderHints,
  topicOf: () => Topic,
): PartitionResponse => {
  const { error } = outcome
  if (error === null) {
    const { baseOffset, logAppendTimeMs, logStartOffset } = outcome
    return { index, errorCode: 0, baseOffset, logAppendTimeMs, logStartOffset }
  }
  const currentLeader = error.name === 'NOT_LEADER_OR_FOLLOWER' ? hints.leaderOf(error, topicOf(), index) : undefined
  return {
    index,
    errorCode: codeOf(error.name),
    baseOffset: -1,
    logStartOffset: outcome.logStartOffset,
    recordErrors: outcome.recordErrors,
    errorMessage: error.detail,
    ...(currentLeader === undefined ? {} : { currentLeader }),
  }
}
