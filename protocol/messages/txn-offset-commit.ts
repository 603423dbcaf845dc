import { api, array, int16, int32, int64, string, uuid } from '../schema/notation.ts'

/**
 * TxnOffsetCommit stores offsets that count only if the producer's transaction commits. Producers send it to the
 * group's coordinator, after AddOffsetsToTxn to their own.
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 * - v2: leader epochs (KIP-320).
 * - v3: the consumer's membership is checked (KIP-447).
 * - v4: TRANSACTION_ABORTABLE may be answered (KIP-890).
 * - v5: the offsets join the transaction by this request, without AddOffsetsToTxn (KIP-890).
 * - v6: topics by id.
 */
export const TxnOffsetCommit = api({
  key: 28,
  name: 'TxnOffsetCommit',
  versions: '0-6',
  flexible: '3+',
  request: {
    transactionalId: string(),
    groupId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    /** Of the consumer that read the records; -1: not checked. */
    generationIdOrMemberEpoch: int32('3+', { default: -1 }),
    /** Empty: not checked. */
    memberId: string('3+', { default: '' }),
    /** Null: a dynamic member. */
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    topics: array('0+', {
      name: string('0-5', { ignorable: true }),
      topicId: uuid('6+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** Offset of the next record to read. */
        committedOffset: int64(),
        /** Epoch of the last record read; -1: unknown. */
        committedLeaderEpoch: int32('2+', { default: -1, ignorable: true }),
        /** Up to offset.metadata.max.bytes (4096). Null is stored as "". */
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    topics: array('0+', {
      name: string('0-5', { ignorable: true }),
      topicId: uuid('6+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32(),
        /**
         * ILLEGAL_GENERATION (also a stale member epoch), UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID,
         * INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE, INVALID_PRODUCER_ID_MAPPING, CONCURRENT_TRANSACTIONS,
         * TRANSACTION_ABORTABLE, OFFSET_METADATA_TOO_LARGE, UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID,
         * TOPIC_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED, TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
         * NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
         */
        errorCode: int16(),
      }),
    }),
  },
})
