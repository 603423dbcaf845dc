/** What administrators ask of groups: DescribeGroups, ListGroups, DeleteGroups. */
import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { metadataFor } from './classic-member.ts'
import type { CommittedOffsets } from './committed-offsets.ts'
import type { DescribedGroup, ListedGroup } from './group-events.ts'
import { removeGroupOffsets } from './offset-removal.ts'
import type { Turn } from './turn.ts'

const NO_BYTES = Buffer.alloc(0)

/**
 * The group; null if there is none. Subscriptions and the protocol are shown only of a Stable group: before that they
 * aren't settled. Offsets alone make an Empty group without a protocol type.
 */
export const describeGroup = (
  group: ClassicGroup | undefined,
  offsets: CommittedOffsets,
  groupId: string,
): DescribedGroup | null => {
  if (group === undefined) {
    return offsets.has(groupId) ? { state: 'Empty', protocolType: '', protocolName: '', members: [] } : null
  }
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
export const listGroups = (groups: Iterable<ClassicGroup>, offsets: CommittedOffsets): readonly ListedGroup[] => {
  const listed = new Map<string, ListedGroup>()
  for (const groupId of offsets.groupIds()) {
    listed.set(groupId, { groupId, protocolType: '', state: 'Empty', type: 'classic' })
  }
  for (const { id, protocolType, state, type } of groups) {
    listed.set(id, { groupId: id, protocolType: protocolType ?? '', state, type })
  }
  return [...listed.values()]
}

/** Deletes the group with its offsets: NON_EMPTY_GROUP while it has members, GROUP_ID_NOT_FOUND. */
export const deleteGroup = (
  turn: Turn,
  group: ClassicGroup | undefined,
  offsets: CommittedOffsets,
  groupId: string,
): ErrorName => {
  if (group === undefined && !offsets.has(groupId)) return 'GROUP_ID_NOT_FOUND'
  if (group !== undefined && group.state !== 'Empty') return 'NON_EMPTY_GROUP'
  removeGroupOffsets(turn, offsets, groupId)
  if (group !== undefined) turn.write({ type: 'group', group: groupId, value: null })
  return 'NONE'
}
