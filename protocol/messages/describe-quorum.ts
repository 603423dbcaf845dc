import { api, array, int16, int32, int64, string, uint16, uuid } from '../schema/notation.ts'

const replicaState = {
  replicaId: int32(),
  replicaDirectoryId: uuid('2+'),
  /** -1: unknown. */
  logEndOffset: int64(),
  /** When the leader last saw it fetch, in milliseconds since 1970; -1: unknown. */
  lastFetchTimestamp: int64('1+', { default: -1, ignorable: true }),
  /** When it last had all that the leader had; -1: unknown. */
  lastCaughtUpTimestamp: int64('1+', { default: -1, ignorable: true }),
}

/**
 * DescribeQuorum shows the Raft quorum of KRaft's controllers: leader, voters, observers and how far each is
 * (KIP-595).
 *
 * - v1: when replicas fetched last (KIP-836).
 * - v2: directory ids, addresses of the voters, error messages (KIP-853).
 */
export const DescribeQuorum = api({
  key: 55,
  name: 'DescribeQuorum',
  versions: '0-2',
  flexible: '0+',
  request: {
    /** Only partition 0 of __cluster_metadata exists for this API. */
    topics: array('0+', {
      topicName: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
      }),
    }),
  },
  response: {
    /** INVALID_REQUEST, CLUSTER_AUTHORIZATION_FAILED. */
    errorCode: int16(),
    errorMessage: string('2+', { nullable: '2+', ignorable: true }),
    topics: array('0+', {
      topicName: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER. */
        errorCode: int16(),
        errorMessage: string('2+', { nullable: '2+', ignorable: true }),
        /** -1: none. */
        leaderId: int32(),
        leaderEpoch: int32(),
        /** -1: unknown. */
        highWatermark: int64(),
        currentVoters: array('0+', replicaState),
        observers: array('0+', replicaState),
      }),
    }),
    /** Addresses of the voters. */
    nodes: array('2+', {
      nodeId: int32('2+'),
      listeners: array('2+', {
        name: string('2+'),
        host: string('2+'),
        port: uint16('2+'),
      }),
    }),
  },
})
