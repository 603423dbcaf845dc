import { array, bytes, int32, message, string } from '../schema/notation.ts'

/** ConsumerProtocolSubscription. */
export const ConsumerProtocolSubscription = message({
  name: 'ConsumerProtocolSubscription',
  versions: '0-3',
  flexible: 'none',
  fields: {
    topics: array('0+', string()),
    userData: bytes('0+', { nullable: '0+', default: null }),
    ownedPartitions: array(
      '1+',
      { ignorable: true },
      {
        topic: string('1+'),
        partitions: array('1+', int32()),
      },
    ),
    generationId: int32('2+', { default: -1, ignorable: true }),
    rackId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  },
})

/** ConsumerProtocolAssignment. */
export const ConsumerProtocolAssignment = message({
  name: 'ConsumerProtocolAssignment',
  versions: '0-3',
  flexible: 'none',
  fields: {
    assignedPartitions: array('0+', {
      topic: string(),
      partitions: array('0+', int32()),
    }),
    userData: bytes('0+', { nullable: '0+', default: null }),
  },
})
