import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { ListConfigResources } from '../../protocol/messages/list-config-resources.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { resourceTypes } from '../cluster/metadata-image.ts'
import { handler } from './handler.ts'

/** The types in the order in which Kafka 4.3 answers them. */
const listed = [
  resourceTypes.GROUP,
  resourceTypes.CLIENT_METRICS,
  resourceTypes.BROKER_LOGGER,
  resourceTypes.BROKER,
  resourceTypes.TOPIC,
]

const namesOf = (type: number, cluster: Cluster): string[] => {
  if (type === resourceTypes.TOPIC) return Array.from(cluster.topics(), topic => topic.name)
  if (type === resourceTypes.GROUP) return cluster.configuredGroups()
  // No client metrics are kept: telemetry isn't served.
  return type === resourceTypes.CLIENT_METRICS ? [] : cluster.brokers().map(({ id }) => String(id))
}

/** ListConfigResources (KIP-1142): every topic and broker, and the groups that have settings of their own. */
export const listConfigResources = handler(ListConfigResources, {
  handle({ resourceTypes: asked }, { apiVersion }, { cluster }) {
    if (apiVersion === 0) return { throttleTimeMs: 0, errorCode: codeOf('NONE'), configResources: [] }
    const unknown = asked.find(type => !(listed as readonly number[]).includes(type))
    if (unknown !== undefined)
      throw new KafkaError('UNSUPPORTED_VERSION', `resources of type ${unknown} can't be listed`)
    const types = listed.filter(type => asked.length === 0 || asked.includes(type))
    return {
      throttleTimeMs: 0,
      errorCode: codeOf('NONE'),
      configResources: types.flatMap(resourceType =>
        namesOf(resourceType, cluster).map(resourceName => ({ resourceName, resourceType })),
      ),
    }
  },
  refuse: (_request, { code }) => ({ throttleTimeMs: 0, errorCode: code, configResources: [] }),
})
