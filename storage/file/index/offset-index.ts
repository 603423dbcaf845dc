/**
 * Kafka's `.index`: 8 bytes an entry, the last offset of a batch relative to the segment's base and the batch's position in the `.log`, both
 * big-endian int32. About one entry per `index.interval.bytes` of log; the segment's first batch has none.
 */
import type { Offset } from '../../engine.ts'
import { IndexFile } from './index-file.ts'
import type { Shared } from '../shared.ts'

/** Size of an entry. */
export const OFFSET_ENTRY_BYTES = 8

/** A batch that has an entry: the offset that it ends with, and its position in the `.log`. */
export interface IndexEntry {
  readonly lastOffset: Offset
  readonly position: number
}

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

  /** The last entry at or below `offset`, null if there is none. */
  lookup(offset: Offset): IndexEntry | null {
    const relative = offset - this.#base
    return this.#entry(this.entries.lastWhere((bytes, at) => bytes.readUInt32BE(at) <= relative))
  }

  /** The last entry, null without entries. */
  last(): IndexEntry | null {
    return this.#entry(this.entries.count - 1)
  }

  /** Whether the last entry is beyond the first. */
  get ascends(): boolean {
    const first = this.#entry(0)
    const last = this.last()
    if (this.entries.count < 2 || first === null || last === null) return true
    return last.position > first.position && last.lastOffset > first.lastOffset
  }

  /** Forgets entries at or above `offset`. */
  cutBelow(offset: Offset): void {
    const relative = offset - this.#base
    this.entries.cut(this.entries.lastWhere((bytes, at) => bytes.readUInt32BE(at) < relative) + 1)
  }

  #entry(index: number): IndexEntry | null {
    if (index < 0 || index >= this.entries.count) return null
    const { bytes, at } = this.entries.entry(index)
    return { lastOffset: this.#base + bytes.readUInt32BE(at), position: bytes.readUInt32BE(at + 4) }
  }
}
