import { array, int16, int32, int64, int8, message, string } from '../schema/notation.ts'

/** TransactionLogKey. */
export const TransactionLogKey = message({
  name: 'TransactionLogKey',
  key: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    transactionalId: string(),
  },
})

/** TransactionLogValue. */
export const TransactionLogValue = message({
  name: 'TransactionLogValue',
  key: 0,
  versions: '0-1',
  flexible: '1+',
  fields: {
    producerId: int64(),
    previousProducerId: int64('1+', { tag: 0, default: -1 }),
    nextProducerId: int64('1+', { tag: 1, default: -1 }),
    producerEpoch: int16(),
    nextProducerEpoch: int16('1+', { tag: 3, default: -1 }),
    transactionTimeoutMs: int32(),
    transactionStatus: int8(),
    transactionPartitions: array(
      '0+',
      { nullable: '0+' },
      {
        topic: string(),
        partitionIds: array('0+', int32()),
      },
    ),
    transactionLastUpdateTimestampMs: int64(),
    transactionStartTimestampMs: int64(),
    clientTransactionVersion: int16('1+', { tag: 2, default: 0 }),
  },
})
