import { api, array, int16, int32, int64, int8, string, uuid } from '../schema/notation.ts'

/**
 * ReadShareGroupState reads the stored state of share-partitions (KIP-932). Partition leaders send it to share
 * coordinators when a group first fetches from them.
 */
export const ReadShareGroupState = api({
  key: 84,
  name: 'ReadShareGroupState',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array('0+', {
      topicId: uuid(),
      partitions: array('0+', {
        partition: int32(),
        /** Of the partition's leader; remembered, and older ones are fenced from then on. */
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
         * FENCED_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST (also: not initialised),
         * CLUSTER_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
         */
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        stateEpoch: int32(),
        /** First offset that isn't done with; -1: not known yet. */
        startOffset: int64(),
        /** States from `startOffset` on; an offset without one is available and was never delivered. */
        stateBatches: array('0+', {
          /** Both ends are part of the range. */
          firstOffset: int64(),
          lastOffset: int64(),
          /** 0: available. 2: acknowledged. 4: archived. (1, acquired, isn't stored.) */
          deliveryState: int8(),
          /** How often the records were given out. */
          deliveryCount: int16(),
        }),
      }),
    }),
  },
})
