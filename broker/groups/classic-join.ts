import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type ClassicMember, newMember, sameProtocols, updateMember } from './classic-member.ts'
import {
  addMember,
  endSession,
  joined,
  joinRefused,
  maybeComplete,
  rebalance,
  refuseWaiting,
  renewSession,
  subscriptions,
} from './classic-rebalance.ts'
import type { JoinEvent } from './group-events.ts'
import type { Turn } from './turn.ts'

/**
 * Members, and ids given out, of all groups of one partition of `__consumer_offsets`. They stay for a while whatever their
 * clients do, so without a bound a client that joins again and again would fill the memory.
 */
const MAX_MEMBERS = 100_000

/**
 * JoinGroup, with the group (a new one if there was none): GROUP_MAX_SIZE_REACHED, INCONSISTENT_GROUP_PROTOCOL,
 * MEMBER_ID_REQUIRED, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, and COORDINATOR_NOT_AVAILABLE when all groups together have too
 * many members. The answer waits until the rebalance has a generation, or comes at once when nothing changes.
 */
export const join = (turn: Turn, group: ClassicGroup, event: JoinEvent): void => {
  const { memberId } = event
  if (!hasRoom(turn, group, memberId)) return refuse(turn, event, 'GROUP_MAX_SIZE_REACHED', '')
  if (!group.supports(event.protocolType, event.protocols)) return refuse(turn, event, 'INCONSISTENT_GROUP_PROTOCOL')
  if (memberId !== '') return joinAgain(turn, group, event)
  if (turn.timers >= MAX_MEMBERS) return refuse(turn, event, 'COORDINATOR_NOT_AVAILABLE')
  if (event.groupInstanceId !== null) return joinStatic(turn, group, event)
  if (event.memberIdRequired) return giveId(turn, group, event)
  addMember(turn, group, newMember(event, event.newMemberId), event.protocolType)
  rebalance(turn, group)
}

const refuse = (turn: Turn, event: JoinEvent, error: ErrorName, memberId = event.memberId): void =>
  turn.reply('join', event.request, joinRefused(error, memberId))

/** Whether `group.max.size` lets the member in. While joining, those count that are there. */
const hasRoom = (turn: Turn, group: ClassicGroup, memberId: string): boolean => {
  const { maxSize } = turn.settings
  if (group.state === 'Empty') return true
  const member = group.members.get(memberId)
  if (group.state !== 'PreparingRebalance') return member !== undefined || group.members.size < maxSize
  return (member !== undefined && member.joining !== null) || group.joiningCount < maxSize
}

/** The member comes again with this id: so a client that never reads the answer leaves no member behind (KIP-394). */
const giveId = (turn: Turn, group: ClassicGroup, event: JoinEvent): void => {
  const memberId = event.newMemberId
  group.pendingJoins.add(memberId)
  turn.wake({ type: 'session', groupId: group.id, memberId }, event.sessionTimeoutMs)
  refuse(turn, event, 'MEMBER_ID_REQUIRED', memberId)
}

const joinAgain = (turn: Turn, group: ClassicGroup, event: JoinEvent): void => {
  const { memberId } = event
  if (group.pendingJoins.has(memberId) && event.groupInstanceId === null) {
    addMember(turn, group, newMember(event, memberId), event.protocolType)
    return rebalance(turn, group)
  }
  const error = group.memberError(memberId, event.groupInstanceId)
  if (error !== null) return refuse(turn, event, error)
  const member = group.members.get(memberId)!
  if (needsRebalance(group, member, event)) {
    update(turn, member, event)
    return rebalance(turn, group)
  }
  turn.reply('join', event.request, joined(group, member))
}

/** A leader that joins again wants to assign again; a follower that brings nothing new only missed the answer. */
const needsRebalance = (group: ClassicGroup, member: ClassicMember, event: JoinEvent): boolean =>
  group.state === 'PreparingRebalance' ||
  (group.state === 'Stable' && group.leader === member.id) ||
  !sameProtocols(member, event.protocols)

/** The request of the member that still waits, if any, is told to join again: this one took its place. */
const update = (turn: Turn, member: ClassicMember, event: JoinEvent): void => {
  if (member.joining !== null) turn.reply('join', member.joining, joinRefused('REBALANCE_IN_PROGRESS', member.id))
  updateMember(member, event)
}

/** A static member without a member id: a new one, or one that restarted and takes its place back (KIP-345). */
const joinStatic = (turn: Turn, group: ClassicGroup, event: JoinEvent): void => {
  const member = newMember(event, event.newMemberId)
  const oldId = group.staticMembers.get(event.groupInstanceId!)
  if (oldId === undefined) {
    addMember(turn, group, member, event.protocolType)
    return rebalance(turn, group)
  }
  const old = group.members.get(oldId)!
  const leaderBefore = group.leader
  refuseWaiting(turn, old, 'FENCED_INSTANCE_ID')
  endSession(turn, group, old.id)
  member.assignment = old.assignment
  member.isNew = false
  group.replace(old, member)
  renewSession(turn, group, member)
  if (group.state === 'PreparingRebalance') return maybeComplete(turn, group)
  if (group.state !== 'Stable' || group.chooseProtocol() !== group.protocolName) return rebalance(turn, group)
  restarted(turn, group, member, event, leaderBefore)
}

/** A static member came back and nothing changes for the group: it keeps its assignment, without a rebalance. */
const restarted = (
  turn: Turn,
  group: ClassicGroup,
  member: ClassicMember,
  event: JoinEvent,
  leaderBefore: string | null,
): void => {
  member.joining = null
  turn.write(group.record())
  const leads = group.leader === member.id
  const reply = { ...joined(group, member), members: [] }
  if (!event.canSkipAssignment) {
    // An old client that saw itself as the leader would assign: it is told of a leader that isn't there (as in Kafka).
    turn.reply('join', event.request, { ...reply, leader: leaderBefore ?? '' })
  } else {
    turn.reply('join', event.request, { ...reply, skipAssignment: leads, members: leads ? subscriptions(group) : [] })
  }
}
