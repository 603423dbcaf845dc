import { api, array, bool, float64, int16, int32, string } from '../schema/notation.ts'

/** AlterClientQuotas sets and removes quotas (KIP-546). Entities and keys as in DescribeClientQuotas. */
export const AlterClientQuotas = api({
  key: 49,
  name: 'AlterClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    entries: array('0+', {
      entity: array('0+', {
        entityType: string(),
        /** Null: the default entity. */
        entityName: string('0+', { nullable: '0+' }),
      }),
      ops: array('0+', {
        key: string(),
        value: float64(),
        /** True: the value means nothing. */
        remove: bool(),
      }),
    }),
    /** Only says what would be answered. */
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32(),
    entries: array('0+', {
      /**
       * INVALID_REQUEST (an unknown key or type, an entity that can't be, a bad value), CLUSTER_AUTHORIZATION_FAILED.
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      entity: array('0+', {
        entityType: string(),
        entityName: string('0+', { nullable: '0+' }),
      }),
    }),
  },
})
