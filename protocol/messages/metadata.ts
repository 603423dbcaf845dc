import { api, array, bool, int16, int32, string, uuid } from '../schema/notation.ts'

/**
 * Metadata tells a client the brokers, the topics, and each partition's leader. Every client sends it first and again
 * whenever it meets a wrong leader. A topic that doesn't exist may be created by it.
 *
 * - v0: an empty list of topics means all.
 * - v1: null means all, empty none; controller, racks, internal topics.
 * - v2: cluster id (KIP-78).
 * - v4: the client may forbid auto-creation.
 * - v5: offline replicas (KIP-112).
 * - v6: while throttled the client itself waits, not the answer (KIP-219).
 * - v7: leader epochs (KIP-320).
 * - v8: authorised operations (KIP-430).
 * - v10: topic ids (KIP-516).
 * - v11: the cluster's authorised operations moved to DescribeCluster (KIP-700).
 * - v12: topics may be asked for by id (KIP-516).
 * - v13: REBOOTSTRAP_REQUIRED for the whole answer (KIP-1102).
 */
export const Metadata = api({
  key: 3,
  name: 'Metadata',
  versions: '0-13',
  flexible: '9+',
  request: {
    /** Null (in v0 an empty list) asks for all topics. */
    topics: array(
      '0+',
      { nullable: '1+' },
      {
        /** From v12 on a topic may be named by this alone, with a null name; all zeroes: by name. */
        topicId: uuid('10+', { ignorable: true }),
        name: string('0+', { nullable: '10+' }),
      },
    ),
    /**
     * A missing topic is created if this and the broker's auto.create.topics.enable are true. Versions before always
     * ask for it.
     */
    allowAutoTopicCreation: bool('4+', { default: true }),
    includeClusterAuthorizedOperations: bool('8-10'),
    includeTopicAuthorizedOperations: bool('8+'),
  },
  response: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    /** Live brokers, with the addresses of the listener on which the request came. */
    brokers: array('0+', {
      nodeId: int32(),
      host: string(),
      port: int32(),
      /** Null: none known. */
      rack: string('1+', { nullable: '1+', default: null, ignorable: true }),
    }),
    /** The same for all brokers of a cluster; clients show it and compare it. */
    clusterId: string('2+', { nullable: '2+', default: null, ignorable: true }),
    /** -1: unknown. A KRaft broker names any live broker, and forwards what is for the controller. */
    controllerId: int32('1+', { default: -1, ignorable: true }),
    topics: array('0+', {
      /**
       * UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, LEADER_NOT_AVAILABLE (being created; clients ask again),
       * INVALID_TOPIC_EXCEPTION (a name that can't be), TOPIC_AUTHORIZATION_FAILED, INVALID_REQUEST (an id before
       * v12), INVALID_REPLICATION_FACTOR (auto-creation is impossible).
       */
      errorCode: int16(),
      /** Null: asked for by an id that isn't known. */
      name: string('0+', { nullable: '12+' }),
      topicId: uuid('10+', { ignorable: true }),
      /** True for __consumer_offsets, __transaction_state and __share_group_state. */
      isInternal: bool('1+', { default: false, ignorable: true }),
      /** Every partition, in any order. */
      partitions: array('0+', {
        /**
         * LEADER_NOT_AVAILABLE (no leader), LISTENER_NOT_FOUND (the leader lacks the client's listener),
         * REPLICA_NOT_AVAILABLE (v0: a replica is down).
         */
        errorCode: int16(),
        partitionIndex: int32(),
        /** -1: none. */
        leaderId: int32(),
        leaderEpoch: int32('7+', { default: -1, ignorable: true }),
        /** Brokers that hold the partition; the first is the preferred leader. */
        replicaNodes: array('0+', int32()),
        /** Of them, those in sync with the leader. */
        isrNodes: array('0+', int32()),
        /** Of them, those that are down. */
        offlineReplicas: array('5+', { ignorable: true }, int32()),
      }),
      /** See `authorizedOperations` in index.ts. */
      topicAuthorizedOperations: int32('8+', { default: -2147483648 }),
    }),
    /** See `authorizedOperations` in index.ts. */
    clusterAuthorizedOperations: int32('8-10', { default: -2147483648 }),
    errorCode: int16('13+', { ignorable: true }),
  },
})
