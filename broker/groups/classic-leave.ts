import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { endSession, maybeComplete, rebalance, removeMember } from './classic-rebalance.ts'
import type { LeaveEvent, Leaver } from './group-events.ts'
import type { Turn } from './turn.ts'

/**
 * LeaveGroup, for many members (KIP-345): each UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID, or it is out. A static member may
 * be put out by its static id alone, as administrators do.
 */
export const leave = (turn: Turn, group: ClassicGroup, event: LeaveEvent): void => {
  const sizeBefore = group.members.size
  const members = event.members.map(leaver => leaveOne(turn, group, leaver))
  turn.reply('leave', event.request, { error: 'NONE', members })
  if (group.members.size < sizeBefore) rebalance(turn, group)
  else maybeComplete(turn, group)
}

const leaveOne = (turn: Turn, group: ClassicGroup, { memberId, groupInstanceId }: Leaver): ErrorName => {
  const id = memberId === '' && groupInstanceId !== null ? (group.staticMembers.get(groupInstanceId) ?? '') : memberId
  if (group.pendingJoins.delete(id)) {
    endSession(turn, group, id)
    return 'NONE'
  }
  const error = group.memberError(id, groupInstanceId)
  if (error === null) removeMember(turn, group, group.members.get(id)!)
  return error ?? 'NONE'
}
