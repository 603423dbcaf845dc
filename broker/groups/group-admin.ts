/** What administrators ask of groups: DescribeGroups, ListGroups, DeleteGroups. */
import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { metadataFor } from './classic-member.ts'
import type { CommittedOffsets } from './committed-offsets.ts'
import type { DescribedGroup, ListedGroup } from './group-replies.ts'
import { removeGroupOffsets } from './offset-removal.ts'
import type { Turn } from './turn.ts'

const NO_BYTES = Buffer.alloc(0)

/** The group. Subscriptions and the protocol are shown only of a Stable group: before that they aren't settled. */
export const describeGroup = (group: ClassicGroup): DescribedGroup => {
  const stable = group.state === 'Stable'
  return {
    state: group.state,
    protocolType: group.protocolType ?? '',
    protocolName: (stable ? group.protocolName : null) ?? '',
    members: [...group.members.values()].map(member => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      metadata: stable ? metadataFor(member, group.protocolName) : NO_BYTES,
      assignment: member.assignment,
    })),
  }
}

/** All groups, those that are only offsets included. */
export const listGroups = (groups: Iterable<ClassicGroup>): readonly ListedGroup[] =>
  Array.from(groups, ({ id, protocolType, state, type }) => ({
    groupId: id,
    protocolType: protocolType ?? '',
    state,
    type,
  }))

/** Deletes the group with its offsets: NON_EMPTY_GROUP while it has members, GROUP_ID_NOT_FOUND. */
export const deleteGroup = (turn: Turn, group: ClassicGroup | undefined, offsets: CommittedOffsets): ErrorName => {
  if (group === undefined) return 'GROUP_ID_NOT_FOUND'
  if (group.state !== 'Empty') return 'NON_EMPTY_GROUP'
  removeGroupOffsets(turn, offsets, group.id)
  turn.write({ type: 'group', group: group.id, value: null })
  return 'NONE'
}
