import { api, array, bool, int16, int32, int8, string, uuid } from '../schema/notation.ts'

/**
 * GetTelemetrySubscriptions asks which metrics of the client the cluster wants to have, and how often (KIP-714).
 * Offered only by brokers that have a receiver for them.
 */
export const GetTelemetrySubscriptions = api({
  key: 71,
  name: 'GetTelemetrySubscriptions',
  versions: '0',
  flexible: '0+',
  request: {
    /** All zeroes at first: the broker gives one. */
    clientInstanceId: uuid(),
  },
  response: {
    throttleTimeMs: int32(),
    /** INVALID_REQUEST, THROTTLING_QUOTA_EXCEEDED (asked again too soon). */
    errorCode: int16(),
    /** The id given; all zeroes if the client had one. */
    clientInstanceId: uuid(),
    /** Names this set of wishes; changes when they do. To be repeated in PushTelemetry. */
    subscriptionId: int32(),
    /** As in record batches (1 gzip, 2 snappy, 3 lz4, 4 zstd), best first; empty: none. */
    acceptedCompressionTypes: array('0+', int8()),
    pushIntervalMs: int32(),
    telemetryMaxBytes: int32(),
    /** True: values since the last push. False: values since the start. */
    deltaTemporality: bool(),
    /** Prefixes of names. Empty: none are wanted. One empty string: all. */
    requestedMetrics: array('0+', string()),
  },
})
