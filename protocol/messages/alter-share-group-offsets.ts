import { api, array, int16, int32, int64, string, uuid } from '../schema/notation.ts'

/**
 * AlterShareGroupOffsets sets the start offsets of a share group without members (KIP-932). Sent to the group's
 * coordinator. All delivery states of the partitions are forgotten.
 */
export const AlterShareGroupOffsets = api({
  key: 91,
  name: 'AlterShareGroupOffsets',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array('0+', {
      topicName: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        startOffset: int64(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND (a group of another protocol; an unknown one is created), INVALID_GROUP_ID,
     * GROUP_AUTHORIZATION_FAILED, UNSUPPORTED_VERSION (share groups are off), NOT_COORDINATOR,
     * COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array('0+', {
      topicName: string(),
      topicId: uuid(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED. */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
})
