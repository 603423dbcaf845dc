import { api, array, bool, int16, int32, string } from '../schema/notation.ts'

/**
 * CreatePartitions gives topics more partitions (KIP-195). Records stay where they are, so a key may move to another
 * partition.
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: THROTTLING_QUOTA_EXCEEDED may be answered (KIP-599).
 */
export const CreatePartitions = api({
  key: 37,
  name: 'CreatePartitions',
  versions: '0-3',
  flexible: '2+',
  request: {
    topics: array('0+', {
      name: string(),
      /** The new number of all partitions; not more than there are: INVALID_PARTITIONS. */
      count: int32(),
      /** One entry for each new partition; null: the broker chooses. */
      assignments: array(
        '0+',
        { nullable: '0+' },
        {
          /** Replicas, the preferred leader first. */
          brokerIds: array('0+', int32()),
        },
      ),
    }),
    timeoutMs: int32(),
    /** Only says what would be answered. */
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32(),
    results: array('0+', {
      name: string(),
      /**
       * UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT, INVALID_REQUEST (a topic twice),
       * INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED, REASSIGNMENT_IN_PROGRESS, THROTTLING_QUOTA_EXCEEDED,
       * REQUEST_TIMED_OUT, NOT_CONTROLLER.
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
})
