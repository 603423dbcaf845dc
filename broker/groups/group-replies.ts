/**
 * What a groups machine answers, by the type of the event that asked.
 */
import type { ErrorName } from '../../protocol/errors.ts'
import type { Verification } from '../partition/folds/verifications.ts'

/** The answer to JoinGroup. */
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

/** The answer to SyncGroup; nothing but the error if there is one. */
export interface SyncReply {
  readonly error: ErrorName
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Buffer
}

/** The answer to OffsetFetch for one partition. */
export interface FetchedOffset {
  readonly partition: number
  /** −1: none is committed, or an error. */
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
  readonly error: ErrorName
}

/** The answer to OffsetFetch for one topic; partitions are in the order of the request. */
export interface FetchedTopic {
  readonly topic: string
  readonly partitions: readonly FetchedOffset[]
}

/** The answer to OffsetDelete. */
export interface DeletedOffsets {
  /** Of the whole request. */
  readonly error: ErrorName
  /** By topic, in the order of the request: of all its partitions. */
  readonly topics: readonly ErrorName[]
}

/** A member as DescribeGroups shows it. */
export interface DescribedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly metadata: Buffer
  readonly assignment: Buffer
}

/** A group as DescribeGroups shows it; empty strings where there is nothing. */
export interface DescribedGroup {
  readonly state: string
  readonly protocolType: string
  readonly protocolName: string
  readonly members: readonly DescribedMember[]
}

/** A group as ListGroups shows it. */
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
  /** Null: the transaction is open here, and nobody needs to be asked. */
  readonly verifyTxn: Verification | null
  /** In the order of the offsets. */
  readonly txnCommit: readonly ErrorName[]
  readonly marker: ErrorName
  readonly fetchOffsets: readonly FetchedTopic[]
  readonly deleteOffsets: DeletedOffsets
  /** Null: there is no such group. */
  readonly describe: DescribedGroup | null
  readonly list: readonly ListedGroup[]
  readonly deleteGroup: ErrorName
}

/** Any reply. */
export type GroupReply = GroupReplies[keyof GroupReplies]
