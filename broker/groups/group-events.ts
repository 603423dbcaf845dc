/**
 * What a groups machine decides on, and what it answers. Events are data: buffers in them are kept, so the host gives copies.
 */
import type { ErrorName } from '../../protocol/errors.ts'
import type { RequestId } from '../coordinator/machine.ts'

/** An assignment protocol that a member supports (a consumer: an assignor), with its opaque subscription. */
export interface Protocol {
  readonly name: string
  readonly metadata: Buffer
}

interface Asked {
  readonly request: RequestId
  readonly groupId: string
}

export interface JoinEvent extends Asked {
  readonly type: 'join'
  /** `''` of a member that has none yet. */
  readonly memberId: string
  readonly groupInstanceId: string | null
  /** The id that a member without one gets. */
  readonly newMemberId: string
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  /** In the member's order of preference. */
  readonly protocols: readonly Protocol[]
  /** A dynamic member without an id is only given one, and comes again with it (KIP-394, version 4). */
  readonly memberIdRequired: boolean
  /** The client knows `skipAssignment` (KIP-814, version 9). */
  readonly canSkipAssignment: boolean
}

export interface SyncEvent extends Asked {
  readonly type: 'sync'
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
  /** Null: not said. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  /** The leader's: by member id. */
  readonly assignments: ReadonlyMap<string, Buffer>
}

export interface HeartbeatEvent extends Asked {
  readonly type: 'heartbeat'
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
}

/** A member that leaves: by its id, by its static id, or both. */
export interface Leaver {
  readonly memberId: string
  readonly groupInstanceId: string | null
}

export interface LeaveEvent extends Asked {
  readonly type: 'leave'
  readonly members: readonly Leaver[]
}

export interface OffsetToCommit {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
  /** Wall ms; −1: now. */
  readonly commitTimestamp: number
}

export interface CommitEvent extends Asked {
  readonly type: 'commit'
  /** −1: not a member's. */
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
  /** How long the offsets are kept, ms; −1: as the broker keeps them. */
  readonly retentionTimeMs: number
  /** A generation of a group that isn't there: what the version of the request calls that. */
  readonly unknownGroup: 'GROUP_ID_NOT_FOUND' | 'ILLEGAL_GENERATION'
  readonly offsets: readonly OffsetToCommit[]
}

export interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

export interface FetchOffsetsEvent extends Asked {
  readonly type: 'fetchOffsets'
  /** Null: all that are committed. */
  readonly topics: readonly TopicPartitions[] | null
  /** Offsets that an open transaction may still change are UNSTABLE_OFFSET_COMMIT (KIP-447). */
  readonly requireStable: boolean
}

export interface DeleteOffsetsEvent extends Asked {
  readonly type: 'deleteOffsets'
  readonly topics: readonly TopicPartitions[]
}

export interface DescribeEvent extends Asked {
  readonly type: 'describe'
}

export interface ListEvent {
  readonly type: 'list'
  readonly request: RequestId
}

export interface DeleteGroupEvent extends Asked {
  readonly type: 'deleteGroup'
}

/** Topics are no more: their committed offsets vanish. */
export interface TopicsDeletedEvent {
  readonly type: 'topicsDeleted'
  readonly topics: ReadonlySet<string>
}

/** A timer's deadline (monotonic ms) has passed. */
export interface ExpiredEvent {
  readonly type: 'expired'
  readonly key: string
  readonly at: number
}

/** An event that a request waits for. */
export type GroupRequest =
  | JoinEvent
  | SyncEvent
  | HeartbeatEvent
  | LeaveEvent
  | CommitEvent
  | FetchOffsetsEvent
  | DeleteOffsetsEvent
  | DescribeEvent
  | ListEvent
  | DeleteGroupEvent

export type GroupEvent = GroupRequest | TopicsDeletedEvent | ExpiredEvent

export interface JoinReply {
  readonly error: ErrorName
  /** −1 with an error. */
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  readonly skipAssignment: boolean
  readonly memberId: string
  /** For the leader only. */
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly metadata: Buffer
  }[]
}

export interface SyncReply {
  readonly error: ErrorName
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Buffer
}

export interface FetchedOffset {
  readonly partition: number
  /** −1: none is committed, or an error. */
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
  readonly error: ErrorName
}

export interface FetchedTopic {
  readonly topic: string
  readonly partitions: readonly FetchedOffset[]
}

export interface DeletedOffsets {
  /** Of the whole request. */
  readonly error: ErrorName
  /** By topic, in the order of the request: of all its partitions. */
  readonly topics: readonly ErrorName[]
}

export interface DescribedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly metadata: Buffer
  readonly assignment: Buffer
}

export interface DescribedGroup {
  readonly state: string
  readonly protocolType: string
  readonly protocolName: string
  readonly members: readonly DescribedMember[]
}

export interface ListedGroup {
  readonly groupId: string
  readonly protocolType: string
  readonly state: string
  readonly type: string
}

/** The reply to each request. */
export interface GroupReplies {
  readonly join: JoinReply
  readonly sync: SyncReply
  readonly heartbeat: ErrorName
  /** The whole request's error, and each member's in the order of the request. */
  readonly leave: { readonly error: ErrorName; readonly members: readonly ErrorName[] }
  /** In the order of the offsets. */
  readonly commit: readonly ErrorName[]
  readonly fetchOffsets: readonly FetchedTopic[]
  readonly deleteOffsets: DeletedOffsets
  /** Null: there is no such group. */
  readonly describe: DescribedGroup | null
  readonly list: readonly ListedGroup[]
  readonly deleteGroup: ErrorName
}

export type GroupReply = GroupReplies[keyof GroupReplies]
