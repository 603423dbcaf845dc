/**
 * The rebalance of a classic group: members join until all are there or time is up, get a generation, ask for their
 * assignment, and the leader gives it.
 */
import type { ErrorName } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type ClassicMember, metadataFor } from './classic-member.ts'
import type { JoinReply, SyncReply } from './group-replies.ts'
import type { Turn } from './turn.ts'

/** A member that never completed its first join can't be heard of: it goes after 5 minutes (as in Kafka). */
const NEW_MEMBER_TIMEOUT_MS = 5 * 60 * 1000

const NO_BYTES = Buffer.alloc(0)

/** JoinGroup refused. @param memberId as the client gave it, or the one that it gets with MEMBER_ID_REQUIRED. */
export const joinRefused = (error: ErrorName, memberId: string): JoinReply => ({
  error,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leader: '',
  skipAssignment: false,
  memberId,
  members: [],
})

/** JoinGroup done: the present generation; the leader also gets the members to assign to. */
export const joined = (group: ClassicGroup, member: ClassicMember): JoinReply => ({
  error: 'NONE',
  generationId: group.generation,
  protocolType: group.protocolType,
  protocolName: group.protocolName,
  leader: group.leader ?? '',
  skipAssignment: false,
  memberId: member.id,
  members: member.id === group.leader ? subscriptions(group) : [],
})

/** What the leader assigns by. */
export const subscriptions = (group: ClassicGroup): JoinReply['members'] =>
  [...group.members.values()].map(member => ({
    memberId: member.id,
    groupInstanceId: member.instanceId,
    metadata: metadataFor(member, group.protocolName),
  }))

/** SyncGroup refused. */
export const syncRefused = (error: ErrorName): SyncReply => ({
  error,
  protocolType: null,
  protocolName: null,
  assignment: NO_BYTES,
})

/** The member is alive: its session begins anew. */
export const renewSession = (turn: Turn, group: ClassicGroup, member: ClassicMember): void =>
  turn.wake({ type: 'session', groupId: group.id, memberId: member.id }, member.sessionTimeoutMs)

/** The member left, or is another: nobody waits for its heartbeats. */
export const endSession = (turn: Turn, group: ClassicGroup, memberId: string): void =>
  turn.cancel({ type: 'session', groupId: group.id, memberId })

/** Answers what the member waits for with the error; a request of the same member that comes later takes its place. */
export const refuseWaiting = (turn: Turn, member: ClassicMember, error: ErrorName): void => {
  if (member.joining !== null) turn.reply('join', member.joining, joinRefused(error, member.id))
  if (member.syncing !== null) turn.reply('sync', member.syncing, syncRefused(error))
  member.joining = null
  member.syncing = null
}

/** Takes in a member that joins for the first time. */
export const addMember = (turn: Turn, group: ClassicGroup, member: ClassicMember, protocolType: string): void => {
  if (group.initialDelayLeftMs !== null) group.joinedDuringDelay = true
  group.add(member, protocolType)
  turn.wake({ type: 'session', groupId: group.id, memberId: member.id }, NEW_MEMBER_TIMEOUT_MS)
}

/** Puts the member out, without a rebalance: the caller sees to that. */
export const removeMember = (turn: Turn, group: ClassicGroup, member: ClassicMember): void => {
  refuseWaiting(turn, member, 'UNKNOWN_MEMBER_ID')
  group.remove(member)
  endSession(turn, group, member.id)
}

/** Members came or went, or changed: a rebalance begins, or the one under way may be complete. */
export const rebalance = (turn: Turn, group: ClassicGroup): void => {
  if (group.state === 'PreparingRebalance') maybeComplete(turn, group)
  else prepare(turn, group)
}

/** Begins a rebalance, whatever the state but one that is being prepared. */
const prepare = (turn: Turn, group: ClassicGroup): void => {
  const wasEmpty = group.state === 'Empty'
  for (const member of group.members.values()) {
    if (member.syncing !== null) turn.reply('sync', member.syncing, syncRefused('REBALANCE_IN_PROGRESS'))
    member.syncing = null
    if (group.state === 'CompletingRebalance') member.assignment = NO_BYTES
  }
  turn.cancel({ type: 'sync', groupId: group.id })
  group.become('PreparingRebalance', turn.now.wall)
  if (wasEmpty) delayFirst(turn, group)
  else if (group.allJoined) completeJoin(turn, group)
  else turn.wake({ type: 'join', groupId: group.id }, group.rebalanceTimeoutMs)
}

/** An empty group: more members are likely to come soon, so it may be worth to wait (KIP-134). */
const delayFirst = (turn: Turn, group: ClassicGroup): void => {
  const delayMs = turn.settings.initialRebalanceDelayMs
  if (delayMs === 0) {
    completeJoin(turn, group)
    return
  }
  group.joinedDuringDelay = false
  group.initialDelayLeftMs = Math.max(group.rebalanceTimeoutMs - delayMs, 0)
  turn.wake({ type: 'join', groupId: group.id }, delayMs)
}

/** Completes the rebalance under preparation if it waits for nobody. */
export const maybeComplete = (turn: Turn, group: ClassicGroup): void => {
  if (group.state === 'PreparingRebalance' && group.initialDelayLeftMs === null && group.allJoined) {
    completeJoin(turn, group)
  }
}

/** The time to join is up: the first wait goes on while members keep coming, anything else ends. */
export const joinExpired = (turn: Turn, group: ClassicGroup): void => {
  if (group.state !== 'PreparingRebalance') return
  const left = group.initialDelayLeftMs
  if (left === null || left === 0 || !group.joinedDuringDelay) {
    completeJoin(turn, group)
    return
  }
  const delayMs = Math.min(turn.settings.initialRebalanceDelayMs, left)
  group.joinedDuringDelay = false
  group.initialDelayLeftMs = left - delayMs
  turn.wake({ type: 'join', groupId: group.id }, delayMs)
}

/** Ends the joining: who isn't there is put out (static members stay until their session ends), the others get a generation. */
const completeJoin = (turn: Turn, group: ClassicGroup): void => {
  turn.cancel({ type: 'join', groupId: group.id })
  for (const member of [...group.members.values()]) {
    if (member.joining === null && member.instanceId === null) removeMember(turn, group, member)
  }
  if (group.members.size > 0 && !group.electJoined()) {
    // Only static members that are away: nobody could assign. Their sessions end, or somebody joins.
    group.initialDelayLeftMs = null
    turn.wake({ type: 'join', groupId: group.id }, group.rebalanceTimeoutMs)
    return
  }
  group.nextGeneration(turn.now.wall)
  if (group.members.size === 0) {
    turn.write(group.record())
    return
  }
  for (const member of group.members.values()) {
    if (member.joining !== null) turn.reply('join', member.joining, joined(group, member))
    member.joining = null
    member.isNew = false
    group.pendingSyncs.add(member.id)
    renewSession(turn, group, member)
  }
  turn.wake({ type: 'sync', groupId: group.id }, group.rebalanceTimeoutMs)
}

/** Members that haven't asked for their assignment in time are put out. */
export const syncExpired = (turn: Turn, group: ClassicGroup): void => {
  if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return
  if (group.pendingSyncs.size === 0) return
  for (const memberId of [...group.pendingSyncs]) {
    const member = group.members.get(memberId)
    if (member !== undefined) removeMember(turn, group, member)
  }
  rebalance(turn, group)
}
