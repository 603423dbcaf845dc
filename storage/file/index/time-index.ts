/**
 * Kafka's `.timeindex`: 12 bytes an entry, the greatest timestamp of the segment so far (int64) and the last offset of the first batch that has
 * it, relative to the base (int32). Timestamps ascend strictly. A closed segment's last entry has the segment's greatest timestamp.
 */
import * as batch from '../../../protocol/records/batch.ts'
import type { Offset } from '../../engine.ts'
import { IndexFile } from './index-file.ts'
import type { Shared } from '../shared.ts'

/** Size of an entry. */
export const TIME_ENTRY_BYTES = 12

/** A timestamp (ms) and the offset where it was reached. */
export interface TimeEntry {
  /** ms since the epoch. */
  readonly timestamp: number
  readonly offset: Offset
}

/** The time index of one segment. */
export class TimeIndex {
  readonly entries: IndexFile
  readonly #base: Offset

  constructor(shared: Shared, path: string, base: Offset, count: number | null) {
    this.entries = new IndexFile(shared, path, TIME_ENTRY_BYTES, count)
    this.#base = base
  }

  /** Nothing happens if no timestamp is greater than the last entry's. */
  append(timestamp: number, offset: Offset): void {
    if (timestamp < 0 || timestamp <= (this.last()?.timestamp ?? -1)) return
    const { bytes, at } = this.entries.add()
    batch.writeInt64(bytes, at, timestamp)
    bytes.writeUInt32BE(offset - this.#base, at + 8)
  }

  last(): TimeEntry | null {
    return this.entries.count === 0 ? null : this.#entry(this.entries.count - 1)
  }

  /** The last entry at or below `timestamp`, null if there is none: batches before its offset have lower timestamps. */
  lookup(timestamp: number): TimeEntry | null {
    const index = this.entries.lastWhere((bytes, at) => batch.readInt64(bytes, at) <= timestamp)
    return index < 0 ? null : this.#entry(index)
  }

  /** Forgets entries above `offset`. */
  cutAbove(offset: Offset): void {
    const relative = offset - this.#base
    this.entries.cut(this.entries.lastWhere((bytes, at) => bytes.readUInt32BE(at + 8) <= relative) + 1)
  }

  #entry(index: number): TimeEntry {
    const { bytes, at } = this.entries.entry(index)
    return { timestamp: batch.readInt64(bytes, at), offset: this.#base + bytes.readUInt32BE(at + 8) }
  }
}
