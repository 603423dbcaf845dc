import { api, int16, int32, string, uuid } from '../schema/notation.ts'

/** RemoveRaftVoter takes a voter out of KRaft's quorum (KIP-853). */
export const RemoveRaftVoter = api({
  key: 81,
  name: 'RemoveRaftVoter',
  versions: '0',
  flexible: '0+',
  request: {
    /** Null: not checked; another: INCONSISTENT_CLUSTER_ID. */
    clusterId: string('0+', { nullable: '0+' }),
    voterId: int32(),
    /** Id of the voter's metadata directory. */
    voterDirectoryId: uuid(),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * VOTER_NOT_FOUND, INVALID_REQUEST, UNSUPPORTED_VERSION (the quorum is of the fixed kind),
     * INCONSISTENT_CLUSTER_ID, REQUEST_TIMED_OUT, CLUSTER_AUTHORIZATION_FAILED, NOT_LEADER_OR_FOLLOWER.
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
})
