/**
 * A group of the classic protocol: who is in it, and how far its rebalance is. State and what can be read off it; the
 * decisions are in `classic-join.ts` and its neighbours.
 */
import type { ErrorName } from '../../protocol/errors.ts'
import { type ClassicMember, metadataFor, storedMember } from './classic-member.ts'
import type { Protocol } from './group-events.ts'
import type { GroupRecord, StoredGroup } from './group-record.ts'
import { CONSUMER_PROTOCOL_TYPE, subscribedTopics } from './subscribed-topics.ts'

/** Kafka's names, as DescribeGroups shows them. A group that is gone isn't kept as Dead: there is none. */
export type ClassicState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

/** Nobody is subscribed to anything. */
const NO_TOPICS: ReadonlySet<string> = new Set()

/** One group. It lives in memory as the protocol makes it; `restore` and `record` are its durable part. */
export class ClassicGroup {
  readonly type = 'classic'
  readonly id: string
  #state: ClassicState = 'Empty'
  /** When the state began, wall ms; −1: before versions that recorded it. */
  stateSince: number
  generation = 0
  /** Null while no member ever joined. */
  protocolType: string | null = null
  /** The chosen protocol of the generation; null while there is none. */
  protocolName: string | null = null
  /** The member that assigns; null while there are none. */
  leader: string | null = null
  /** In the order in which they joined. */
  readonly members = new Map<string, ClassicMember>()
  /** Member ids by static id. */
  readonly staticMembers = new Map<string, string>()
  /** Ids that were given out and whose members haven't joined yet (KIP-394). */
  readonly pendingJoins = new Set<string>()
  /** Members of this generation that haven't asked for their assignment. */
  readonly pendingSyncs = new Set<string>()
  /**
   * The first rebalance of an empty group waits a while for more members, and longer when one came: what remains of the
   * rebalance timeout, ms. Null: no such wait.
   */
  initialDelayLeftMs: number | null = null
  joinedDuringDelay = false
  /** Of consumers: what they are subscribed to; null: not known. */
  #subscribed: ReadonlySet<string> | null = null

  constructor(id: string, now: number) {
    this.id = id
    this.stateSince = now
  }

  get state(): ClassicState {
    return this.#state
  }

  /** @param now wall ms. */
  become(state: ClassicState, now: number): void {
    this.#state = state
    this.stateSince = now
  }

  /** Without members, and nobody is about to join. */
  get isIdle(): boolean {
    return this.#state === 'Empty' && this.pendingJoins.size === 0
  }

  /** The longest time that a member takes to join again, ms. */
  get rebalanceTimeoutMs(): number {
    let longest = 0
    for (const member of this.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs)
    return longest
  }

  get joiningCount(): number {
    let count = 0
    for (const member of this.members.values()) if (member.joining !== null) count++
    return count
  }

  /** Whether the rebalance waits for nobody. */
  get allJoined(): boolean {
    return this.pendingJoins.size === 0 && this.joiningCount === this.members.size
  }

  add(member: ClassicMember, protocolType: string): void {
    if (this.members.size === 0) this.protocolType = protocolType
    this.members.set(member.id, member)
    if (member.instanceId !== null) this.staticMembers.set(member.instanceId, member.id)
    this.leader ??= member.id
    this.pendingJoins.delete(member.id)
  }

  /** The next member, by age, leads when the leader is removed. */
  remove(member: ClassicMember): void {
    this.members.delete(member.id)
    this.pendingSyncs.delete(member.id)
    if (member.instanceId !== null) this.staticMembers.delete(member.instanceId)
    if (this.leader === member.id) this.leader = this.members.keys().next().value ?? null
  }

  /** Puts a static member with a new id in the place of the old one (KIP-345). */
  replace(old: ClassicMember, fresh: ClassicMember): void {
    const members = [...this.members.values()]
    this.members.clear()
    for (const member of members)
      this.members.set(member === old ? fresh.id : member.id, member === old ? fresh : member)
    this.staticMembers.set(fresh.instanceId!, fresh.id)
    if (this.pendingSyncs.delete(old.id)) this.pendingSyncs.add(fresh.id)
    if (this.leader === old.id) this.leader = fresh.id
  }

  /** If the leader didn't join again, another that did leads. False if nobody did. */
  electJoined(): boolean {
    const leader = this.leader === null ? undefined : this.members.get(this.leader)
    if (leader !== undefined && leader.joining !== null) return true
    for (const member of this.members.values()) {
      if (member.joining === null) continue
      this.leader = member.id
      return true
    }
    return false
  }

  /** What is wrong with a request of the member, or null. A static id belongs to one member at a time (KIP-345). */
  memberError(memberId: string, instanceId: string | null): ErrorName | null {
    if (instanceId !== null) {
      const current = this.staticMembers.get(instanceId)
      if (current === undefined) return 'UNKNOWN_MEMBER_ID'
      if (current !== memberId) return 'FENCED_INSTANCE_ID'
    }
    return this.members.has(memberId) ? null : 'UNKNOWN_MEMBER_ID'
  }

  /** Whether a member with these protocols can be in the group: all members must have one in common. */
  supports(protocolType: string, protocols: readonly Protocol[]): boolean {
    if (this.members.size === 0) return protocolType !== '' && protocols.length > 0
    return protocolType === this.protocolType && protocols.some(({ name }) => this.#common(name))
  }

  /** The common protocol that most members prefer; of several the one that got its votes first. The group has members. */
  chooseProtocol(): string {
    const [first] = this.members.values()
    const common = new Set(first!.protocols.map(({ name }) => name).filter(name => this.#common(name)))
    const votes = new Map<string, number>()
    for (const { protocols } of this.members.values()) {
      const choice = protocols.find(({ name }) => common.has(name))
      if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
    }
    let chosen: string | undefined
    for (const [name, count] of votes) if (chosen === undefined || count > votes.get(chosen)!) chosen = name
    if (chosen === undefined) throw new Error(`the members of ${this.id} have no protocol in common`)
    return chosen
  }

  #common(protocolName: string): boolean {
    for (const { protocols } of this.members.values()) {
      if (!protocols.some(({ name }) => name === protocolName)) return false
    }
    return true
  }

  /** The next generation: with members it waits for their assignment, without it is Empty. */
  nextGeneration(now: number): void {
    this.generation++
    this.pendingSyncs.clear()
    this.initialDelayLeftMs = null
    if (this.members.size > 0) {
      this.protocolName = this.chooseProtocol()
      this.become('CompletingRebalance', now)
    } else {
      this.protocolName = null
      this.become('Empty', now)
    }
    this.#subscribed = this.#subscriptions()
  }

  get #consumers(): boolean {
    return this.protocolType === CONSUMER_PROTOCOL_TYPE
  }

  #subscriptions(): ReadonlySet<string> | null {
    if (!this.#consumers) return null
    if (this.members.size === 0) return NO_TOPICS
    return subscribedTopics([...this.members.values()].map(member => metadataFor(member, this.protocolName)))
  }

  /** Whether a member may be subscribed to the topic: a consumer whose subscription can't be read may be to any. */
  mayBeSubscribedTo(topic: string): boolean {
    return this.#subscribed?.has(topic) ?? this.#consumers
  }

  /** Whether it is known what its members are subscribed to. */
  get knowsSubscriptions(): boolean {
    return this.#subscribed !== null
  }

  /** What the log keeps of the group. @param assignments by member id; without them the members' present ones. */
  record(assignments?: ReadonlyMap<string, Buffer>): GroupRecord {
    const members = [...this.members.values()].map(member => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      sessionTimeout: member.sessionTimeoutMs,
      subscription: metadataFor(member, this.protocolName),
      assignment: assignments?.get(member.id) ?? (assignments === undefined ? member.assignment : Buffer.alloc(0)),
    }))
    const value: StoredGroup = {
      protocolType: this.protocolType ?? '',
      generation: this.generation,
      protocol: this.protocolName,
      leader: this.leader,
      currentStateTimestamp: this.stateSince,
      members,
    }
    return { type: 'group', group: this.id, value }
  }

  /** Takes what the log has of the group. Members that are here already keep what the log doesn't have of them. */
  restore(stored: StoredGroup): void {
    this.protocolType = stored.protocolType === '' ? null : stored.protocolType
    this.generation = stored.generation
    this.protocolName = stored.protocol
    const present = new Map(this.members)
    this.members.clear()
    this.staticMembers.clear()
    for (const one of stored.members) {
      const member = present.get(one.memberId) ?? storedMember(one, stored.protocol)
      member.assignment = one.assignment
      this.members.set(member.id, member)
      if (member.instanceId !== null) this.staticMembers.set(member.instanceId, member.id)
    }
    this.leader = stored.leader
    this.become(this.members.size === 0 ? 'Empty' : 'Stable', stored.currentStateTimestamp)
    this.#subscribed = this.#subscriptions()
  }
}
