import { api, array, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * DescribeTransactions shows what transaction coordinators know of transactional ids (KIP-664). Tools send it to each
 * id's coordinator.
 */
export const DescribeTransactions = api({
  key: 65,
  name: 'DescribeTransactions',
  versions: '0',
  flexible: '0+',
  request: {
    transactionalIds: array('0+', string()),
  },
  response: {
    throttleTimeMs: int32(),
    transactionStates: array('0+', {
      /**
       * INVALID_REQUEST (an empty id), TRANSACTIONAL_ID_NOT_FOUND, TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
       * NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
       */
      errorCode: int16(),
      transactionalId: string(),
      /** Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, PrepareEpochFence or Dead. */
      transactionState: string(),
      transactionTimeoutMs: int32(),
      /** -1: no transaction yet. */
      transactionStartTimeMs: int64(),
      producerId: int64(),
      producerEpoch: int16(),
      /** Partitions of the transaction; a topic that the principal may not describe is left out. */
      topics: array('0+', {
        topic: string(),
        partitions: array('0+', int32()),
      }),
    }),
  },
})
