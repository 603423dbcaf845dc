import { api, array, int16, int32, int64, string, uuid } from '../schema/notation.ts'

/**
 * ReadShareGroupStateSummary reads where share-partitions stand, without the states of records (KIP-932). Group
 * coordinators send it to share coordinators to describe offsets.
 *
 * - v1: how much is done beyond the start offset, for the lag (KIP-1226).
 */
export const ReadShareGroupStateSummary = api({
  key: 87,
  name: 'ReadShareGroupStateSummary',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partition: int32(),
        /** -1: not checked. */
        leaderEpoch: int32(),
      }),
    }),
  },
  response: {
    results: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partition: int32(),
        /**
         * UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST, FENCED_LEADER_EPOCH, CLUSTER_AUTHORIZATION_FAILED,
         * NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
         */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        stateEpoch: int32(),
        leaderEpoch: int32(),
        /** First offset that isn't done with; -1: not known yet. */
        startOffset: int64(),
        /** Records from `startOffset` on that are done with; -1: unknown. */
        deliveryCompleteCount: int32('1+', { default: -1, ignorable: true }),
      }),
    }),
  },
})
