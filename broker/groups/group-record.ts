/**
 * The records of `__consumer_offsets`: Kafka's own, so that its tools read the topic. The key begins with the record type,
 * the value with its version.
 */
import { encodeMessage, messageCodec } from '../../protocol/schema/codec.ts'
import type { Message, ReadOf, WriteOf } from '../../protocol/schema/notation.ts'
import {
  GroupMetadataKey,
  GroupMetadataValue,
  LegacyOffsetCommitKey,
  LegacyOffsetCommitValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../../protocol/state/classic-group.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import type { RecordCodec, StoredRecord } from '../coordinator/record-codec.ts'

/** Kafka's zero id: no topic id is known. */
export const NO_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA'

/** A committed offset. Times are wall ms. */
export interface StoredOffset {
  readonly offset: number
  /** −1: not known. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestamp: number
  /** When it expires, if the committer said so (OffsetCommit 2–4); −1: by the broker's retention. */
  readonly expireTimestamp: number
  /** `NO_TOPIC_ID` if it isn't known. */
  readonly topicId: string
}

/** A classic group as its last completed rebalance left it. */
export type StoredGroup = ReadOf<typeof GroupMetadataValue>
/** One member of it. */
export type StoredMember = StoredGroup['members'][number]

/** A durable fact; `value: null` says that it is no more. */
export type GroupRecord =
  | {
      readonly type: 'offset'
      readonly group: string
      readonly topic: string
      readonly partition: number
      readonly value: StoredOffset | null
    }
  | { readonly type: 'group'; readonly group: string; readonly value: StoredGroup | null }

const encodeKey = <M extends Message>(message: M, value: WriteOf<M>): Buffer =>
  versioned(message.key!, message, 0, value)

const versioned = <M extends Message>(prefix: number, message: M, version: number, value: WriteOf<M>): Buffer => {
  const body = encodeMessage(message, version, value)
  const buffer = Buffer.allocUnsafe(2 + body.length)
  buffer.writeInt16BE(prefix, 0)
  buffer.set(body, 2)
  return buffer
}

/** The versions that Kafka 4.3 writes; only version 1 can carry an expire timestamp. */
const encodeOffset = (value: StoredOffset): Buffer => {
  const version = value.expireTimestamp === -1 ? 4 : 1
  return versioned(version, OffsetCommitValue, version, value)
}

const GROUP_VERSION = 3

const encode = (record: GroupRecord): StoredRecord => {
  const { group, value } = record
  if (record.type === 'offset') {
    const { topic, partition } = record
    return {
      key: encodeKey(OffsetCommitKey, { group, topic, partition }),
      value: record.value === null ? null : encodeOffset(record.value),
    }
  }
  return {
    key: encodeKey(GroupMetadataKey, { group }),
    value: value === null ? null : versioned(GROUP_VERSION, GroupMetadataValue, GROUP_VERSION, record.value!),
  }
}

const decodeValue = <M extends Message>(message: M, value: Buffer): ReadOf<M> => {
  const reader = new Reader(value)
  return messageCodec(message, reader.int16()).decode(reader)
}

const decodeOffset = (value: Buffer, legacy: boolean): StoredOffset => {
  if (!legacy) return decodeValue(OffsetCommitValue, value)
  const { offset, metadata, commitTimestamp } = decodeValue(LegacyOffsetCommitValue, value)
  return { offset, metadata, commitTimestamp, leaderEpoch: -1, expireTimestamp: -1, topicId: NO_TOPIC_ID }
}

const decodeGroup = (value: Buffer): StoredGroup => {
  const group = decodeValue(GroupMetadataValue, value)
  for (const member of group.members) {
    member.subscription = Buffer.from(member.subscription) // the value is lent
    member.assignment = Buffer.from(member.assignment)
  }
  return group
}

const decode = (key: Buffer, value: Buffer | null): GroupRecord | null => {
  const reader = new Reader(key)
  const type = reader.int16()
  if (type === OffsetCommitKey.key || type === LegacyOffsetCommitKey.key) {
    const legacy = type === LegacyOffsetCommitKey.key
    const { group, topic, partition } = messageCodec(OffsetCommitKey, 0).decode(reader)
    return { type: 'offset', group, topic, partition, value: value === null ? null : decodeOffset(value, legacy) }
  }
  if (type === GroupMetadataKey.key) {
    const { group } = messageCodec(GroupMetadataKey, 0).decode(reader)
    return { type: 'group', group, value: value === null ? null : decodeGroup(value) }
  }
  return null // a group protocol that isn't served
}

/** Kafka's stored form of group records; decoding throws KafkaError for what is none. Types of group protocols that aren't served are skipped. */
export const groupRecordCodec: RecordCodec<GroupRecord> = { encode, decode }
