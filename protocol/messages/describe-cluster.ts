import { api, array, bool, int16, int32, int8, string } from '../schema/notation.ts'

/**
 * DescribeCluster tells an admin client the cluster's nodes, without topics (KIP-700).
 *
 * - v1: brokers or controllers (KIP-919).
 * - v2: fenced brokers (KIP-1073).
 */
export const DescribeCluster = api({
  key: 60,
  name: 'DescribeCluster',
  versions: '0-2',
  flexible: '0+',
  request: {
    includeClusterAuthorizedOperations: bool(),
    /**
     * 1: brokers. 2: controllers. A listener of the other kind: MISMATCHED_ENDPOINT_TYPE; unknown:
     * UNSUPPORTED_ENDPOINT_TYPE.
     */
    endpointType: int8('1+', { default: 1 }),
    /** Brokers that are registered but not live are listed too. */
    includeFencedBrokers: bool('2+'),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    endpointType: int8('1+', { default: 1 }),
    clusterId: string(),
    /** -1: unknown. A KRaft broker names any live broker. */
    controllerId: int32('0+', { default: -1 }),
    /** With the addresses of the listener on which the request came. */
    brokers: array('0+', {
      brokerId: int32(),
      host: string(),
      port: int32(),
      rack: string('0+', { nullable: '0+', default: null }),
      isFenced: bool('2+'),
    }),
    /** See `authorizedOperations` in index.ts. */
    clusterAuthorizedOperations: int32('0+', { default: -2147483648 }),
  },
})
