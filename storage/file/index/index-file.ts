/**
 * A file of entries of one size, ascending, appended to and searched: what Kafka's two indexes have in common. Entries not yet written lie in
 * memory; written ones are read in blocks, which all indexes of an engine cache together.
 */
import { systemCode, writeFully } from '../disk.ts'
import { type Handles, LogFile } from '../handles.ts'
import type { Shared } from '../shared.ts'

/** A multiple of both entry sizes (8 and 12), just under a page. */
const BLOCK_BYTES = 4080
/** More than the blocks of the largest index file. */
const BLOCKS_PER_INDEX = 2 ** 20

/** The most recently used blocks of all index files. */
export class IndexBlocks {
  readonly #max: number
  readonly #blocks = new Map<number, Buffer>()
  #lastId = 0

  constructor(max: number) {
    this.#max = max
  }

  get count(): number {
    return this.#blocks.size
  }

  /** A number that no other index has. */
  newId(): number {
    return ++this.#lastId
  }

  get(id: number, block: number): Buffer | undefined {
    const key = id * BLOCKS_PER_INDEX + block
    const found = this.#blocks.get(key)
    if (found !== undefined) {
      this.#blocks.delete(key)
      this.#blocks.set(key, found)
    }
    return found
  }

  put(id: number, block: number, bytes: Buffer): void {
    const key = id * BLOCKS_PER_INDEX + block
    this.#blocks.delete(key)
    this.#blocks.set(key, bytes)
    if (this.#blocks.size > this.#max) this.#blocks.delete(this.#blocks.keys().next().value!)
  }
}

/** The file of one index: written behind the entries in memory, read when they were dropped. */
export class IndexFile {
  readonly file: LogFile
  readonly #shared: Shared
  readonly #entryBytes: number
  #id: number
  /** Entries in the file. */
  #written: number
  /** Entries from `#tailFrom` on; those from `#written` on are only here. */
  #tail: Buffer = Buffer.alloc(0)
  #tailFrom: number
  #count: number
  #exists: boolean

  /** @param count entries that the file holds, or null if it is to be created by the first flush. */
  constructor(shared: Shared, path: string, entryBytes: number, count: number | null) {
    this.#shared = shared
    this.#entryBytes = entryBytes
    this.file = new LogFile(path)
    this.#id = shared.indexBlocks.newId()
    this.#exists = count !== null
    this.#count = this.#written = this.#tailFrom = count ?? 0
  }

  get count(): number {
    return this.#count
  }

  /** Makes room for an entry at the end; write it at position `at` of `bytes` before anything else. */
  add(): { readonly bytes: Buffer; readonly at: number } {
    const at = (this.#count - this.#tailFrom) * this.#entryBytes
    if (at + this.#entryBytes > this.#tail.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(10 * this.#entryBytes, 2 * this.#tail.length))
      this.#tail.copy(grown, 0, 0, at)
      this.#tail = grown
    }
    this.#count++
    return { bytes: this.#tail, at }
  }

  /** Where entry `index` is. */
  entry(index: number): { readonly bytes: Buffer; readonly at: number } {
    if (index >= this.#tailFrom) return { bytes: this.#tail, at: (index - this.#tailFrom) * this.#entryBytes }
    const perBlock = BLOCK_BYTES / this.#entryBytes
    const block = Math.floor(index / perBlock)
    const at = (index - block * perBlock) * this.#entryBytes
    let bytes = this.#shared.indexBlocks.get(this.#id, block)
    // A block cached while it was the last one may have grown since.
    if (bytes === undefined || bytes.length < at + this.#entryBytes) {
      const size = Math.min(BLOCK_BYTES, (this.#written - block * perBlock) * this.#entryBytes)
      bytes = Buffer.allocUnsafeSlow(size)
      const got = this.#shared.disk.read(this.#handles.fd(this.file), bytes, 0, size, block * BLOCK_BYTES)
      if (got < size) throw new Error(`${this.file.path} ends at ${block * BLOCK_BYTES + got}, before its last entry`)
      this.#shared.indexBlocks.put(this.#id, block, bytes)
    }
    return { bytes, at }
  }

  /** The index of the last entry for which `isAtMost` holds, −1 if for none; it holds for a prefix of the entries. */
  lastWhere(isAtMost: (bytes: Buffer, at: number) => boolean): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      const { bytes, at } = this.entry(middle)
      if (isAtMost(bytes, at)) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** Writes when there is a full block, or so much; whether it did. A disk that refuses is asked again later: until then the entries stay in memory. */
  flushBlocks(leastBytes = BLOCK_BYTES): boolean {
    if ((this.#count - this.#written) * this.#entryBytes < leastBytes) return false
    try {
      this.flush()
      return true
    } catch (error) {
      if (systemCode(error) === undefined) throw error
      return false
    }
  }

  /** Writes all that isn't written, and lets go of the memory. */
  flush(): void {
    if (this.#count > this.#written || !this.#exists) {
      const fd = this.#exists ? this.#handles.fd(this.file) : this.#handles.create(this.file, 'w+')
      this.#exists = true
      const from = (this.#written - this.#tailFrom) * this.#entryBytes
      const to = (this.#count - this.#tailFrom) * this.#entryBytes
      writeFully(this.#shared.disk, fd, [this.#tail.subarray(from, to)], this.#written * this.#entryBytes)
      this.#written = this.#count
    }
    this.#tailFrom = this.#count
    this.#tail = Buffer.alloc(0)
  }

  /** Forgets entries from `count` on, of a file in which all are written. Throws the disk's error. */
  cut(count: number): void {
    if (count >= this.#count) return
    this.#shared.disk.truncate(this.#handles.fd(this.file), count * this.#entryBytes)
    this.#count = this.#written = this.#tailFrom = count
    this.#tail = Buffer.alloc(0)
    // Blocks that are cached under the old one hold what is gone.
    this.#id = this.#shared.indexBlocks.newId()
  }

  get #handles(): Handles {
    return this.#shared.handles
  }
}
