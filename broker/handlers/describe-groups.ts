import type { KafkaError } from '../../protocol/errors.ts'
import { codeOf } from '../../protocol/errors.ts'
import { DescribeGroups } from '../../protocol/messages/describe-groups.ts'
import type { Groups } from '../groups/groups.ts'
import { each } from './each.ts'
import { handler } from './handler.ts'

/** From this version an unknown group is an error; before, it is Dead (KIP-1043). */
const NOT_FOUND_FROM = 6
/** Operations weren't asked for, or can't be told. */
const NO_OPERATIONS = -2147483648
/** Bits of READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS: all that a group has, without an authorizer. */
const ALL_OPERATIONS = (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11)

const NOTHING = { groupState: '', protocolType: '', protocolData: '', members: [] }

/** Describes groups. Each group: its state, or the KafkaError of its coordinator. */
export const describeGroups = handler(DescribeGroups, {
  async handle(request, { apiVersion }, { groups }) {
    const operations = request.includeAuthorizedOperations ? ALL_OPERATIONS : NO_OPERATIONS
    const described = await each(
      request.groups,
      groupId => describe(groupId, apiVersion, operations, groups),
      (groupId, error) => failed(groupId, error),
    )
    return { groups: described }
  },
  refuse: (request, error) => ({ groups: request.groups.map(groupId => failed(groupId, error)) }),
})

const describe = async (groupId: string, apiVersion: number, authorizedOperations: number, groups: Groups) => {
  const group = await groups.ask({ type: 'describe', groupId })
  if (group === null) {
    const dead = { ...NOTHING, groupId, groupState: 'Dead' }
    if (apiVersion < NOT_FOUND_FROM) return { ...dead, errorCode: 0, errorMessage: null, authorizedOperations }
    const errorMessage = `Group ${groupId} not found.`
    return { ...dead, errorCode: codeOf('GROUP_ID_NOT_FOUND'), errorMessage, authorizedOperations: NO_OPERATIONS }
  }
  return {
    errorCode: 0,
    errorMessage: null,
    groupId,
    groupState: group.state,
    protocolType: group.protocolType,
    protocolData: group.protocolName,
    members: group.members.map(({ metadata, assignment, ...member }) => ({
      ...member,
      memberMetadata: metadata,
      memberAssignment: assignment,
    })),
    authorizedOperations,
  }
}

const failed = (groupId: string, error: KafkaError) => ({
  ...NOTHING,
  groupId,
  errorCode: error.code,
  errorMessage: null,
  authorizedOperations: NO_OPERATIONS,
})
