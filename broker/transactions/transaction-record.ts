/**
 * The records of `__transaction_state`: Kafka's own, so that its tools read the topic. The key begins with the record type,
 * the value with its version.
 */
import { KafkaError } from '../../protocol/errors.ts'
import { encodeMessage, messageCodec } from '../../protocol/schema/codec.ts'
import { TransactionLogKey, TransactionLogValue } from '../../protocol/state/transaction-log.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import type { RecordCodec, StoredRecord } from '../coordinator/record-codec.ts'
import { NONE, type Transaction, transactionStates } from './transaction.ts'

/** A durable fact: the id stands so; `transaction: null` says that it is no more. */
export interface TransactionRecord {
  readonly transactionalId: string
  readonly transaction: Transaction | null
  /** 1 from transaction version 1 on, else 0: without the fields of KIP-890. Means nothing where it is no more. */
  readonly valueVersion: number
}

const versioned = (prefix: number, body: Uint8Array): Buffer => {
  const buffer = Buffer.allocUnsafe(2 + body.length)
  buffer.writeInt16BE(prefix, 0)
  buffer.set(body, 2)
  return buffer
}

const encode = ({ transactionalId, transaction, valueVersion }: TransactionRecord): StoredRecord => ({
  key: versioned(TransactionLogKey.key!, encodeMessage(TransactionLogKey, 0, { transactionalId })),
  value: transaction === null ? null : encodeValue(transaction, valueVersion),
})

const encodeValue = (transaction: Transaction, version: number): Buffer => {
  const body = encodeMessage(TransactionLogValue, version, {
    producerId: transaction.producerId,
    producerEpoch: transaction.producerEpoch,
    transactionTimeoutMs: transaction.timeoutMs,
    transactionStatus: transactionStates.indexOf(transaction.state),
    transactionPartitions:
      transaction.state === 'Empty'
        ? null
        : Array.from(transaction.partitions, ([topic, indexes]) => ({ topic, partitionIds: [...indexes] })),
    transactionLastUpdateTimestampMs: transaction.lastUpdateMs,
    transactionStartTimestampMs: transaction.startMs,
    ...(version === 0
      ? {}
      : {
          previousProducerId: transaction.previousProducerId,
          nextProducerId: transaction.nextProducerId,
          clientTransactionVersion: transaction.clientVersion,
        }),
  })
  return versioned(version, body)
}

const decode = (key: Buffer, value: Buffer | null): TransactionRecord | null => {
  const keyReader = new Reader(key)
  if (keyReader.int16() !== TransactionLogKey.key) return null
  const { transactionalId } = messageCodec(TransactionLogKey, 0).decode(keyReader)
  if (value === null) return { transactionalId, transaction: null, valueVersion: 0 }
  const reader = new Reader(value)
  const valueVersion = reader.int16()
  const stored = messageCodec(TransactionLogValue, valueVersion).decode(reader)
  const state = transactionStates[stored.transactionStatus]
  if (state === undefined) throw new KafkaError('CORRUPT_MESSAGE', `${stored.transactionStatus} is no state`)
  const transaction: Transaction = {
    transactionalId,
    producerId: stored.producerId,
    previousProducerId: stored.previousProducerId,
    nextProducerId: stored.nextProducerId,
    producerEpoch: stored.producerEpoch,
    lastProducerEpoch: NONE,
    timeoutMs: stored.transactionTimeoutMs,
    state,
    partitions: new Map(
      (stored.transactionPartitions ?? []).map(({ topic, partitionIds }) => [topic, new Set(partitionIds)]),
    ),
    lastUpdateMs: stored.transactionLastUpdateTimestampMs,
    startMs: stored.transactionStartTimestampMs,
    clientVersion: stored.clientTransactionVersion,
  }
  return { transactionalId, transaction, valueVersion }
}

/** Kafka's stored form; decoding throws KafkaError for what is none. Keys of other types are skipped. */
export const transactionRecordCodec: RecordCodec<TransactionRecord> = { encode, decode }
