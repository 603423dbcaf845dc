/** A transactional producer of an exchange: the requests that its client would send, one by one. */
import { codeOf } from '../../../protocol/errors.ts'
import {
  AddOffsetsToTxn,
  AddPartitionsToTxn,
  DescribeProducers,
  EndTxn,
  Fetch,
  FindCoordinator,
  InitProducerId,
  Produce,
  WriteTxnMarkers,
} from '../../../protocol/messages/index.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { MadeTopic, Talk } from '../talk.ts'
import { batchWith } from './records.ts'

/** Keeps old records, and markers of today in the same segment as those. */
export const keep = { 'retention.ms': '-1', 'segment.ms': '1000000000000' }

/** How a batch differs from the producer's next one. */
export interface Sent {
  readonly index?: number
  readonly version?: number
  readonly count?: number
  readonly sequence?: number
  readonly producerId?: number
  readonly epoch?: number
  readonly transactional?: boolean
  readonly transactionalId?: string | null
}

/** What a marker says that isn't the producer's own. */
export interface Marked {
  readonly index?: number
  readonly version?: number
  readonly commit?: boolean
  readonly epoch?: number
  readonly coordinatorEpoch?: number
  readonly transactionVersion?: number
  readonly producerId?: number
}

const busy = new Set(
  (
    ['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR', 'CONCURRENT_TRANSACTIONS'] as const
  ).map(codeOf),
)

/** Neither loading nor ending the transaction before: what a client would wait for. */
export const settled = ({ errorCode }: { readonly errorCode: number }): boolean => !busy.has(errorCode)

/** Asks for a transactional id's coordinator and producer id, until there are both. */
export const begin = async (talk: Talk, topic: MadeTopic, transactionalId = talk.fresh('tx')): Promise<TxnProducer> => {
  await talk.ask('who coordinates', FindCoordinator, 3, { key: transactionalId, keyType: 1 }, { until: settled })
  const producer = new TxnProducer(talk, topic, transactionalId)
  await producer.init()
  return producer
}

/** One producer, its id and epoch. Sequences are the exchange's. */
export class TxnProducer {
  readonly transactionalId: string
  readonly #talk: Talk
  readonly #topic: MadeTopic
  id = -1
  epoch = -1
  #sequence = 0

  constructor(talk: Talk, topic: MadeTopic, transactionalId: string) {
    this.#talk = talk
    this.#topic = topic
    this.transactionalId = transactionalId
  }

  async init(label = 'begin'): Promise<void> {
    const { transactionalId } = this
    const answer = await this.#talk.ask(
      label,
      InitProducerId,
      4,
      { transactionalId, transactionTimeoutMs: 60_000 },
      { until: settled },
    )
    this.id = answer!.producerId
    this.epoch = answer!.producerEpoch
    this.#sequence = 0
  }

  /** AddPartitionsToTxn, once the last transaction has ended. */
  async add(label: string, ...partitions: readonly number[]): Promise<void> {
    await this.#talk.ask(
      label,
      AddPartitionsToTxn,
      3,
      {
        v3AndBelowTransactionalId: this.transactionalId,
        v3AndBelowProducerId: this.id,
        v3AndBelowProducerEpoch: this.epoch,
        v3AndBelowTopics: [{ name: this.#topic.name, partitions }],
      },
      {
        until: ({ resultsByTopicV3AndBelow }) =>
          resultsByTopicV3AndBelow.every(({ resultsByPartition }) =>
            resultsByPartition.every(({ partitionErrorCode }) => settled({ errorCode: partitionErrorCode })),
          ),
      },
    )
  }

  async addOffsets(label: string, groupId: string): Promise<void> {
    const { transactionalId, id: producerId, epoch: producerEpoch } = this
    await this.#talk.ask(
      label,
      AddOffsetsToTxn,
      3,
      { transactionalId, producerId, producerEpoch, groupId },
      { until: settled },
    )
  }

  /** Sends a batch; the next goes on after it, unless it said its own sequence. */
  async send(label: string, sent: Sent = {}) {
    const count = sent.count ?? 1
    const version = sent.version ?? 11
    const transactional = sent.transactional ?? true
    const header = {
      producerId: sent.producerId ?? this.id,
      producerEpoch: sent.epoch ?? this.epoch,
      baseSequence: sent.sequence ?? this.#sequence,
      transactional,
    }
    const records = [batchWith(header, ...Array<string>(count).fill('v'))]
    if (sent.sequence === undefined) this.#sequence += count
    const transactionalId = sent.transactionalId === undefined ? this.transactionalId : sent.transactionalId
    return this.#talk.ask(label, Produce, version, {
      ...{ transactionalId, acks: -1, timeoutMs: 10_000 },
      topicData: [
        {
          ...(version < 13 ? { name: this.#topic.name } : { topicId: this.#topic.id }),
          partitionData: [{ index: sent.index ?? 0, records }],
        },
      ],
    })
  }

  /** EndTxn; under version 5 the producer goes on with what it answers. */
  async end(label: string, committed: boolean, version = 4): Promise<void> {
    const { transactionalId, id: producerId, epoch: producerEpoch } = this
    const answer = await this.#talk.ask(
      label,
      EndTxn,
      version,
      { transactionalId, producerId, producerEpoch, committed },
      { until: settled },
    )
    if (version < 5 || answer!.errorCode !== 0) return
    this.id = answer!.producerId
    this.epoch = answer!.producerEpoch
    this.#sequence = 0
  }

  /** WriteTxnMarkers for one partition, past the coordinator. */
  async mark(label: string, marked: Marked = {}): Promise<void> {
    const version = marked.version ?? 2
    const marker: RequestWrite<typeof WriteTxnMarkers>['markers'][number] = {
      producerId: marked.producerId ?? this.id,
      producerEpoch: marked.epoch ?? this.epoch,
      transactionResult: marked.commit ?? true,
      topics: [{ name: this.#topic.name, partitionIndexes: [marked.index ?? 0] }],
      coordinatorEpoch: marked.coordinatorEpoch ?? 0,
      ...(version < 2 ? {} : { transactionVersion: marked.transactionVersion ?? 0 }),
    }
    await this.#talk.ask(label, WriteTxnMarkers, version, { markers: [marker] })
  }

  /** Until the marker of the producer's transaction is in the partition: the coordinator writes it after its answer. */
  async ended(label: string, index = 0): Promise<void> {
    await this.#talk.ask(`after ${label}`, DescribeProducers, 0, this.#described(index), {
      until: ({ topics }) =>
        topics[0]!.partitions[0]!.activeProducers.every(
          ({ producerId, currentTxnStartOffset }) => producerId !== this.id || currentTxnStartOffset === -1,
        ),
    })
  }

  async describe(label: string, index = 0): Promise<void> {
    await this.#talk.ask(`after ${label}`, DescribeProducers, 0, this.#described(index))
  }

  /** What readers of an isolation level see from an offset on, but for the times of markers. */
  async read(label: string, { from = 0, committed = true, index = 0, version = 12, maxBytes = 1 << 20 } = {}) {
    await this.#talk.ask(label, Fetch, version, {
      ...{ maxWaitMs: 0, minBytes: 0, isolationLevel: committed ? 1 : 0 },
      topics: [
        {
          ...(version < 13 ? { topic: this.#topic.name } : { topicId: this.#topic.id }),
          partitions: [{ partition: index, fetchOffset: from, partitionMaxBytes: maxBytes }],
        },
      ],
    })
  }

  #described(index: number): RequestWrite<typeof DescribeProducers> {
    return { topics: [{ name: this.#topic.name, partitionIndexes: [index] }] }
  }
}
