/**
 * The latest offset of each key in a stretch of log: what compaction decides by. Bounded: when it is full, the stretch ends.
 */
import { createHash } from 'node:crypto'

/** Keys of this many bytes and more are known by their SHA-256, which has just as many. */
const HASHED_FROM = 32

/** A JavaScript map holds no more than 2^24 entries; one batch may bring many after this. */
const MAX_ENTRIES = 12_000_000

/** About what a map's entry takes besides the key's bytes. */
const ENTRY_OVERHEAD = 80

/** Latest offsets by key, exact save for the chance of two keys with one SHA-256. */
export class OffsetMap {
  readonly #maxBytes: number
  readonly #offsets = new Map<string, number>()
  #bytes = 0

  /** @param maxBytes about how much memory it may take. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#offsets.size
  }

  /** Whether no further key should be put. */
  get full(): boolean {
    return this.#bytes >= this.#maxBytes || this.#offsets.size >= MAX_ENTRIES
  }

  /** Offsets of a key are put in ascending order. */
  put(key: Buffer, offset: number): void {
    const id = idOf(key)
    const before = this.#offsets.size
    this.#offsets.set(id, offset)
    if (this.#offsets.size > before) this.#bytes += ENTRY_OVERHEAD + id.length
  }

  /** −1 if the key isn't in it. */
  get(key: Buffer): number {
    return this.#offsets.get(idOf(key)) ?? -1
  }
}

const idOf = (key: Buffer): string =>
  key.length < HASHED_FROM ? key.toString('latin1') : createHash('sha256').update(key).digest('binary')
