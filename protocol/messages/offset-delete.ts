import { api, array, int16, int32, string } from '../schema/notation.ts'

/** OffsetDelete forgets committed offsets of single partitions. Tools send it to the group's coordinator (KIP-496). */
export const OffsetDelete = api({
  key: 47,
  name: 'OffsetDelete',
  versions: '0',
  flexible: 'none',
  request: {
    groupId: string(),
    topics: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
      }),
    }),
  },
  response: {
    /**
     * GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP (members that don't subscribe to topics by the consumer protocol),
     * GROUP_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
     */
    errorCode: int16(),
    throttleTimeMs: int32('0+', { ignorable: true }),
    topics: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /**
         * GROUP_SUBSCRIBED_TO_TOPIC (a live member reads the topic), UNKNOWN_TOPIC_OR_PARTITION,
         * TOPIC_AUTHORIZATION_FAILED. A partition without an offset is no error.
         */
        errorCode: int16(),
      }),
    }),
  },
})
