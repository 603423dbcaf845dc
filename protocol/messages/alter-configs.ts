import { api, array, bool, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * AlterConfigs sets all settings of a resource: what isn't named goes back to its default. Superseded by
 * IncrementalAlterConfigs, kept for older clients (KIP-133).
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 */
export const AlterConfigs = api({
  key: 33,
  name: 'AlterConfigs',
  versions: '0-2',
  flexible: '2+',
  request: {
    resources: array('0+', {
      /** As in DescribeConfigs: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group. */
      resourceType: int8(),
      /** Empty with type 4: the defaults of all brokers. */
      resourceName: string(),
      configs: array('0+', {
        name: string(),
        /** Null: INVALID_REQUEST. */
        value: string('0+', { nullable: '0+' }),
      }),
    }),
    /** Only says what would be answered. */
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32(),
    responses: array('0+', {
      /**
       * INVALID_CONFIG (an unknown key or a bad value), INVALID_REQUEST (a resource twice, a setting that can't be
       * dynamic), UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, POLICY_VIOLATION, TOPIC_AUTHORIZATION_FAILED,
       * CLUSTER_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED.
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8(),
      resourceName: string(),
    }),
  },
})
