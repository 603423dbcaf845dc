import { api, array, int16, int32, int64, string, uuid } from '../schema/notation.ts'

/**
 * DescribeShareGroupOffsets shows how far share groups are (KIP-932). Tools send it to each group's coordinator.
 *
 * - v1: lag (KIP-1226).
 */
export const DescribeShareGroupOffsets = api({
  key: 90,
  name: 'DescribeShareGroupOffsets',
  versions: '0-1',
  flexible: '0+',
  request: {
    groups: array('0+', {
      groupId: string(),
      /** Null: all that the group has state for. */
      topics: array(
        '0+',
        { nullable: '0+' },
        {
          topicName: string(),
          partitions: array('0+', int32()),
        },
      ),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    groups: array('0+', {
      groupId: string(),
      /** Empty for an unknown group, which is no error. */
      topics: array('0+', {
        topicName: string(),
        topicId: uuid(),
        partitions: array('0+', {
          partitionIndex: int32(),
          /** First offset that isn't done with; -1: none known. */
          startOffset: int64(),
          leaderEpoch: int32(),
          /** Records that aren't done with; -1: unknown. */
          lag: int64('1+', { default: -1, ignorable: true }),
          /** TOPIC_AUTHORIZATION_FAILED. */
          errorCode: int16(),
          errorMessage: string('0+', { nullable: '0+', default: null }),
        }),
      }),
      /**
       * GROUP_AUTHORIZATION_FAILED, UNSUPPORTED_VERSION (share groups are off), NOT_COORDINATOR,
       * COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
})
