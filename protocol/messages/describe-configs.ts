import { api, array, bool, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * DescribeConfigs shows settings and where each value comes from. A broker's own settings are asked of that broker,
 * all else of any.
 *
 * - v1: sources and synonyms (KIP-226).
 * - v2: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: types and documentation (KIP-569).
 *
 * Kafka 4 dropped v0.
 */
export const DescribeConfigs = api({
  key: 32,
  name: 'DescribeConfigs',
  versions: '0-4',
  flexible: '4+',
  request: {
    resources: array('0+', {
      /** 2: topic. 4: broker. 8: broker logger. 16: client metrics. 32: group. */
      resourceType: int8(),
      /** A topic, a broker id, or a group. Empty with type 4: the defaults of all brokers. */
      resourceName: string(),
      /** Null: all. */
      configurationKeys: array('0+', { nullable: '0+' }, string()),
    }),
    /** Asks for `synonyms`. */
    includeSynonyms: bool('1+', { default: false }),
    /** Asks for `documentation`. */
    includeDocumentation: bool('3+', { default: false }),
  },
  response: {
    throttleTimeMs: int32(),
    results: array('0+', {
      /**
       * UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, INVALID_REQUEST (another broker's id, an unknown type),
       * TOPIC_AUTHORIZATION_FAILED, CLUSTER_AUTHORIZATION_FAILED, GROUP_AUTHORIZATION_FAILED.
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8(),
      resourceName: string(),
      configs: array('0+', {
        name: string(),
        /** Null: sensitive, or not set. */
        value: string('0+', { nullable: '0+' }),
        /** Can't be altered while the broker runs. */
        readOnly: bool(),
        /** Nobody set it. */
        isDefault: bool('0'),
        /**
         * 1: the topic. 2: this broker, dynamic. 3: all brokers, dynamic. 4: the broker's properties file. 5: Kafka's
         * default. 6: broker logger. 7: client metrics. 8: the group. -1 and 0: unknown.
         */
        configSource: int8('1+', { default: -1, ignorable: true }),
        /** A password or the like; its value is never told. */
        isSensitive: bool(),
        /**
         * Every setting from which the value could come, the one that counts first, each with its own value and
         * source. A topic's segment.bytes is followed by the broker's log.segment.bytes.
         */
        synonyms: array(
          '1+',
          { ignorable: true },
          {
            name: string('1+'),
            value: string('1+', { nullable: '0+' }),
            /** As `configSource`. */
            source: int8('1+'),
          },
        ),
        /** 1: boolean. 2: string. 3: int. 4: short. 5: long. 6: double. 7: list. 8: class. 9: password. 0: unknown. */
        configType: int8('3+', { default: 0, ignorable: true }),
        /** Null if not asked for. */
        documentation: string('3+', { nullable: '0+', ignorable: true }),
      }),
    }),
  },
})
