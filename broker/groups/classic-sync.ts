import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import { renewSession, syncRefused } from './classic-rebalance.ts'
import type { SyncEvent } from './group-events.ts'
import type { SyncReply } from './group-replies.ts'
import type { Turn } from './turn.ts'

const NO_BYTES = Buffer.alloc(0)

/**
 * SyncGroup: the leader's makes the assignment durable and answers everyone; others wait for it. UNKNOWN_MEMBER_ID,
 * FENCED_INSTANCE_ID, ILLEGAL_GENERATION, INCONSISTENT_GROUP_PROTOCOL, REBALANCE_IN_PROGRESS.
 */
export const sync = (turn: Turn, group: ClassicGroup, event: SyncEvent): void => {
  const error = syncError(group, event)
  if (error !== null) return turn.reply('sync', event.request, syncRefused(error))
  const member = group.members.get(event.memberId)!
  synced(turn, group, member)
  if (group.state === 'Stable') {
    renewSession(turn, group, member)
    return turn.reply('sync', event.request, assigned(group, member.assignment))
  }
  if (member.syncing !== null) turn.reply('sync', member.syncing, syncRefused('REBALANCE_IN_PROGRESS'))
  member.syncing = event.request
  if (group.leader === member.id) assign(turn, group, event.assignments)
}

const syncError = (group: ClassicGroup, event: SyncEvent): ErrorName | null => {
  const error = group.memberError(event.memberId, event.groupInstanceId)
  if (error !== null) return error
  if (event.generationId !== group.generation) return 'ILLEGAL_GENERATION'
  if (event.protocolType !== null && event.protocolType !== group.protocolType) return 'INCONSISTENT_GROUP_PROTOCOL'
  if (event.protocolName !== null && event.protocolName !== group.protocolName) return 'INCONSISTENT_GROUP_PROTOCOL'
  return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : null
}

/** The member asked for its assignment; with the last one nobody has to be waited for. */
const synced = (turn: Turn, group: ClassicGroup, member: ClassicMember): void => {
  group.pendingSyncs.delete(member.id)
  if (group.pendingSyncs.size === 0) turn.cancel({ type: 'sync', groupId: group.id })
}

/** The leader has assigned: the generation is Stable. Who isn't in the assignment gets an empty one. */
const assign = (turn: Turn, group: ClassicGroup, assignments: ReadonlyMap<string, Buffer>): void => {
  group.become('Stable', turn.now.wall)
  turn.write(group.record(assignments))
  for (const member of group.members.values()) {
    if (member.syncing === null) continue
    turn.reply('sync', member.syncing, assigned(group, assignments.get(member.id) ?? NO_BYTES))
    member.syncing = null
    renewSession(turn, group, member)
  }
}

const assigned = (group: ClassicGroup, assignment: Buffer): SyncReply => ({
  error: 'NONE',
  protocolType: group.protocolType,
  protocolName: group.protocolName,
  assignment,
})
