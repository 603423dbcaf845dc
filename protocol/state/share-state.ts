/**
 * What __share_group_state holds: of each share-partition its start offset and the states of the records behind it
 * (KIP-932). Key and value begin with an int16 each: the record's type, the value's version.
 *
 * The topic isn't compacted: the share coordinator deletes what lies below the oldest snapshot that still counts.
 */
import { array, int16, int32, int64, int8, message, string, uuid } from '../schema/notation.ts'

/** Names a share-partition. */
export const ShareSnapshotKey = message({
  name: 'ShareSnapshotKey',
  key: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    topicId: uuid(),
    partition: int32(),
  },
})

/**
 * The whole state. Written at the start, when the state is set anew, and after every so many updates
 * (share.coordinator.snapshot.update.records.per.snapshot). A tombstone is written when the state is deleted.
 */
export const ShareSnapshotValue = message({
  name: 'ShareSnapshotValue',
  key: 0,
  versions: '0',
  flexible: '0+',
  fields: {
    /** Rises with each snapshot; updates carry the number of theirs. */
    snapshotEpoch: int32(),
    /** Rises each time that the share-partition begins anew. */
    stateEpoch: int32(),
    /** Newest epoch of the partition's leader that was seen. */
    leaderEpoch: int32(),
    /** First offset that isn't done with; -1: not known yet. */
    startOffset: int64(),
    /** Records from `startOffset` on that are done with; -1: unknown (KIP-1226). */
    deliveryCompleteCount: int32('0+', { tag: 0, default: -1 }),
    /** When the first such snapshot was written, in milliseconds since 1970. */
    createTimestamp: int64(),
    /** When this was written, in milliseconds since 1970. */
    writeTimestamp: int64(),
    /** By offset, without overlaps. */
    stateBatches: array('0+', {
      /** Both ends are part of the range. */
      firstOffset: int64(),
      lastOffset: int64(),
      /** 0: available. 2: acknowledged. 4: archived. */
      deliveryState: int8(),
      /** How often the records were given out. */
      deliveryCount: int16(),
    }),
  },
})

/** Names a share-partition. */
export const ShareUpdateKey = message({
  name: 'ShareUpdateKey',
  key: 1,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    topicId: uuid(),
    partition: int32(),
  },
})

/** What changed since the last snapshot or update, as WriteShareGroupState gave it. */
export const ShareUpdateValue = message({
  name: 'ShareUpdateValue',
  key: 1,
  versions: '0',
  flexible: '0+',
  fields: {
    /** Of the snapshot that this adds to. */
    snapshotEpoch: int32(),
    /** -1: unchanged. */
    leaderEpoch: int32(),
    /** -1: unchanged. */
    startOffset: int64(),
    /** -1: unknown (KIP-1226). */
    deliveryCompleteCount: int32('0+', { tag: 0, default: -1 }),
    /** These replace what was said of their offsets. */
    stateBatches: array('0+', {
      /** Both ends are part of the range. */
      firstOffset: int64(),
      lastOffset: int64(),
      /** 0: available. 2: acknowledged. 4: archived. */
      deliveryState: int8(),
      deliveryCount: int16(),
    }),
  },
})
