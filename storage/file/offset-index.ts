/**
 * Kafka's `.index`: 8 bytes an entry, the last offset of a batch relative to the segment's base and the batch's position in the `.log`, both
 * big-endian int32. About one entry per `index.interval.bytes` of log; the segment's first batch has none.
 */
import type { Offset } from '../engine.ts'
import { IndexFile } from './index-file.ts'
import type { Shared } from './shared.ts'

/** Size of an entry. */
export const OFFSET_ENTRY_BYTES = 8

/** The offset index of one segment. */
export class OffsetIndex {
  readonly entries: IndexFile
  readonly #base: Offset

  constructor(shared: Shared, path: string, base: Offset, count: number | null) {
    this.entries = new IndexFile(shared, path, OFFSET_ENTRY_BYTES, count)
    this.#base = base
  }

  /** The batch at `position`, which ends with `lastOffset`. Both ascend. */
  append(lastOffset: Offset, position: number): void {
    const { bytes, at } = this.entries.add()
    bytes.writeUInt32BE(lastOffset - this.#base, at)
    bytes.writeUInt32BE(position, at + 4)
  }

  /** A position at or before the batch that contains `offset`, at most about an interval before it. */
  lookup(offset: Offset): number {
    const relative = offset - this.#base
    const index = this.entries.lastWhere((bytes, at) => bytes.readUInt32BE(at) <= relative)
    if (index < 0) return 0
    const { bytes, at } = this.entries.entry(index)
    return bytes.readUInt32BE(at + 4)
  }

  /** The last entry, null without entries. */
  last(): { readonly lastOffset: Offset; readonly position: number } | null {
    if (this.entries.count === 0) return null
    const { bytes, at } = this.entries.entry(this.entries.count - 1)
    return { lastOffset: this.#base + bytes.readUInt32BE(at), position: bytes.readUInt32BE(at + 4) }
  }
}
