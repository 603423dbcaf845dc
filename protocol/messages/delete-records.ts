import { api, array, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * DeleteRecords moves the log start offset of partitions forward: all records below are gone. Clients send it to
 * partition leaders (KIP-107); Kafka Streams does so with repartition topics.
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 */
export const DeleteRecords = api({
  key: 21,
  name: 'DeleteRecords',
  versions: '0-2',
  flexible: '2+',
  request: {
    topics: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** The new log start offset; -1: the high watermark. Below the present one: nothing changes. */
        offset: int64(),
      }),
    }),
    /** How long to wait for the replicas to follow; then REQUEST_TIMED_OUT. */
    timeoutMs: int32(),
  },
  response: {
    throttleTimeMs: int32(),
    topics: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** The smallest log start offset of all live replicas; -1 with an error. */
        lowWatermark: int64(),
        /**
         * OFFSET_OUT_OF_RANGE (beyond the high watermark, or below -1), POLICY_VIOLATION (the topic isn't cleaned by
         * deleting), INVALID_TOPIC_EXCEPTION (an internal topic), UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER,
         * TOPIC_AUTHORIZATION_FAILED, REQUEST_TIMED_OUT, KAFKA_STORAGE_ERROR.
         */
        errorCode: int16(),
      }),
    }),
  },
})
