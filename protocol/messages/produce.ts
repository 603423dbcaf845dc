import { api, array, int16, int32, int64, records, string, struct, uuid } from '../schema/notation.ts'

/**
 * Produce appends record batches to partitions. Producers send it to each partition's leader; it carries one batch a
 * partition.
 *
 * With `acks` 0 nothing is answered: a failure can only be told by closing the connection.
 *
 * - v2: message format 1, with timestamps (KIP-32).
 * - v3: record batches of format 2, exactly one a partition, and transactions (KIP-98). Before: message sets of magic
 *   0 and 1.
 * - v4: KAFKA_STORAGE_ERROR may be answered, before it NOT_LEADER_OR_FOLLOWER stands for it (KIP-112).
 * - v6: while throttled the client itself waits, not the answer (KIP-219).
 * - v7: zstd allowed (KIP-110).
 * - v8: errors of single records (KIP-467).
 * - v10: a wrong leader names the right one (KIP-951).
 * - v11: TRANSACTION_ABORTABLE may be answered (KIP-890).
 * - v12: the partition joins the transaction by this request, without AddPartitionsToTxn (KIP-890).
 * - v13: topics by id (KIP-516).
 *
 * Kafka 4 refuses v0 to v2 but still advertises them, for clients that judge a broker by the start of the range
 * (KAFKA-18659).
 */
export const Produce = api({
  key: 0,
  name: 'Produce',
  versions: '0-13',
  flexible: '9+',
  request: {
    /**
     * Null outside a transaction. TRANSACTIONAL_ID_AUTHORIZATION_FAILED for every partition if the principal may not
     * write to it.
     */
    transactionalId: string('3+', { nullable: '3+', default: null }),
    /**
     * 0: no answer. 1: once the leader has it. -1: once every in-sync replica has it. Others: INVALID_REQUIRED_ACKS
     * for every partition.
     */
    acks: int16(),
    /**
     * How long the broker may wait for the replicas that `acks` asks for; then REQUEST_TIMED_OUT, and the outcome is
     * unknown.
     */
    timeoutMs: int32(),
    topicData: array('0+', {
      name: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitionData: array('0+', {
        index: int32(),
        /** v0 to v2: a message set. From v3 on: exactly one batch of magic 2, else INVALID_RECORD. */
        records: records('0+', { nullable: '0+' }),
      }),
    }),
  },
  response: {
    responses: array('0+', {
      name: string('0-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitionResponses: array('0+', {
        index: int32(),
        /**
         * About the batch: CORRUPT_MESSAGE (CRC), MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE (above segment.bytes),
         * INVALID_RECORD, INVALID_TIMESTAMP, UNSUPPORTED_COMPRESSION_TYPE (zstd before v7),
         * UNSUPPORTED_FOR_MESSAGE_FORMAT. About the producer: OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH,
         * UNKNOWN_PRODUCER_ID, INVALID_TXN_STATE, TRANSACTION_ABORTABLE. About the place: UNKNOWN_TOPIC_OR_PARTITION,
         * UNKNOWN_TOPIC_ID, NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND,
         * KAFKA_STORAGE_ERROR, REQUEST_TIMED_OUT. About rights: TOPIC_AUTHORIZATION_FAILED,
         * CLUSTER_AUTHORIZATION_FAILED (an idempotent producer without IdempotentWrite).
         */
        errorCode: int16(),
        /**
         * Offset given to the batch's first record; of a repeated batch the offset it got the first time. -1 with an
         * error.
         */
        baseOffset: int64(),
        /**
         * The timestamp given to all records if the topic stamps them (message.timestamp.type=LogAppendTime), else -1.
         */
        logAppendTimeMs: int64('2+', { default: -1, ignorable: true }),
        /**
         * First offset that the partition still holds. A producer that gets UNKNOWN_PRODUCER_ID sees by it whether its
         * records were deleted.
         */
        logStartOffset: int64('5+', { default: -1, ignorable: true }),
        /** With INVALID_RECORD or INVALID_TIMESTAMP: the records at fault. None of the batch is stored. */
        recordErrors: array(
          '8+',
          { ignorable: true },
          {
            /** Index of the record in its batch, counted from 0. */
            batchIndex: int32('8+'),
            /** Null: the partition's errorMessage says it all. */
            batchIndexErrorMessage: string('8+', { nullable: '8+', default: null }),
          },
        ),
        /** Null: the error code's own meaning says it all. */
        errorMessage: string('8+', { nullable: '8+', default: null, ignorable: true }),
        /** Sent with NOT_LEADER_OR_FOLLOWER: whom to ask instead, so that no Metadata is needed. */
        currentLeader: struct(
          '10+',
          { tag: 0 },
          {
            leaderId: int32('10+', { default: -1 }),
            leaderEpoch: int32('10+', { default: -1 }),
          },
        ),
      }),
    }),
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    /** Addresses of the leaders that `currentLeader` names. */
    nodeEndpoints: array(
      '10+',
      { tag: 0 },
      {
        nodeId: int32('10+'),
        host: string('10+'),
        port: int32('10+'),
        rack: string('10+', { nullable: '10+', default: null }),
      },
    ),
  },
})
