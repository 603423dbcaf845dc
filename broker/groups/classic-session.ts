import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { maybeComplete, rebalance, removeMember, renewSession } from './classic-rebalance.ts'
import type { HeartbeatEvent } from './group-events.ts'
import type { Turn } from './turn.ts'

/**
 * Heartbeat: renews the session. REBALANCE_IN_PROGRESS says that the member shall join again; UNKNOWN_MEMBER_ID,
 * FENCED_INSTANCE_ID, ILLEGAL_GENERATION.
 */
export const heartbeat = (turn: Turn, group: ClassicGroup, event: HeartbeatEvent): void =>
  turn.reply('heartbeat', event.request, beat(turn, group, event))

const beat = (turn: Turn, group: ClassicGroup, event: HeartbeatEvent): ErrorName => {
  const error = group.memberError(event.memberId, event.groupInstanceId)
  if (error !== null) return error
  if (event.generationId !== group.generation) return 'ILLEGAL_GENERATION'
  renewSession(turn, group, group.members.get(event.memberId)!)
  return group.state === 'PreparingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE'
}

/** A session has ended: the member is put out, unless a request of it waits (then its answer begins a session). */
export const sessionExpired = (turn: Turn, group: ClassicGroup, memberId: string): void => {
  if (group.pendingJoins.delete(memberId)) return maybeComplete(turn, group)
  const member = group.members.get(memberId)
  if (member === undefined) return
  if (!member.isNew && (member.joining !== null || member.syncing !== null)) return
  removeMember(turn, group, member)
  rebalance(turn, group)
}
