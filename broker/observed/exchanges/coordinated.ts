/** A transactional id of an exchange, as its coordinator is asked about it: no batch is ever sent. */
import { codeOf } from '../../../protocol/errors.ts'
import {
  AddOffsetsToTxn,
  AddPartitionsToTxn,
  DescribeTransactions,
  EndTxn,
  FindCoordinator,
  InitProducerId,
} from '../../../protocol/messages/index.ts'
import type { RequestWrite, ResponseRead } from '../../../protocol/schema/notation.ts'
import type { Talk } from '../talk.ts'

const loading = new Set(
  (['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR'] as const).map(codeOf),
)

/** A coordinator that is there answered. */
export const loaded = ({ errorCode }: { readonly errorCode: number }): boolean => !loading.has(errorCode)

/** Not that the transaction before is still being ended, either: what a client would wait for. */
const settled = ({ errorCode }: { readonly errorCode: number }): boolean =>
  !loading.has(errorCode) && errorCode !== codeOf('CONCURRENT_TRANSACTIONS')

/** What a request says that isn't the id's own. */
export interface Said {
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly transactionalId?: string
}

/** Partitions in their order: Kafka keeps them in hash sets. */
export const sorted = (
  answer: ResponseRead<typeof DescribeTransactions>,
): ResponseRead<typeof DescribeTransactions> => ({
  ...answer,
  transactionStates: answer.transactionStates.map(state => ({
    ...state,
    topics: state.topics.map(({ topic, partitions }) => ({ topic, partitions: partitions.toSorted((a, b) => a - b) })),
  })),
})

/** Waits until the coordinator of a name is there. */
export const coordinatorOf = async (talk: Talk, transactionalId: string): Promise<void> => {
  const scratch = talk.another()
  await scratch.ask('who coordinates', FindCoordinator, 3, { key: transactionalId, keyType: 1 }, { until: loaded })
  // An id that there isn't, in the same partition: its answer says whether the partition is loaded.
  const request = { transactionalIds: [transactionalId] }
  await scratch.ask('is it loaded', DescribeTransactions, 0, request, {
    until: ({ transactionStates }) => transactionStates.every(loaded),
  })
}

/** One transactional id, with the producer id and epoch that it was given last. */
export class Coordinated {
  readonly #talk: Talk
  readonly transactionalId: string
  producerId = -1
  producerEpoch = -1

  constructor(talk: Talk, transactionalId: string) {
    this.#talk = talk
    this.transactionalId = transactionalId
  }

  /** A new one whose coordinator is there. */
  static async fresh(talk: Talk, base = 'tx'): Promise<Coordinated> {
    const transactionalId = talk.fresh(base)
    await coordinatorOf(talk, transactionalId)
    return new Coordinated(talk, transactionalId)
  }

  /** A fresh one that has a producer id. */
  static async begun(talk: Talk, base = 'tx', transactionTimeoutMs = 60_000): Promise<Coordinated> {
    const begun = await Coordinated.fresh(talk, base)
    await begun.init('begin', 4, { transactionTimeoutMs })
    return begun
  }

  /** InitProducerId as a new producer, unless it says what it goes by; goes on with the answer. */
  async init(
    label: string,
    version: number,
    more: Partial<RequestWrite<typeof InitProducerId>> = {},
    wait = true,
  ): Promise<void> {
    const { transactionalId } = this
    const request = { transactionalId, transactionTimeoutMs: 60_000, ...more }
    const answer = await this.#talk.ask(label, InitProducerId, version, request, { until: wait ? settled : loaded })
    if (answer?.errorCode !== 0) return
    this.producerId = answer.producerId
    this.producerEpoch = answer.producerEpoch
  }

  /** AddPartitionsToTxn of a client (up to version 3), or of a broker. */
  async add(
    label: string,
    version: number,
    topics: RequestWrite<typeof AddPartitionsToTxn>['v3AndBelowTopics'],
    said: Said & { readonly verifyOnly?: boolean; readonly wait?: boolean } = {},
  ): Promise<void> {
    const { transactionalId, producerId, producerEpoch } = { ...this.#own, ...said }
    const request =
      version < 4
        ? {
            v3AndBelowTransactionalId: transactionalId,
            v3AndBelowProducerId: producerId,
            v3AndBelowProducerEpoch: producerEpoch,
            v3AndBelowTopics: topics,
          }
        : {
            transactions: [
              { transactionalId, producerId, producerEpoch, verifyOnly: said.verifyOnly ?? false, topics },
            ],
          }
    const until = said.wait === false ? loaded : settled
    await this.#talk.ask(label, AddPartitionsToTxn, version, request as RequestWrite<typeof AddPartitionsToTxn>, {
      until: answer =>
        [
          ...(answer.resultsByTopicV3AndBelow ?? []),
          ...(answer.resultsByTransaction ?? []).flatMap(({ topicResults }) => topicResults),
        ].every(({ resultsByPartition }) =>
          resultsByPartition.every(({ partitionErrorCode }) => until({ errorCode: partitionErrorCode })),
        ),
    })
  }

  async addOffsets(label: string, version: number, groupId: string, said: Said = {}): Promise<void> {
    const request = { ...this.#own, ...said, groupId }
    await this.#talk.ask(label, AddOffsetsToTxn, version, request, { until: settled })
  }

  /** EndTxn; goes on with what version 5 answers. */
  async end(label: string, version: number, committed: boolean, said: Said = {}): Promise<void> {
    const request = { ...this.#own, ...said, committed }
    const answer = await this.#talk.ask(label, EndTxn, version, request, { until: settled })
    if (version < 5 || answer?.errorCode !== 0) return
    this.producerId = answer.producerId
    this.producerEpoch = answer.producerEpoch
  }

  /** Once no transaction is being ended. */
  async describe(label: string): Promise<void> {
    const request = { transactionalIds: [this.transactionalId] }
    await this.#talk.ask(label, DescribeTransactions, 0, request, {
      pick: sorted,
      until: ({ transactionStates }) =>
        transactionStates.every(({ transactionState }) => !transactionState.startsWith('Prepare')),
    })
  }

  get #own() {
    const { transactionalId, producerId, producerEpoch } = this
    return { transactionalId, producerId, producerEpoch }
  }
}
