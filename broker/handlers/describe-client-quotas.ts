import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { DescribeClientQuotas } from '../../protocol/messages/describe-client-quotas.ts'
import type { RequestOf } from '../../protocol/schema/notation.ts'
import { handler } from './handler.ts'

type Component = RequestOf<typeof DescribeClientQuotas>['components'][number]

/** How a component matches (KIP-546): this name, the default entity, or any. */
const matchTypes = { EXACT: 0, DEFAULT: 1, ANY: 2 } as const

const ENTITY_TYPES = ['user', 'client-id', 'ip']

/** DescribeClientQuotas (KIP-546): none, as no quotas can be set here. INVALID_REQUEST or UNSUPPORTED_VERSION for what can't be asked. */
export const describeClientQuotas = handler(DescribeClientQuotas, {
  handle({ components }) {
    const types = new Set<string>()
    for (const component of components) {
      checkComponent(component)
      if (types.has(component.entityType))
        throw new KafkaError('INVALID_REQUEST', `entity type '${component.entityType}' is asked for twice`)
      types.add(component.entityType)
    }
    if (types.has('ip') && types.size > 1)
      throw new KafkaError('INVALID_REQUEST', "'ip' can't be combined with 'user' or 'client-id'")
    return { throttleTimeMs: 0, errorCode: codeOf('NONE'), errorMessage: '', entries: [] }
  },
  refuse: (_request, { code, detail }) => ({ throttleTimeMs: 0, errorCode: code, errorMessage: detail, entries: null }),
})

const checkComponent = ({ entityType, matchType, match }: Component): void => {
  if (entityType === '') throw new KafkaError('INVALID_REQUEST', 'an entity type is empty')
  const exact = matchType === matchTypes.EXACT
  if (!exact && matchType !== matchTypes.DEFAULT && matchType !== matchTypes.ANY)
    throw new KafkaError('INVALID_REQUEST', `${matchType} is no way to match: 0 is exact, 1 default, 2 any`)
  if (exact !== (match !== null))
    throw new KafkaError('INVALID_REQUEST', 'an exact match has a name to match, and no other has one')
  if (!ENTITY_TYPES.includes(entityType))
    throw new KafkaError('UNSUPPORTED_VERSION', `entity type '${entityType}' is none of ${ENTITY_TYPES.join(', ')}`)
}
