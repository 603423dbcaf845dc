import { api, bool, bytes, int16, int32, int8, uuid } from '../schema/notation.ts'

/** PushTelemetry hands over a client's metrics, as GetTelemetrySubscriptions asked for (KIP-714). */
export const PushTelemetry = api({
  key: 72,
  name: 'PushTelemetry',
  versions: '0',
  flexible: '0+',
  request: {
    clientInstanceId: uuid(),
    /** Of the last GetTelemetrySubscriptions; another: UNKNOWN_SUBSCRIPTION_ID, and the client asks again. */
    subscriptionId: int32(),
    /** The client closes: this is the last push and may come early. */
    terminating: bool(),
    /** As in record batches: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. Others: UNSUPPORTED_COMPRESSION_TYPE. */
    compressionType: int8(),
    /** OpenTelemetry's MetricsData, as protobuf, compressed as said. */
    metrics: bytes(),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * UNKNOWN_SUBSCRIPTION_ID, UNSUPPORTED_COMPRESSION_TYPE, TELEMETRY_TOO_LARGE, INVALID_RECORD, INVALID_REQUEST,
     * THROTTLING_QUOTA_EXCEEDED (pushed too soon).
     */
    errorCode: int16(),
  },
})
