/**
 * The bytes that members of the classic group protocol exchange when its type is "consumer": the coordinator passes
 * them on in JoinGroup and SyncGroup, and reads subscriptions only to know which topics a group reads.
 *
 * Each is preceded by its version, an int16, which this file doesn't show. A reader takes the fields that it knows and
 * ignores bytes behind them, so that a newer version can be read as an older one.
 */
import { array, bytes, int32, message, string } from '../schema/notation.ts'

/**
 * What a consumer wants: JoinGroup's `protocols[].metadata`.
 *
 * - v1: what the member holds, for cooperative rebalancing (KIP-429).
 * - v2: the generation in which it got that (KIP-792).
 * - v3: rack (KIP-881).
 */
export const ConsumerProtocolSubscription = message({
  name: 'ConsumerProtocolSubscription',
  versions: '0-3',
  flexible: 'none',
  fields: {
    topics: array('0+', string()),
    /** The assignor's own. */
    userData: bytes('0+', { nullable: '0+', default: null }),
    /** Partitions that the member has had until now. */
    ownedPartitions: array(
      '1+',
      { ignorable: true },
      {
        topic: string('1+'),
        partitions: array('1+', int32()),
      },
    ),
    /** -1: none yet, or given up. */
    generationId: int32('2+', { default: -1, ignorable: true }),
    rackId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  },
})

/** What a consumer gets: SyncGroup's `assignment`. The versions are those of the subscription and all alike. */
export const ConsumerProtocolAssignment = message({
  name: 'ConsumerProtocolAssignment',
  versions: '0-3',
  flexible: 'none',
  fields: {
    assignedPartitions: array('0+', {
      topic: string(),
      partitions: array('0+', int32()),
    }),
    /** The assignor's own. */
    userData: bytes('0+', { nullable: '0+', default: null }),
  },
})
