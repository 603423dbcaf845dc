import { api, array, bool, int16, int32, string, uint16, uuid } from '../schema/notation.ts'

/**
 * AddRaftVoter makes a controller a voter of KRaft's quorum (KIP-853).
 *
 * - v1: the leader may answer before the change is committed (KIP-1186).
 */
export const AddRaftVoter = api({
  key: 80,
  name: 'AddRaftVoter',
  versions: '0-1',
  flexible: '0+',
  request: {
    /** Null: not checked; another: INCONSISTENT_CLUSTER_ID. */
    clusterId: string('0+', { nullable: '0+' }),
    timeoutMs: int32(),
    voterId: int32(),
    /** Id of the voter's metadata directory; with the id it tells a voter from its successor on a new disk. */
    voterDirectoryId: uuid(),
    /** Where the voter is reached. */
    listeners: array('0+', {
      name: string(),
      host: string(),
      port: uint16(),
    }),
    /** False: answer when the leader has written the change. */
    ackWhenCommitted: bool('1+', { default: true }),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * DUPLICATE_VOTER, INVALID_REQUEST, UNSUPPORTED_VERSION (the quorum is of the fixed kind),
     * INCONSISTENT_CLUSTER_ID, REQUEST_TIMED_OUT, CLUSTER_AUTHORIZATION_FAILED, NOT_LEADER_OR_FOLLOWER.
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
})
