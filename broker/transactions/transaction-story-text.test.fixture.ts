/** Records, replies, calls and timers as lines of a story. */
import type {
  ListedTransaction,
  MarkersCall,
  ProducerReply,
  TransactionEvent,
  TransactionReply,
} from './transaction-events.ts'
import type { TransactionRecord } from './transaction-record.ts'
import { listed, NONE, type PartitionsByTopic, type Transaction } from './transaction.ts'

const list = (texts: readonly string[]): string => (texts.length === 0 ? 'none' : texts.join(','))

const partitionsText = (partitions: PartitionsByTopic): string =>
  list(listed(partitions).map(({ topic, partition }) => `${topic}/${partition}`))

const transactionText = (transaction: Transaction, valueVersion: number | null): string => {
  const { state, producerId, producerEpoch, previousProducerId, nextProducerId, partitions } = transaction
  const more = [
    valueVersion === 0 ? ' v0' : '',
    previousProducerId === producerId || previousProducerId === NONE ? '' : ` before=${previousProducerId}`,
    nextProducerId === NONE ? '' : ` next=${nextProducerId}`,
    transaction.clientVersion === 0 ? '' : ` client=${transaction.clientVersion}`,
    partitions.size === 0 ? '' : ` ${partitionsText(partitions)}`,
  ]
  return `${state} ${producerId}:${producerEpoch}${more.join('')}`
}

/** A record: the id, its state and its producer's id and epoch. */
export const recordText = ({ transactionalId, transaction, valueVersion }: TransactionRecord): string =>
  `${transactionalId} ${transaction === null ? 'gone' : transactionText(transaction, valueVersion)}`

/** A call for markers. */
export const callText = ({ transactionalId, marker }: MarkersCall): string => {
  const { committed, producerId, producerEpoch, transactionVersion, partitions } = marker
  const version = transactionVersion === 0 ? '' : ` v${transactionVersion}`
  const at = list(partitions.map(({ topic, partition }) => `${topic}/${partition}`))
  return `${transactionalId} ${committed ? 'commit' : 'abort'} ${producerId}:${producerEpoch}${version} ${at}`
}

/** The reply to the event. */
export const replyText = (event: TransactionEvent, reply: TransactionReply): string => {
  if (typeof reply === 'string') return reply
  if (event.type === 'describe') return reply === null ? 'no such id' : transactionText(reply as Transaction, null)
  if (event.type === 'list')
    return list(
      (reply as readonly ListedTransaction[]).map(({ transactionalId, state }) => `${transactionalId}(${state})`),
    )
  if (event.type === 'addPartitions') return list([...(reply as readonly string[])])
  const { error, producerId, producerEpoch } = reply as ProducerReply
  return error === 'NONE' ? `${producerId}:${producerEpoch}` : error
}
