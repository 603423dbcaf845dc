import { api, array, bool, int16, int32, string, struct, uuid } from '../schema/notation.ts'

/**
 * ShareGroupDescribe shows share groups (KIP-932). Tools send it to each group's coordinator.
 *
 * - v0: Kafka 4.0's early access, not spoken any more.
 */
export const ShareGroupDescribe = api({
  key: 77,
  name: 'ShareGroupDescribe',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupIds: array('0+', string()),
    /** Asks for `authorizedOperations`. */
    includeAuthorizedOperations: bool(),
  },
  response: {
    throttleTimeMs: int32(),
    groups: array('0+', {
      /**
       * GROUP_ID_NOT_FOUND, INVALID_GROUP_ID, GROUP_AUTHORIZATION_FAILED, TOPIC_AUTHORIZATION_FAILED (a member reads a
       * topic that the principal may not describe), NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE,
       * COORDINATOR_LOAD_IN_PROGRESS.
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      groupId: string(),
      /** Empty, Stable or Dead. Empty with an error. */
      groupState: string(),
      groupEpoch: int32(),
      /** Group epoch for which the assignment was made. */
      assignmentEpoch: int32(),
      assignorName: string(),
      members: array('0+', {
        memberId: string(),
        rackId: string('0+', { nullable: '0+', default: null }),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array('0+', string()),
        assignment: struct('0+', {
          topicPartitions: array('0+', {
            topicId: uuid(),
            topicName: string(),
            partitions: array('0+', int32()),
          }),
        }),
      }),
      authorizedOperations: int32('0+', { default: -2147483648 }),
    }),
  },
})
