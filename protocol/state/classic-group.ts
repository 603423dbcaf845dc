/**
 * What __consumer_offsets holds of classic groups, and of every group the committed offsets.
 *
 * A record's key is its type, an int16, then the key's fields; its value is the version, an int16, then the value's
 * fields. A null value, a tombstone, takes back what the key names; compaction keeps the last record of each key.
 */
import { array, bytes, int32, int64, message, string, uuid } from '../schema/notation.ts'

/** Names a committed offset. */
export const OffsetCommitKey = message({
  name: 'OffsetCommitKey',
  key: 1,
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
    topic: string(),
    partition: int32(),
  },
})

/**
 * Written by OffsetCommit, and by TxnOffsetCommit in a transactional batch: then it counts only from the commit marker
 * on. A tombstone is written when the offset expires or is deleted, and when its group or topic is.
 *
 * - v1: expires at a given time; written when the client asked for a retention time.
 * - v2: without that time.
 * - v3: leader epoch (KIP-320).
 * - v4: topic id; the version that Kafka 4.3 writes.
 */
export const OffsetCommitValue = message({
  name: 'OffsetCommitValue',
  key: 1,
  versions: '0-4',
  flexible: '4+',
  fields: {
    /** Offset of the next record to read. */
    offset: int64(),
    /** Epoch of the last record read; -1: unknown. */
    leaderEpoch: int32('3+', { default: -1, ignorable: true }),
    /** What the client gave, or "". */
    metadata: string(),
    /** Milliseconds since 1970. */
    commitTimestamp: int64(),
    /** Milliseconds since 1970; -1: by the broker's setting. */
    expireTimestamp: int64('1', { default: -1, ignorable: true }),
    /** All zeroes: unknown. An offset of a topic that was deleted and made again is told by it. */
    topicId: uuid('4+', { tag: 0, ignorable: true }),
  },
})

/** Names a committed offset, in the records of early brokers. */
export const LegacyOffsetCommitKey = message({
  name: 'LegacyOffsetCommitKey',
  key: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
    topic: string(),
    partition: int32(),
  },
})

/** As OffsetCommitValue, of type 0; read for the sake of old logs, not written. */
export const LegacyOffsetCommitValue = message({
  name: 'LegacyOffsetCommitValue',
  key: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    /** Offset of the next record to read. */
    offset: int64(),
    metadata: string(),
    /** Milliseconds since 1970. */
    commitTimestamp: int64(),
  },
})

/** Names a classic group. */
export const GroupMetadataKey = message({
  name: 'GroupMetadataKey',
  key: 2,
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
  },
})

/**
 * A group's present generation. Written when a new group appears (generation 0, all empty), when the leader's
 * assignment has arrived, and when the last member has left. A tombstone is written when the group is deleted, or is
 * empty and has no offsets any more.
 *
 * - v1: rebalance timeout of each member (KIP-62).
 * - v2: since when the group is in its state (KIP-211).
 * - v3: static members (KIP-345); the version that Kafka 4.3 writes.
 * - v4: flexible.
 */
export const GroupMetadataValue = message({
  name: 'GroupMetadataValue',
  key: 2,
  versions: '0-4',
  flexible: '4+',
  fields: {
    /** "consumer", "connect", ...; empty when nobody joined yet. */
    protocolType: string(),
    generation: int32(),
    /** The one chosen; null without members. */
    protocol: string('0+', { nullable: '0+' }),
    /** Member id; null without members. */
    leader: string('0+', { nullable: '0+' }),
    /** Milliseconds since 1970; -1: unknown. Offsets of an empty group expire from then on. */
    currentStateTimestamp: int64('2+', { default: -1, ignorable: true }),
    members: array('0+', {
      memberId: string(),
      /** Null: a dynamic member. */
      groupInstanceId: string('3+', { nullable: '3+', default: null, ignorable: true }),
      clientId: string(),
      clientHost: string(),
      /** Milliseconds; -1: the session timeout serves. */
      rebalanceTimeout: int32('1+', { default: -1, ignorable: true }),
      /** Milliseconds. */
      sessionTimeout: int32(),
      /** What the member gave with the chosen protocol. */
      subscription: bytes(),
      /** What SyncGroup gave it. */
      assignment: bytes(),
    }),
  },
})
