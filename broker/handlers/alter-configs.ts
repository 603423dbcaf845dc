import { AlterConfigs } from '../../protocol/messages/alter-configs.ts'
import { changeConfigs } from '../cluster/change-configs.ts'
import { configOperations } from '../cluster/config-decisions.ts'
import { alteration } from './incremental-alter-configs.ts'
import { handler } from './handler.ts'

/** AlterConfigs: the settings given become all that the resource has; those not given fall back to their defaults. */
export const alterConfigs = handler(AlterConfigs, {
  async handle(request, _context, broker) {
    const resources = request.resources.map(({ resourceType, resourceName, configs }) => ({
      type: resourceType,
      name: resourceName,
      changes: configs.map(({ name, value }) => ({ name, value, operation: configOperations.SET })),
      replace: true,
    }))
    const results = await changeConfigs(broker, resources, request.validateOnly)
    return {
      throttleTimeMs: 0,
      responses: request.resources.map((resource, index) => alteration(resource, results[index] ?? null)),
    }
  },
  refuse: (request, error) => ({
    throttleTimeMs: 0,
    responses: request.resources.map(resource => alteration(resource, error)),
  }),
})
