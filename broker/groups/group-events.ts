/**
 * What a groups machine decides on. Events are data: buffers in them are kept, so the host gives copies. The answers are in
 * `group-replies.ts`.
 */
import type { Producer, RequestId } from '../coordinator/machine.ts'
import type { Verified } from '../partition/produce/transaction-checks.ts'
import type { PartitionMarker } from '../partition/transactions/marker-append.ts'

/** An assignment protocol that a member supports (a consumer: an assignor), with its opaque subscription. */
export interface Protocol {
  readonly name: string
  readonly metadata: Buffer
}

interface Asked {
  readonly request: RequestId
  readonly groupId: string
}

/** JoinGroup. */
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

/** SyncGroup. */
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

/** Heartbeat. */
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

/** LeaveGroup. */
export interface LeaveEvent extends Asked {
  readonly type: 'leave'
  readonly members: readonly Leaver[]
}

/** One offset of an OffsetCommit, of a topic that there is. */
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

/** OffsetCommit. */
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

/** Before a transaction's first offsets: what `TxnCommitEvent.verified` shows. */
export interface VerifyTxnEvent extends Asked {
  readonly type: 'verifyTxn'
  readonly producer: Producer
  /** The producer's epoch rises with each transaction (KIP-890). */
  readonly epochPerTransaction: boolean
}

/** TxnOffsetCommit. */
export interface TxnCommitEvent extends Asked {
  readonly type: 'txnCommit'
  readonly producer: Producer
  /** What the coordinator was asked for it (KIP-890). */
  readonly verified: Verified
  /** −1: not said. */
  readonly generationId: number
  /** `''`: not said. */
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly offsets: readonly OffsetToCommit[]
}

/** WriteTxnMarkers, for this machine's partition. */
export interface MarkerEvent {
  readonly type: 'marker'
  readonly request: RequestId
  readonly marker: PartitionMarker
}

/** Partitions of one topic. */
export interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** OffsetFetch, of one group. */
export interface FetchOffsetsEvent extends Asked {
  readonly type: 'fetchOffsets'
  /** Null: all that are committed. */
  readonly topics: readonly TopicPartitions[] | null
  /** Offsets that an open transaction may still change are UNSTABLE_OFFSET_COMMIT (KIP-447). */
  readonly requireStable: boolean
}

/** OffsetDelete. */
export interface DeleteOffsetsEvent extends Asked {
  readonly type: 'deleteOffsets'
  readonly topics: readonly TopicPartitions[]
}

/** DescribeGroups, one group. */
export interface DescribeEvent extends Asked {
  readonly type: 'describe'
}

/** ListGroups: those of this machine. */
export interface ListEvent {
  readonly type: 'list'
  readonly request: RequestId
}

/** DeleteGroups, one group. */
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
  | VerifyTxnEvent
  | TxnCommitEvent
  | MarkerEvent
  | FetchOffsetsEvent
  | DeleteOffsetsEvent
  | DescribeEvent
  | ListEvent
  | DeleteGroupEvent

/** All that a groups machine decides on. */
export type GroupEvent = GroupRequest | TopicsDeletedEvent | ExpiredEvent
