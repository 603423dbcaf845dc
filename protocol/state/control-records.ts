/**
 * What brokers write into partitions beside users' records, and into the index of aborted transactions (KIP-98). Each
 * begins with its version, an int16, which these declarations don't show.
 */
import { int16, int32, int64, message } from '../schema/notation.ts'

/** The key of a control record, in a batch whose attributes say control. Consumers never see such records. */
export const ControlRecordTypeSchema = message({
  name: 'ControlRecordTypeSchema',
  versions: '0',
  flexible: 'none',
  fields: {
    /**
     * 0: abort. 1: commit. KRaft's own: 2 leader change, 3 snapshot header, 4 snapshot footer, 5 KRaft version, 6
     * voters. A reader skips types that it doesn't know.
     */
    type: int16(),
  },
})

/** The value of a commit or abort marker: where a producer's transaction ends in this partition. */
export const EndTxnMarker = message({
  name: 'EndTxnMarker',
  versions: '0',
  flexible: 'none',
  fields: {
    /** Leader epoch of the coordinator's log. An older one than the last seen of the producer is refused. */
    coordinatorEpoch: int32(),
  },
})

/** An entry of a `.txnindex` file: one aborted transaction that has records in this segment or before. */
export const AbortedTxn = message({
  name: 'AbortedTxn',
  versions: '0',
  flexible: 'none',
  fields: {
    producerId: int64(),
    /** Of the transaction's first record in this partition. */
    firstOffset: int64(),
    /** Of its abort marker. */
    lastOffset: int64(),
    /** As it was once the marker was written. */
    lastStableOffset: int64(),
  },
})
