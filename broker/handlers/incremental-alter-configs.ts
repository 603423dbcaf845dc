import { codeOf, type KafkaError } from '../../protocol/errors.ts'
import { IncrementalAlterConfigs } from '../../protocol/messages/incremental-alter-configs.ts'
import type { ResponseOf } from '../../protocol/schema/notation.ts'
import { changeConfigs } from '../cluster/change-configs.ts'
import { handler } from './handler.ts'

/** IncrementalAlterConfigs: SET, DELETE, APPEND and SUBTRACT on single settings (KIP-339). */
export const incrementalAlterConfigs = handler(IncrementalAlterConfigs, {
  async handle(request, _context, broker) {
    const resources = request.resources.map(({ resourceType, resourceName, configs }) => ({
      type: resourceType,
      name: resourceName,
      changes: configs.map(({ name, value, configOperation }) => ({ name, value, operation: configOperation })),
      replace: false,
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

/** One resource's outcome, as both altering APIs tell it; null is success. */
export const alteration = (
  { resourceType, resourceName }: { readonly resourceType: number; readonly resourceName: string },
  error: KafkaError | null,
): ResponseOf<typeof IncrementalAlterConfigs>['responses'][number] => ({
  errorCode: error?.code ?? codeOf('NONE'),
  errorMessage: error?.detail ?? null,
  resourceType,
  resourceName,
})
