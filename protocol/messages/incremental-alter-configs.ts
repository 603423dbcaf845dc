import { api, array, bool, int16, int32, int8, string } from '../schema/notation.ts'

/** IncrementalAlterConfigs changes single settings and leaves the others alone (KIP-339). */
export const IncrementalAlterConfigs = api({
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: '0-1',
  flexible: '1+',
  request: {
    resources: array('0+', {
      /** As in DescribeConfigs: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group. */
      resourceType: int8(),
      /** Empty with type 4: the defaults of all brokers. */
      resourceName: string(),
      configs: array('0+', {
        name: string(),
        /**
         * 0: set. 1: delete, back to the default. 2: append to a list. 3: subtract from a list. 2 and 3 of what is no
         * list: INVALID_CONFIG; others: INVALID_REQUEST (Kafka 4.3: UNKNOWN_SERVER_ERROR).
         */
        configOperation: int8(),
        /** Null with delete, otherwise INVALID_REQUEST. With 2 and 3: members, comma-separated. */
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
       * INVALID_CONFIG (an unknown key or a bad value), INVALID_REQUEST (a resource or key twice, a bad operation),
       * UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, POLICY_VIOLATION, TOPIC_AUTHORIZATION_FAILED,
       * CLUSTER_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED.
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8(),
      resourceName: string(),
    }),
  },
})
