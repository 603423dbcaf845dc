/**
 * The latest offset of each key in a stretch of log: what compaction decides by. One table of fixed size; when it is full, the stretch ends.
 */
import { hash } from 'node:crypto'

/** Bytes of a slot, as in Kafka: 16 of the key's hash and 8 of its offset. */
const SLOT_BYTES = 24
const WORDS_PER_SLOT = SLOT_BYTES / 4
/** What one table may take, whatever is allowed: Kafka's bound. */
const MAX_TABLE_BYTES = 0x7fffffff

/** How large an offset map is. */
export interface OffsetMapSize {
  /** Bytes that the table may take. */
  readonly maxBytes: number
  /** Share of its slots that may be used, above 0: the fuller it is, the longer a search takes. */
  readonly loadFactor: number
  /** No more keys than this can come: a smaller table will do. */
  readonly mostKeys: number
}

/**
 * Latest offsets by key. A key is known by the first 128 bits of its SHA-256: that two of n keys share them has a chance of about
 * n² / 2^129, with the 5 million keys of the default size 4 in 10^26, and nobody can make it happen.
 */
export class OffsetMap {
  /** A slot is four words of hash and two of offset, the upper one plus 1: 0 there is a free slot. */
  readonly #table: Int32Array
  readonly #slots: number
  readonly #maxKeys: number
  #size = 0

  constructor({ maxBytes, loadFactor, mostKeys }: OffsetMapSize) {
    const allowed = Math.floor(Math.min(maxBytes, MAX_TABLE_BYTES) / SLOT_BYTES)
    // At least one slot stays free, which ends every search.
    this.#slots = Math.max(2, Math.min(allowed, Math.ceil(mostKeys / loadFactor) + 1))
    this.#maxKeys = Math.max(1, Math.min(this.#slots - 1, Math.floor(this.#slots * loadFactor)))
    this.#table = new Int32Array(this.#slots * WORDS_PER_SLOT)
  }

  /** Keys in it. */
  get size(): number {
    return this.#size
  }

  /** Whether no further key may be put. */
  get full(): boolean {
    return this.#size >= this.#maxKeys
  }

  /** Offsets of a key are put in ascending order. The map must not be `full`. */
  put(key: Buffer, offset: number): void {
    const at = this.#find(key)
    const table = this.#table
    if (table[at + 5] === 0) {
      this.#size++
      for (let word = 0; word < 4; word++) table[at + word] = words[word]!
    }
    table[at + 4] = offset | 0
    table[at + 5] = Math.floor(offset / 2 ** 32) + 1
  }

  /** −1 if the key isn't in it. */
  get(key: Buffer): number {
    const at = this.#find(key)
    const upper = this.#table[at + 5]!
    return upper === 0 ? -1 : (upper - 1) * 2 ** 32 + (this.#table[at + 4]! >>> 0)
  }

  /** Index of the first word of the key's slot, or of a free one where it would be; its hash is in `words`. */
  #find(key: Buffer): number {
    hashInto(key)
    const table = this.#table
    for (let slot = (words[0]! & 0x7fffffff) % this.#slots; ; slot = slot + 1 === this.#slots ? 0 : slot + 1) {
      const at = slot * WORDS_PER_SLOT
      if (table[at + 5] === 0) return at
      const same =
        table[at] === words[0] && table[at + 1] === words[1] && table[at + 2] === words[2] && table[at + 3] === words[3]
      if (same) return at
    }
  }
}

/** The last hash. */
const words = new Int32Array(4)

const hashInto = (key: Buffer): void => {
  // As a string: its characters come without a Buffer, which would take three times as long as the hash itself.
  const digest = hash('sha256', key, 'binary')
  for (let word = 0; word < 4; word++) {
    const at = word * 4
    words[word] =
      digest.charCodeAt(at) |
      (digest.charCodeAt(at + 1) << 8) |
      (digest.charCodeAt(at + 2) << 16) |
      (digest.charCodeAt(at + 3) << 24)
  }
}
