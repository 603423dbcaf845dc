import { api, array, int16, int32, int64, string, uuid } from '../schema/notation.ts'

/**
 * InitializeShareGroupState begins the stored state of share-partitions (KIP-932). Group coordinators send it to share
 * coordinators when a group starts to read a partition, or an admin sets its start offset.
 */
export const InitializeShareGroupState = api({
  key: 83,
  name: 'InitializeShareGroupState',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partition: int32(),
        /** Rises each time that a share-partition begins anew; fences writers of before. */
        stateEpoch: int32(),
        /** -1: not known yet; the partition's leader finds it by the group's reset setting. */
        startOffset: int64(),
      }),
    }),
  },
  response: {
    results: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partition: int32(),
        /**
         * FENCED_STATE_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST, CLUSTER_AUTHORIZATION_FAILED,
         * NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
         */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
})
