import { api, array, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * ElectLeaders moves leadership back to preferred leaders, or makes an unclean replica leader when no other is left
 * (KIP-183).
 *
 * - v1: unclean election, by `electionType` (KIP-460).
 */
export const ElectLeaders = api({
  key: 43,
  name: 'ElectLeaders',
  versions: '0-2',
  flexible: '2+',
  request: {
    /** 0: the preferred leader (all that v0 can). 1: unclean. Others: INVALID_REQUEST. */
    electionType: int8('1+'),
    /** Null: all partitions. */
    topicPartitions: array(
      '0+',
      { nullable: '0+' },
      {
        topic: string(),
        partitions: array('0+', int32()),
      },
    ),
    timeoutMs: int32('0+', { default: 60000 }),
  },
  response: {
    throttleTimeMs: int32(),
    /** CLUSTER_AUTHORIZATION_FAILED, NOT_CONTROLLER, REQUEST_TIMED_OUT. */
    errorCode: int16('1+'),
    /** When all were asked for, without partitions for which an election was needless. */
    replicaElectionResults: array('0+', {
      topic: string(),
      partitionResult: array('0+', {
        partitionId: int32(),
        /**
         * ELECTION_NOT_NEEDED (it leads already), PREFERRED_LEADER_NOT_AVAILABLE, ELIGIBLE_LEADERS_NOT_AVAILABLE,
         * UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION.
         */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+' }),
      }),
    }),
  },
})
