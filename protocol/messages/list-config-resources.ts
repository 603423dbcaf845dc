import { api, array, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * ListConfigResources lists resources that have settings. It was ListClientMetricsResources before, and v0 still
 * answers those alone (KIP-714).
 *
 * - v1: all types (KIP-1142).
 */
export const ListConfigResources = api({
  key: 74,
  name: 'ListConfigResources',
  versions: '0-1',
  flexible: '0+',
  request: {
    /** As in DescribeConfigs; empty: all. A type that can't be listed: UNSUPPORTED_VERSION. */
    resourceTypes: array('1+', int8()),
  },
  response: {
    throttleTimeMs: int32(),
    /** UNSUPPORTED_VERSION, CLUSTER_AUTHORIZATION_FAILED. */
    errorCode: int16(),
    configResources: array('0+', {
      resourceName: string(),
      /** As in DescribeConfigs. */
      resourceType: int8('1+', { default: 16, ignorable: true }),
    }),
  },
})
