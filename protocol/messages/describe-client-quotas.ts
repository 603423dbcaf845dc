import { api, array, bool, float64, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * DescribeClientQuotas lists quotas (KIP-546). A quota belongs to an entity: a user, a client id, both, or an address.
 */
export const DescribeClientQuotas = api({
  key: 48,
  name: 'DescribeClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    /** All must hold; empty with `strict` false: all quotas. */
    components: array('0+', {
      /** "user", "client-id" or "ip"; each at most once. */
      entityType: string(),
      /** 0: the name in `match`. 1: the default entity. 2: any that is given. */
      matchType: int8(),
      /** Null unless `matchType` is 0. */
      match: string('0+', { nullable: '0+' }),
    }),
    /** True: entities with further parts don't match. */
    strict: bool(),
  },
  response: {
    throttleTimeMs: int32(),
    /** INVALID_REQUEST, UNSUPPORTED_VERSION (an unknown type), CLUSTER_AUTHORIZATION_FAILED. */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    /** Null with an error. */
    entries: array(
      '0+',
      { nullable: '0+' },
      {
        entity: array('0+', {
          entityType: string(),
          /** Null: the default entity. */
          entityName: string('0+', { nullable: '0+' }),
        }),
        values: array('0+', {
          /**
           * producer_byte_rate, consumer_byte_rate (bytes a second), request_percentage, controller_mutation_rate
           * (partitions a second), connection_creation_rate (a second).
           */
          key: string(),
          value: float64(),
        }),
      },
    ),
  },
})
