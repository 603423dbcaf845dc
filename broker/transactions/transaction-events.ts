/**
 * What a transactions machine decides on, and what it answers.
 */
import type { ErrorName } from '../../protocol/errors.ts'
import type { TopicPartition, TxnMarker } from '../cluster/peers.ts'
import type { RequestId } from '../coordinator/machine.ts'
import type { Transaction, TransactionState } from './transaction.ts'

/** A producer begins (InitProducerId). */
export interface InitEvent {
  readonly type: 'init'
  readonly request: RequestId
  readonly transactionalId: string
  readonly timeoutMs: number
  /** What the producer goes by so far; −1 and −1: it is a new one. */
  readonly producerId: number
  readonly producerEpoch: number
  /** A producer id that nobody has; null: ask for one when it is needed. */
  readonly freshProducerId: number | null
}

/** Partitions join the transaction, or are asked about. */
export interface AddPartitionsEvent {
  readonly type: 'addPartitions'
  readonly request: RequestId
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
  readonly verifyOnly: boolean
  /** 2: by brokers, for a client of the second version of transactions; 0: by the client itself. */
  readonly clientVersion: number
  readonly partitions: readonly TopicPartition[]
}

/** The producer's decision (EndTxn). */
export interface EndEvent {
  readonly type: 'end'
  readonly request: RequestId
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
  readonly committed: boolean
  /** 2: every transaction has an epoch of its own (EndTxn 5); 0: the epoch stays. */
  readonly clientVersion: number
  /** As in `InitEvent`. */
  readonly freshProducerId: number | null
}

/** DescribeTransactions. */
export interface DescribeEvent {
  readonly type: 'describe'
  readonly request: RequestId
  readonly transactionalId: string
}

/** ListTransactions. */
export interface ListEvent {
  readonly type: 'list'
  readonly request: RequestId
}

/** What became of one marker: `again` if it may still be written, `gone` if its partition is no more. */
export type MarkerOutcome = 'written' | 'gone' | 'again'

/** The answer to a call for markers. */
export interface MarkersEvent {
  readonly type: 'markers'
  /** Of the call. */
  readonly call: RequestId
  readonly transactionalId: string
  /** In the order of the marker's partitions. */
  readonly outcomes: readonly MarkerOutcome[]
}

/** A timer fired. */
export interface ExpiredEvent {
  readonly type: 'expired'
  readonly key: string
  readonly at: number
}

/** An event that is answered. */
export type TransactionRequest = InitEvent | AddPartitionsEvent | EndEvent | DescribeEvent | ListEvent

/** All that a transactions machine decides on. */
export type TransactionEvent = TransactionRequest | MarkersEvent | ExpiredEvent

/** What a `call` effect asks for. */
export interface MarkersCall {
  readonly transactionalId: string
  /** Without the coordinator's epoch, which the log has. */
  readonly marker: Omit<TxnMarker, 'coordinatorEpoch'>
}

/** An id and epoch, −1 and −1 with an error. */
export interface ProducerReply {
  readonly error: ErrorName
  readonly producerId: number
  readonly producerEpoch: number
}

/** Nothing was decided: the same is to be asked with a fresh producer id. */
export const NEEDS_PRODUCER_ID = 'needs a producer id'

/** An id as ListTransactions shows it. */
export interface ListedTransaction {
  readonly transactionalId: string
  readonly producerId: number
  readonly state: TransactionState
  /** Wall ms; −1: no transaction yet. */
  readonly startMs: number
}

/** The reply to each request. */
export interface TransactionReplies {
  readonly init: ProducerReply | typeof NEEDS_PRODUCER_ID
  /** In the order of the partitions. */
  readonly addPartitions: readonly ErrorName[]
  readonly end: ProducerReply | typeof NEEDS_PRODUCER_ID
  /** Null: there is no such id. */
  readonly describe: Transaction | null
  readonly list: readonly ListedTransaction[]
}

/** Any reply. */
export type TransactionReply = TransactionReplies[keyof TransactionReplies]
