import {
  CreateAcls,
  DeleteAcls,
  DescribeAcls,
  DescribeClientQuotas,
  DescribeUserScramCredentials,
} from '../../../protocol/messages/index.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'

const anything = {
  ...{ resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: 1 },
  ...{ principalFilter: null, hostFilter: null, operation: 1, permissionType: 1 },
}

/** Kafka's filter of version 0 has no pattern type: only the default can be said. */
const filterFor = (version: number): RequestWrite<typeof DescribeAcls> =>
  version === 0 ? { ...anything, patternTypeFilter: 3 } : anything

const acls: Exchange = {
  id: 'acls-without-authorizer',
  async play(talk) {
    await talk.each('all', DescribeAcls, filterFor)
    await talk.each('of a topic', DescribeAcls, () => ({
      ...{ resourceTypeFilter: 2, resourceNameFilter: 't', patternTypeFilter: 3 },
      ...{ principalFilter: 'User:a', hostFilter: '*', operation: 3, permissionType: 3 },
    }))
    await talk.each('of an unknown type', DescribeAcls, version => ({ ...filterFor(version), resourceTypeFilter: 99 }))
    await talk.each('of an unknown operation', DescribeAcls, version => ({ ...filterFor(version), operation: 99 }))
    const creation = {
      ...{ resourceType: 2, resourceName: 't', resourcePatternType: 3 },
      ...{ principal: 'User:a', host: '*', operation: 3, permissionType: 3 },
    }
    await talk.each('two', CreateAcls, () => ({ creations: [creation, { ...creation, resourceName: 'u' }] }))
    await talk.each('none', CreateAcls, () => ({ creations: [] }))
    await talk.each('of an unknown type', CreateAcls, () => ({ creations: [{ ...creation, resourceType: 99 }] }))
    await talk.each('two', DeleteAcls, version => ({ filters: [filterFor(version), filterFor(version)] }))
    await talk.each('none', DeleteAcls, () => ({ filters: [] }))
  },
}

const quotas: Exchange = {
  id: 'client-quotas',
  async play(talk) {
    const of = (components: RequestWrite<typeof DescribeClientQuotas>['components'], strict = false) => ({
      ...{ components, strict },
    })
    const ask = (label: string, request: RequestWrite<typeof DescribeClientQuotas>) =>
      talk.each(label, DescribeClientQuotas, () => request)
    await ask('all', of([]))
    await ask('all, strictly', of([], true))
    await ask('of a user', of([{ entityType: 'user', matchType: 0, match: 'a' }]))
    await ask('of the default user', of([{ entityType: 'user', matchType: 1, match: null }], true))
    await ask('of any client', of([{ entityType: 'client-id', matchType: 2, match: null }]))
    await ask('of an address', of([{ entityType: 'ip', matchType: 0, match: '127.0.0.1' }]))
    await ask(
      'of a user and an address',
      of([
        { entityType: 'user', matchType: 0, match: 'a' },
        { entityType: 'ip', matchType: 0, match: '127.0.0.1' },
      ]),
    )
    await ask(
      'of a user twice',
      of([
        { entityType: 'user', matchType: 0, match: 'a' },
        { entityType: 'user', matchType: 0, match: 'b' },
      ]),
    )
    await ask('of an unknown entity', of([{ entityType: 'planet', matchType: 0, match: 'a' }]))
    await ask('of an entity without a name', of([{ entityType: '', matchType: 0, match: 'a' }]))
    await ask('by an unknown way to match', of([{ entityType: 'user', matchType: 7, match: 'a' }]))
    await ask('of an exact user without a name', of([{ entityType: 'user', matchType: 0, match: null }]))
    await ask('of the default user by name', of([{ entityType: 'user', matchType: 1, match: 'a' }]))
    await ask('of any user by name', of([{ entityType: 'user', matchType: 2, match: 'a' }]))
  },
}

const scram: Exchange = {
  id: 'scram-credentials',
  async play(talk) {
    const ask = (label: string, users: readonly string[] | null) =>
      talk.each(label, DescribeUserScramCredentials, () => ({ users: users?.map(name => ({ name })) ?? null }))
    await ask('of all users', null)
    await ask('of no users', [])
    await ask('of unknown users', ['alice', 'bob'])
    await ask('of a user twice', ['alice', 'bob', 'alice'])
    await ask('of a user without a name', [''])
  },
}

/** What tools ask of security, where none is set up. */
export const security: readonly Exchange[] = [acls, quotas, scram]
