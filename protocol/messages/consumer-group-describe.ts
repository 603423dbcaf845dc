import { api, array, bool, int16, int32, int8, string, struct, uuid } from '../schema/notation.ts'

const assignment = {
  /** By topic id; a deleted topic is left out. */
  topicPartitions: array('0+', {
    topicId: uuid(),
    topicName: string(),
    partitions: array('0+', int32()),
  }),
}

/**
 * ConsumerGroupDescribe shows consumer groups (KIP-848). Tools send it to each group's coordinator; groups of other
 * types answer GROUP_ID_NOT_FOUND.
 *
 * - v1: type of each member (KIP-1099).
 */
export const ConsumerGroupDescribe = api({
  key: 69,
  name: 'ConsumerGroupDescribe',
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
      /** Empty, Assigning, Reconciling, Stable or Dead. Empty with an error. */
      groupState: string(),
      /** Rises with each change of members, subscriptions or topics. */
      groupEpoch: int32(),
      /** Group epoch for which the target assignment was made. */
      assignmentEpoch: int32(),
      /** The one in use, or that would be. */
      assignorName: string(),
      members: array('0+', {
        memberId: string(),
        instanceId: string('0+', { nullable: '0+', default: null }),
        rackId: string('0+', { nullable: '0+', default: null }),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array('0+', string()),
        subscribedTopicRegex: string('0+', { nullable: '0+', default: null }),
        /** What the member holds. */
        assignment: struct('0+', assignment),
        /** What it is to hold in the end. */
        targetAssignment: struct('0+', assignment),
        /** 0: a member by the classic protocol. 1: by the consumer protocol. -1: unknown. */
        memberType: int8('1+', { default: -1, ignorable: true }),
      }),
      authorizedOperations: int32('0+', { default: -2147483648 }),
    }),
  },
})
