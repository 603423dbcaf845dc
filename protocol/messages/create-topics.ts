import { api, array, bool, int16, int32, int8, string, uuid } from '../schema/notation.ts'

/**
 * CreateTopics creates topics. Admin clients send it to the controller, or in KRaft to any broker, which forwards it.
 *
 * - v1: `validateOnly`, error messages.
 * - v3: while throttled the client itself waits, not the answer (KIP-219).
 * - v4: counts of -1 (KIP-464).
 * - v5: the new topic's counts and configs (KIP-525).
 * - v6: THROTTLING_QUOTA_EXCEEDED may be answered (KIP-599).
 * - v7: topic ids (KIP-516).
 *
 * Kafka 4 dropped v0 and v1.
 */
export const CreateTopics = api({
  key: 19,
  name: 'CreateTopics',
  versions: '0-7',
  flexible: '5+',
  request: {
    topics: array('0+', {
      /** 1 to 249 of letters, digits, `.`, `_`, `-`, but not `.` or `..`. */
      name: string(),
      /** -1 with `assignments`, or (from v4) for the broker's num.partitions. */
      numPartitions: int32(),
      /** -1 with `assignments`, or (from v4) for the broker's default.replication.factor. */
      replicationFactor: int16(),
      /** Brokers of each partition, from partition 0 without gaps, each as many; empty: the broker chooses. */
      assignments: array('0+', {
        partitionIndex: int32(),
        brokerIds: array('0+', int32()),
      }),
      /** Settings of the topic that differ from the broker's defaults. A null value is INVALID_CONFIG. */
      configs: array('0+', {
        name: string(),
        value: string('0+', { nullable: '0+' }),
      }),
    }),
    /** How long the answer may wait until the topics are there; then REQUEST_TIMED_OUT, though they may come to be. */
    timeoutMs: int32('0+', { default: 60000 }),
    /** Only says what would be answered. */
    validateOnly: bool('1+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      name: string(),
      topicId: uuid('7+', { ignorable: true }),
      /**
       * TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION (a bad name, or one that collides: `a.b` and `a_b`),
       * INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, INVALID_CONFIG, INVALID_REQUEST (a
       * topic twice; assignments and counts), POLICY_VIOLATION, TOPIC_AUTHORIZATION_FAILED,
       * CLUSTER_AUTHORIZATION_FAILED, THROTTLING_QUOTA_EXCEEDED, REQUEST_TIMED_OUT, NOT_CONTROLLER.
       */
      errorCode: int16(),
      errorMessage: string('1+', { nullable: '0+', ignorable: true }),
      /** TOPIC_AUTHORIZATION_FAILED: the topic was created, but the principal may not see its counts and configs. */
      topicConfigErrorCode: int16('5+', { tag: 0, ignorable: true }),
      /** -1 if unknown. */
      numPartitions: int32('5+', { default: -1, ignorable: true }),
      /** -1 if unknown. */
      replicationFactor: int16('5+', { default: -1, ignorable: true }),
      /** All settings of the new topic; null if they may not be seen, empty with an error. */
      configs: array(
        '5+',
        { nullable: '5+', ignorable: true },
        {
          name: string('5+'),
          value: string('5+', { nullable: '5+' }),
          readOnly: bool('5+'),
          /** See DescribeConfigs. */
          configSource: int8('5+', { default: -1, ignorable: true }),
          /** Then the value is null. */
          isSensitive: bool('5+'),
        },
      ),
    }),
  },
})
