import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { DescribeCluster } from '../../protocol/messages/describe-cluster.ts'
import { allOperations, NO_OPERATIONS } from '../cluster/authorised-operations.ts'
import { handler } from './handler.ts'

/** Endpoint types (KIP-919): what a client that bootstraps from brokers or from controllers asks for. */
const endpointTypes = { BROKER: 1, CONTROLLER: 2 } as const

/** DescribeCluster: the brokers and how to reach them. There are no controllers besides them. */
export const describeCluster = handler(DescribeCluster, {
  handle(request, context, { cluster }) {
    if (request.endpointType === endpointTypes.CONTROLLER) {
      throw new KafkaError(
        'MISMATCHED_ENDPOINT_TYPE',
        'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
      )
    }
    if (request.endpointType !== endpointTypes.BROKER) {
      throw new KafkaError('UNSUPPORTED_ENDPOINT_TYPE', `Unsupported endpoint type ${request.endpointType}`)
    }
    return {
      throttleTimeMs: 0,
      errorCode: codeOf('NONE'),
      clusterId: cluster.clusterId,
      controllerId: cluster.controllerId,
      brokers: cluster.brokers().map(node => {
        const { host, port } = cluster.advertised(node, context.client)
        return { brokerId: node.id, host, port, rack: node.rack }
      }),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? allOperations.cluster : NO_OPERATIONS,
    }
  },
  refuse: (_request, { code, detail }) => ({
    throttleTimeMs: 0,
    errorCode: code,
    errorMessage: detail,
    clusterId: '',
    brokers: [],
  }),
})
