/**
 * The groups of one partition of `__consumer_offsets`: finds the group, and lets its protocol decide. Another group
 * protocol is another type of group here, with its own file of decisions.
 */
import type { ErrorName } from '../../protocol/errors.ts'
import type { Applied, Decision, Effect, Machine, Marker, Now } from '../coordinator/machine.ts'
import { ClassicGroup } from './classic-group.ts'
import { join } from './classic-join.ts'
import { leave } from './classic-leave.ts'
import { joinExpired, joinRefused, rebalance, renewSession, syncExpired, syncRefused } from './classic-rebalance.ts'
import { heartbeat, sessionExpired } from './classic-session.ts'
import { sync } from './classic-sync.ts'
import { CommittedOffsets } from './committed-offsets.ts'
import { Deadlines, type GroupTimer } from './deadlines.ts'
import { deleteGroup, describeGroup, listGroups } from './group-admin.ts'
import type { GroupEvent, JoinEvent } from './group-events.ts'
import type { GroupRecord } from './group-record.ts'
import type { GroupReply } from './group-replies.ts'
import type { GroupSettings } from './group-settings.ts'
import { GroupTransactions } from './group-transactions.ts'
import { commit } from './offset-commit.ts'
import { fetchOffsets } from './offset-fetch.ts'
import { deleteOffsets, removeExpired, removeTopics } from './offset-removal.ts'
import { Turn } from './turn.ts'
import { commitInTransaction, endTransaction } from './txn-offset-commit.ts'

const UNKNOWN_MEMBER: ErrorName = 'UNKNOWN_MEMBER_ID'

/** All groups of one partition, and their committed offsets. */
export class GroupsMachine implements Machine<GroupEvent, GroupRecord, GroupReply> {
  readonly #settings: GroupSettings
  readonly #groups = new Map<string, ClassicGroup>()
  readonly #offsets = new CommittedOffsets()
  readonly #transactions = new GroupTransactions()
  readonly #deadlines = new Deadlines()

  constructor(settings: GroupSettings) {
    this.#settings = settings
  }

  /** The topics that groups have committed offsets of, those of open transactions included. */
  committedTopics(): ReadonlySet<string> {
    const topics = new Set<string>()
    for (const groupId of this.#offsets.groupIds())
      for (const topic of this.#offsets.partitionsOf(groupId).keys()) topics.add(topic)
    return topics
  }

  on(event: GroupEvent, now: Now): Decision<GroupRecord, GroupReply> {
    const turn = new Turn(now, this.#settings, this.#deadlines)
    this.#decide(turn, event)
    return turn.decision()
  }

  apply(record: GroupRecord, { producer, timestamp, offset }: Applied): void {
    if (producer !== null) this.#transactions.wrote(producer, timestamp)
    if (record.type === 'offset') {
      this.#offsets.apply(record, producer, offset)
      if (record.value !== null) this.#group(record.group, timestamp) // offsets alone make a group
    } else if (record.value === null) {
      this.#groups.delete(record.group)
    } else {
      this.#group(record.group, timestamp).restore(record.value)
    }
  }

  applyMarker(marker: Marker, { timestamp }: Applied): void {
    this.#transactions.ended(marker, timestamp)
    this.#offsets.applyMarker(marker.id, marker.committed)
  }

  onLoaded(now: Now): readonly Effect<GroupReply>[] {
    const turn = new Turn(now, this.#settings, this.#deadlines)
    for (const group of this.#groups.values()) {
      for (const member of group.members.values()) renewSession(turn, group, member)
      if (group.members.size > this.#settings.maxSize) rebalance(turn, group)
    }
    turn.wake({ type: 'offsets' }, this.#settings.offsetsRetentionCheckIntervalMs)
    return turn.effects
  }

  #decide(turn: Turn, event: GroupEvent): void {
    switch (event.type) {
      case 'expired': {
        const timer = this.#deadlines.expire(event.key, event.at)
        if (timer !== null) this.#expired(turn, timer)
        return
      }
      case 'topicsDeleted':
        return removeTopics(turn, this.#offsets, event.topics)
      case 'marker':
        return endTransaction(turn, this.#transactions, event)
      case 'list':
        return turn.reply('list', event.request, listGroups(this.#groups.values()))
      case 'join':
        return this.#join(turn, event)
      default:
        return this.#ofGroup(turn, event, this.#groups.get(event.groupId))
    }
  }

  #ofGroup(turn: Turn, event: AskOfGroup, group: ClassicGroup | undefined): void {
    const { request } = event
    switch (event.type) {
      case 'sync':
        if (group === undefined) return turn.reply('sync', request, syncRefused('UNKNOWN_MEMBER_ID'))
        return sync(turn, group, event)
      case 'heartbeat':
        if (group === undefined) return turn.reply('heartbeat', request, 'UNKNOWN_MEMBER_ID')
        return heartbeat(turn, group, event)
      case 'leave':
        if (group !== undefined) return leave(turn, group, event)
        return turn.reply('leave', request, { error: 'NONE', members: event.members.map(() => UNKNOWN_MEMBER) })
      case 'commit':
        return commit(turn, group, event)
      case 'verifyTxn': {
        const verification = this.#transactions.verify(event.producer, event.epochPerTransaction)
        return turn.reply('verifyTxn', request, verification)
      }
      case 'txnCommit':
        return commitInTransaction(turn, group, this.#transactions, event)
      case 'fetchOffsets':
        return turn.reply('fetchOffsets', request, fetchOffsets(this.#offsets, event))
      case 'deleteOffsets':
        return turn.reply('deleteOffsets', request, deleteOffsets(turn, group, this.#offsets, event))
      case 'describe':
        return turn.reply('describe', request, group === undefined ? null : describeGroup(group))
      case 'deleteGroup':
        return turn.reply('deleteGroup', request, deleteGroup(turn, group, this.#offsets))
    }
  }

  /** A group begins with its first member; one that nobody got into isn't kept. */
  #join(turn: Turn, event: JoinEvent): void {
    const known = this.#groups.get(event.groupId)
    if (known === undefined && event.memberId !== '') {
      turn.reply('join', event.request, joinRefused('UNKNOWN_MEMBER_ID', event.memberId))
      return
    }
    const group = known ?? this.#group(event.groupId, turn.now.wall)
    join(turn, group, event)
    this.#dropUnused(group)
  }

  #expired(turn: Turn, timer: GroupTimer): void {
    if (timer.type === 'offsets') return this.#expireOffsets(turn)
    const group = this.#groups.get(timer.groupId)
    if (group === undefined) return
    if (timer.type === 'session') sessionExpired(turn, group, timer.memberId)
    else if (timer.type === 'join') joinExpired(turn, group)
    else syncExpired(turn, group)
    this.#dropUnused(group)
  }

  /** Removes expired offsets, and the groups that have neither members nor offsets left. */
  #expireOffsets(turn: Turn): void {
    this.#transactions.expire(turn.now.wall - this.#settings.producerIdExpirationMs)
    for (const group of this.#groups.values()) {
      const noneLeft = removeExpired(turn, group, this.#offsets)
      if (group.isIdle && noneLeft && !this.#offsets.hasPending(group.id))
        turn.write({ type: 'group', group: group.id, value: null })
    }
    turn.wake({ type: 'offsets' }, this.#settings.offsetsRetentionCheckIntervalMs)
  }

  /** Forgets a group that the log knows nothing of and nobody is about to join. */
  #dropUnused(group: ClassicGroup): void {
    if (group.isIdle && group.generation === 0 && !this.#offsets.has(group.id)) this.#groups.delete(group.id)
  }

  #group(groupId: string, now: number): ClassicGroup {
    let group = this.#groups.get(groupId)
    if (group === undefined) {
      group = new ClassicGroup(groupId, now)
      this.#groups.set(groupId, group)
    }
    return group
  }
}

type AskOfGroup = Exclude<Extract<GroupEvent, { groupId: string }>, JoinEvent>
