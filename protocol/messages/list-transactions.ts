import { api, array, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * ListTransactions lists the transactional ids of which this broker is the coordinator; a client asks every broker
 * (KIP-664).
 *
 * - v1: only transactions that run for some time (KIP-994).
 * - v2: a pattern of names (KIP-1152).
 */
export const ListTransactions = api({
  key: 66,
  name: 'ListTransactions',
  versions: '0-2',
  flexible: '0+',
  request: {
    /** States as in DescribeTransactions; empty: all. */
    stateFilters: array('0+', string()),
    /** Empty: all. */
    producerIdFilters: array('0+', int64()),
    /** Only transactions that run for longer than so many milliseconds. Negative: all. */
    durationFilter: int64('1+', { default: -1 }),
    /**
     * Regular expression (RE2) that the whole id must match; null or empty: all. A bad one:
     * INVALID_REGULAR_EXPRESSION.
     */
    transactionalIdPattern: string('2+', { nullable: '2+', default: null }),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, INVALID_REGULAR_EXPRESSION. Ids that the principal may
     * not describe are left out.
     */
    errorCode: int16(),
    /** Those of `stateFilters` that are no states. */
    unknownStateFilters: array('0+', string()),
    transactionStates: array('0+', {
      transactionalId: string(),
      producerId: int64(),
      transactionState: string(),
    }),
  },
})
