import { api, array, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * DescribeProducers shows what a partition leader knows of the producers that wrote to it lately, to find hanging
 * transactions (KIP-664).
 */
export const DescribeProducers = api({
  key: 61,
  name: 'DescribeProducers',
  versions: '0',
  flexible: '0+',
  request: {
    topics: array('0+', {
      name: string(),
      partitionIndexes: array('0+', int32()),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    topics: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED. */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        activeProducers: array('0+', {
          producerId: int64(),
          /** An int32, though an int16 everywhere else. */
          producerEpoch: int32(),
          /** Sequence number of the last record; -1: none. */
          lastSequence: int32('0+', { default: -1 }),
          /** Of the last batch, in milliseconds since 1970; -1: none. */
          lastTimestamp: int64('0+', { default: -1 }),
          /** Of the last transaction marker; -1: none. */
          coordinatorEpoch: int32(),
          /** First offset of the open transaction; -1: none is open. */
          currentTxnStartOffset: int64('0+', { default: -1 }),
        }),
      }),
    }),
  },
})
