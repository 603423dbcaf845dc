import { api, array, int16, int32, int64, int8, string, uuid } from '../schema/notation.ts'

/**
 * WriteShareGroupState stores changes in the state of share-partitions (KIP-932). Partition leaders send it to share
 * coordinators as members acknowledge.
 *
 * - v1: how much is done beyond the start offset, for the lag (KIP-1226).
 */
export const WriteShareGroupState = api({
  key: 85,
  name: 'WriteShareGroupState',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partition: int32(),
        /** As read; an older one is FENCED_STATE_EPOCH. */
        stateEpoch: int32(),
        /** Of the partition's leader; an older one is FENCED_LEADER_EPOCH. */
        leaderEpoch: int32(),
        /** -1: unchanged. */
        startOffset: int64(),
        /** Records from `startOffset` on that are done with; -1: unknown. */
        deliveryCompleteCount: int32('1+', { default: -1, ignorable: true }),
        /** Only what changed. */
        stateBatches: array('0+', {
          /** Both ends are part of the range. */
          firstOffset: int64(),
          lastOffset: int64(),
          /** 0: available. 2: acknowledged. 4: archived. */
          deliveryState: int8(),
          deliveryCount: int16(),
        }),
      }),
    }),
  },
  response: {
    results: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partition: int32(),
        /**
         * FENCED_STATE_EPOCH, FENCED_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST (also: not
         * initialised), CLUSTER_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE,
         * COORDINATOR_LOAD_IN_PROGRESS.
         */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
})
