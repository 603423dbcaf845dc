/**
 * One file of the simulated disk: its bytes as the page cache has them, its bytes as the medium has them, and what lies between. What a loss of
 * power makes of that is up to chance; the choices are those of docs/decisions/simulated-disk.md.
 */
import type { Random } from '../../../../protocol/testing/random.ts'

/** What a medium writes whole or not at all. */
const SECTOR_BYTES = 512
/** What a page cache writes back at a time. */
const PAGE_BYTES = 4096
/** So many changes wait for a sync; then the oldest are written back, as a system does after some seconds. */
const MAX_CHANGES = 400

/**
 * In which order un-synced changes come to the medium by themselves. `weak`: the names of a directory in the order of the calls, those of different
 * directories and each piece of a file in any order. `ordered`: all names in the order of the calls, and a file's bytes before the size that covers
 * them, as ext4 does with data=ordered.
 */
export type WriteBack = 'weak' | 'ordered'

/** Since the last sync; a null for the bytes stands for a change of size alone. */
interface Change {
  readonly at: number
  readonly bytes: Buffer | null
  readonly sizeAfter: number
}

/** Bytes that grow, zeros where nothing was written. */
class Content {
  bytes: Buffer = Buffer.alloc(0)
  sizeBytes = 0

  /** Doesn't change the size. */
  put(at: number, from: Buffer, start: number, end: number): void {
    this.#reserve(at + end - start)
    from.copy(this.bytes, at, start, end)
  }

  resize(sizeBytes: number): void {
    this.#reserve(sizeBytes)
    if (sizeBytes < this.sizeBytes) this.bytes.fill(0, sizeBytes, this.sizeBytes)
    this.sizeBytes = sizeBytes
  }

  copyOf(other: Content): void {
    this.bytes = Buffer.from(other.bytes.subarray(0, other.sizeBytes))
    this.sizeBytes = other.sizeBytes
  }

  #reserve(length: number): void {
    if (length <= this.bytes.length) return
    const grown = Buffer.alloc(Math.max(length, 2 * this.bytes.length, SECTOR_BYTES))
    this.bytes.copy(grown)
    this.bytes = grown
  }
}

/** A file, whatever names it has. */
export class SimulatedFile {
  readonly #cached = new Content()
  readonly #durable = new Content()
  #changes: Change[] = []
  #forgotten = 0
  /** Whether a failed sync may have left bytes in the cache that never come to the medium by themselves. */
  doubtful = false
  /** Wall clock, ms: set by the last write. */
  modifiedMs = 0

  get sizeBytes(): number {
    return this.#cached.sizeBytes
  }

  /** A mark of all that was changed so far, for `sync`. */
  get changed(): number {
    return this.#forgotten + this.#changes.length
  }

  /** What the page cache has, in memory of its own. */
  content(): Buffer {
    return Buffer.from(this.#cached.bytes.subarray(0, this.#cached.sizeBytes))
  }

  /** What the medium has, in memory of its own. */
  durableContent(): Buffer {
    return Buffer.from(this.#durable.bytes.subarray(0, this.#durable.sizeBytes))
  }

  read(into: Buffer, at: number, length: number, position: number): number {
    const { bytes, sizeBytes } = this.#cached
    const end = Math.min(sizeBytes, position + length)
    return position >= end ? 0 : bytes.copy(into, at, position, end)
  }

  write(from: Buffer, position: number): void {
    const bytes = Buffer.from(from)
    this.#cached.put(position, bytes, 0, bytes.length)
    if (position + bytes.length > this.#cached.sizeBytes) this.#cached.resize(position + bytes.length)
    this.#changed({ at: position, bytes, sizeAfter: this.#cached.sizeBytes })
  }

  truncate(sizeBytes: number): void {
    this.#cached.resize(sizeBytes)
    this.#changed({ at: sizeBytes, bytes: null, sizeAfter: sizeBytes })
  }

  /** All changes up to the mark come to the medium. */
  sync(mark: number): void {
    const count = Math.max(0, mark - this.#forgotten)
    for (const change of this.#changes.slice(0, count)) {
      this.#apply(change, 0, Number.POSITIVE_INFINITY)
      this.#durable.resize(change.sizeAfter)
    }
    this.#forget(count)
  }

  /** The medium refuses: some changes come to it, the others never do, and nothing is dirty any more. Reads see them all the same. */
  failSync(mark: number, random: Random): void {
    const count = Math.max(0, mark - this.#forgotten)
    this.#writeSome(this.#changes.slice(0, count), random, 'weak')
    this.#forget(count)
    this.doubtful = true
  }

  /** The power is lost: what of the changes the medium has is up to chance, and that is the file from now on. */
  losePower(random: Random, order: WriteBack): void {
    this.#writeSome(this.#changes, random, order)
    this.#forget(this.#changes.length)
    this.#cached.copyOf(this.#durable)
    this.doubtful = false
  }

  /** Turns one bit over, on the medium and in the cache. */
  flipBit(position: number, bit: number): void {
    for (const { bytes } of [this.#cached, this.#durable])
      if (position < bytes.length) bytes[position] = bytes[position]! ^ (1 << bit)
  }

  #changed(change: Change): void {
    this.#changes.push(change)
    if (this.#changes.length > MAX_CHANGES) this.sync(this.#forgotten + MAX_CHANGES / 2)
  }

  #forget(count: number): void {
    this.#changes.splice(0, count)
    this.#forgotten += count
  }

  /** The part of a change that lies in [from, to). */
  #apply({ at, bytes, sizeAfter }: Change, from: number, to: number): void {
    if (bytes === null) {
      const end = Math.min(to, this.#durable.bytes.length)
      const start = Math.max(from, sizeAfter)
      if (start < end) this.#durable.bytes.fill(0, start, end)
      return
    }
    const start = Math.max(from, at)
    const end = Math.min(to, at + bytes.length)
    if (start < end) this.#durable.put(start, bytes, start - at, end - at)
  }

  #writeSome(changes: readonly Change[], random: Random, order: WriteBack): void {
    const count = changes.length
    if (count === 0) return
    const { pieceBytes, changesOf } = chooseFates(changes, random)
    const sizeFate = random.oneIn(3) ? random.below(count + 1) : changesOf(random.below(1024))
    const fates = new Map<number, number>()
    const fateOf = (piece: number): number => {
      const fate = fates.get(piece) ?? changesOf(piece)
      fates.set(piece, fate)
      return order === 'ordered' ? Math.max(fate, sizeFate) : fate
    }
    const endOf = Math.max(this.#durable.bytes.length, this.#cached.bytes.length)
    for (const [index, change] of changes.entries()) {
      const end = change.bytes === null ? endOf : change.at + change.bytes.length
      for (let piece = Math.floor(change.at / pieceBytes); piece * pieceBytes < end; piece++)
        if (index < fateOf(piece)) this.#apply(change, piece * pieceBytes, (piece + 1) * pieceBytes)
    }
    const sizeBytes = sizeFate === 0 ? this.#durable.sizeBytes : changes[sizeFate - 1]!.sizeAfter
    // Beyond the size there is nothing, whatever was written there.
    this.#durable.sizeBytes = Math.max(sizeBytes, this.#durable.bytes.length)
    this.#durable.resize(sizeBytes)
  }
}

/** How many of the changes, in their order, each piece of the file has seen. */
const chooseFates = (
  changes: readonly Change[],
  random: Random,
): { readonly pieceBytes: number; readonly changesOf: (piece: number) => number } => {
  const all = changes.length
  const pieceBytes = random.oneIn(2) ? SECTOR_BYTES : PAGE_BYTES
  const first = changes[0]!.at
  switch (random.below(6)) {
    case 0:
      return { pieceBytes, changesOf: () => 0 }
    case 1:
      return { pieceBytes, changesOf: () => all }
    case 2: {
      const some = random.below(all + 1)
      return { pieceBytes, changesOf: () => some }
    }
    case 3: {
      const reached = Math.floor(first / pieceBytes) + random.below(2 + all)
      return { pieceBytes, changesOf: piece => (piece < reached ? all : 0) }
    }
    case 4: {
      const hole = Math.floor(first / pieceBytes) + random.below(8)
      return { pieceBytes, changesOf: piece => (piece === hole ? 0 : all) }
    }
    default:
      return { pieceBytes, changesOf: () => random.below(all + 1) }
  }
}
