import { api, array, int16, int32, int64, string, uuid } from '../schema/notation.ts'

/** DescribeShareGroupOffsets. */
export const DescribeShareGroupOffsets = api({
  key: 90,
  name: 'DescribeShareGroupOffsets',
  versions: '0-1',
  flexible: '0+',
  request: {
    groups: array('0+', {
      groupId: string(),
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
      topics: array('0+', {
        topicName: string(),
        topicId: uuid(),
        partitions: array('0+', {
          partitionIndex: int32(),
          startOffset: int64(),
          leaderEpoch: int32(),
          lag: int64('1+', { default: -1, ignorable: true }),
          errorCode: int16(),
          errorMessage: string('0+', { nullable: '0+', default: null }),
        }),
      }),
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
})
