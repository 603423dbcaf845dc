import { codeOf, type ErrorName, KafkaError } from '../../protocol/errors.ts'
import { AddPartitionsToTxn } from '../../protocol/messages/add-partitions-to-txn.ts'
import type { ResponseOf } from '../../protocol/schema/notation.ts'
import type { Broker } from '../broker.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { TopicPartition } from '../cluster/peers.ts'
import { each } from './each.ts'
import { fencedAs } from '../transactions/fenced-as.ts'
import { handler } from './handler.ts'

/** From this version PRODUCER_FENCED is known (KIP-588). */
const FENCED_FROM = 2
/** From this version a request is a broker's, about many transactions (KIP-890). */
const BATCHED_FROM = 4

interface Asked {
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
  readonly verifyOnly: boolean
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[]
}

/**
 * Adds partitions to a transaction, all or none: UNKNOWN_TOPIC_OR_PARTITION for those that aren't there, and
 * OPERATION_NOT_ATTEMPTED for the others then. See `transactions/add-partitions.ts` for the rest.
 */
export const addPartitionsToTxn = handler(AddPartitionsToTxn, {
  async handle(request, { apiVersion }, broker) {
    if (apiVersion < BATCHED_FROM) {
      const asked = {
        transactionalId: request.v3AndBelowTransactionalId,
        producerId: request.v3AndBelowProducerId,
        producerEpoch: request.v3AndBelowProducerEpoch,
        verifyOnly: false,
        topics: request.v3AndBelowTopics,
      }
      return { throttleTimeMs: 0, resultsByTopicV3AndBelow: results(asked, await add(asked, apiVersion, broker)) }
    }
    const resultsByTransaction = await each(
      request.transactions,
      async asked => result(asked, await add(asked, apiVersion, broker)),
      (asked, error) => result(asked, error.name),
    )
    return { throttleTimeMs: 0, resultsByTransaction }
  },
  refuse: (request, error, { apiVersion }) =>
    apiVersion < BATCHED_FROM
      ? { throttleTimeMs: 0, resultsByTopicV3AndBelow: results({ topics: request.v3AndBelowTopics }, error.name) }
      : {
          throttleTimeMs: 0,
          errorCode: error.code,
          resultsByTransaction: request.transactions.map(asked => result(asked, error.name)),
        },
})

/** An error per partition in the order of the request. */
const add = async (
  { transactionalId, producerId, producerEpoch, verifyOnly, topics }: Asked,
  apiVersion: number,
  { cluster, transactions }: Broker,
): Promise<readonly ErrorName[]> => {
  if (transactionalId === '') throw new KafkaError('INVALID_REQUEST', 'the transactional id is empty')
  const partitions = topics.flatMap(({ name, partitions }) => partitions.map(partition => ({ topic: name, partition })))
  const unknown = partitions.map(partition => !exists(partition, cluster))
  if (unknown.includes(true)) {
    return unknown.map(missing => (missing ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'OPERATION_NOT_ATTEMPTED'))
  }
  const clientVersion = apiVersion < BATCHED_FROM ? 0 : 2
  const errors = await transactions.add({
    ...{ transactionalId, producerId, producerEpoch, verifyOnly, clientVersion, partitions },
  })
  return errors.map(error => fencedAs(error, apiVersion >= FENCED_FROM))
}

const exists = ({ topic, partition }: TopicPartition, cluster: Cluster): boolean =>
  cluster.topic(topic)?.partitions[partition] !== undefined

type Answer = ResponseOf<typeof AddPartitionsToTxn>

/** One error for all partitions, or one each. */
const results = (
  { topics }: Pick<Asked, 'topics'>,
  errors: ErrorName | readonly ErrorName[],
): NonNullable<Answer['resultsByTopicV3AndBelow']> => {
  let next = 0
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map(partitionIndex => {
      const error = typeof errors === 'string' ? errors : errors[next++]!
      return { partitionIndex, partitionErrorCode: codeOf(error) }
    }),
  }))
}

const result = (asked: Asked, errors: ErrorName | readonly ErrorName[]) => ({
  transactionalId: asked.transactionalId,
  topicResults: results(asked, errors),
})
