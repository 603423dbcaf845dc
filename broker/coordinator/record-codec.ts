/** A stored record as bytes. A null value is a tombstone: compaction drops what had the same key. */
export interface StoredRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** How a machine's records are stored; given by the machine's owner. */
export interface RecordCodec<Rec> {
  encode(record: Rec): StoredRecord
  /**
   * The record that `encode` made the bytes of; null for a type this version doesn't know, which is skipped. The buffers
   * are lent: whatever is kept of them must be a copy. Throws on bytes that can't be a record of a known type: the log
   * isn't loaded then.
   */
  decode(key: Buffer, value: Buffer | null): Rec | null
}
