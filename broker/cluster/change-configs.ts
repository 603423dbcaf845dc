/**
 * Changes of settings as both altering APIs make them: loggers here and now, all else through the cluster's metadata.
 */
import { KafkaError } from '../../protocol/errors.ts'
import type { Broker } from '../broker.ts'
import { alterLoggers } from './broker-loggers.ts'
import type { ResourceChanges } from './config-decisions.ts'
import { resourceTypes } from './metadata-image.ts'

/** Each result is null or what was wrong (see `decideConfigChanges` and `alterLoggers`), in the resources' order. */
export const changeConfigs = async (
  { cluster, logger, nodeId }: Pick<Broker, 'cluster' | 'logger' | 'nodeId'>,
  resources: readonly ResourceChanges[],
  validateOnly: boolean,
): Promise<readonly (null | KafkaError)[]> => {
  const durable = resources.filter(({ type }) => type !== resourceTypes.BROKER_LOGGER)
  const results = await cluster.alterConfigs(durable, { validateOnly })
  let next = 0
  return resources.map(({ type, name, changes, replace }) => {
    if (type !== resourceTypes.BROKER_LOGGER) return results[next++]!
    try {
      if (name !== String(nodeId)) {
        throw new KafkaError('INVALID_REQUEST', `Unexpected broker id, expected ${nodeId}, but received ${name}`)
      }
      if (replace) throw new KafkaError('INVALID_REQUEST', 'Levels of loggers are changed by IncrementalAlterConfigs')
      alterLoggers(logger, changes, validateOnly)
      return null
    } catch (error) {
      if (error instanceof KafkaError) return error
      throw error
    }
  })
}
