import { api, array, bool, int16, int32, string, struct, uuid } from '../schema/notation.ts'

/**
 * DescribeTopicPartitions is Metadata for admin tools: topics with all that is known of their partitions, in pages
 * (KIP-966).
 */
export const DescribeTopicPartitions = api({
  key: 75,
  name: 'DescribeTopicPartitions',
  versions: '0',
  flexible: '0+',
  request: {
    /** Empty: all topics that the principal may describe. */
    topics: array('0+', {
      name: string(),
    }),
    /** Partitions in one answer at most; the broker's max.request.partition.size.limit holds as well. */
    responsePartitionLimit: int32('0+', { default: 2000 }),
    /** Where to go on: the first partition to answer, from the last answer's `nextCursor`. Null: at the start. */
    cursor: struct(
      '0+',
      { nullable: '0+', default: null },
      {
        topicName: string(),
        partitionIndex: int32(),
      },
    ),
  },
  response: {
    throttleTimeMs: int32('0+', { ignorable: true }),
    /** By rising name. */
    topics: array('0+', {
      /** UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED. */
      errorCode: int16(),
      name: string('0+', { nullable: '0+' }),
      topicId: uuid('0+', { ignorable: true }),
      isInternal: bool('0+', { default: false, ignorable: true }),
      partitions: array('0+', {
        /** LEADER_NOT_AVAILABLE, LISTENER_NOT_FOUND. */
        errorCode: int16(),
        partitionIndex: int32(),
        /** -1: none. */
        leaderId: int32(),
        leaderEpoch: int32('0+', { default: -1, ignorable: true }),
        /** Brokers that hold the partition; the first is the preferred leader. */
        replicaNodes: array('0+', int32()),
        /** Of them, those in sync with the leader. */
        isrNodes: array('0+', int32()),
        /** Replicas out of sync that may yet lead without loss, as they hold all that was committed. */
        eligibleLeaderReplicas: array('0+', { nullable: '0+', default: null }, int32()),
        /** The last eligible ones, when there are none now. */
        lastKnownElr: array('0+', { nullable: '0+', default: null }, int32()),
        /** Replicas that are down. */
        offlineReplicas: array('0+', { ignorable: true }, int32()),
      }),
      /** See `authorizedOperations` in index.ts. */
      topicAuthorizedOperations: int32('0+', { default: -2147483648 }),
    }),
    /** Null: that was all. */
    nextCursor: struct(
      '0+',
      { nullable: '0+', default: null },
      {
        topicName: string(),
        partitionIndex: int32(),
      },
    ),
  },
})
