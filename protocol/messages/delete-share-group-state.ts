import { api, array, int16, int32, string, uuid } from '../schema/notation.ts'

/**
 * DeleteShareGroupState forgets the stored state of share-partitions (KIP-932). Group coordinators send it to share
 * coordinators when a group or its offsets are deleted.
 */
export const DeleteShareGroupState = api({
  key: 86,
  name: 'DeleteShareGroupState',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partition: int32(),
      }),
    }),
  },
  response: {
    results: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partition: int32(),
        /**
         * UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST, CLUSTER_AUTHORIZATION_FAILED, NOT_COORDINATOR,
         * COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS. A share-partition without state is no error.
         */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
})
