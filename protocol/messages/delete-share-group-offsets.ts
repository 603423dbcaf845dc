import { api, array, int16, int32, string, uuid } from '../schema/notation.ts'

/**
 * DeleteShareGroupOffsets forgets topics of a share group without members (KIP-932). Sent to the group's coordinator.
 */
export const DeleteShareGroupOffsets = api({
  key: 92,
  name: 'DeleteShareGroupOffsets',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array('0+', {
      topicName: string(),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, INVALID_GROUP_ID, GROUP_AUTHORIZATION_FAILED, UNSUPPORTED_VERSION (share
     * groups are off), NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array('0+', {
      topicName: string(),
      topicId: uuid(),
      /** UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED. */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
})
