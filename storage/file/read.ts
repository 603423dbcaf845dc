/**
 * Reads of whole batches from `.log` files into pooled buffers.
 */
import * as batch from '../../protocol/records/batch.ts'
import type { Offset, Slice } from '../engine.ts'
import type { BufferPool } from './buffer-pool.ts'
import { checkedSize, plausibleSize, UnreadableBatch } from './recovery/scan.ts'
import type { FileSegment } from './segment.ts'
import type { Shared } from './shared.ts'

/** Read at least, when the first batch is wanted whatever its size: most batches fit. */
const FIRST_BATCH_GUESS_BYTES = 4096

/** What a read has found so far; chunks go back to the pool when the caller releases it. */
export class FileSlice implements Slice {
  chunks: Buffer[] = []
  sizeBytes = 0
  next: Offset
  readonly #pool: BufferPool
  #buffers: Buffer[] = []

  /** @param next the offset asked for. */
  constructor(pool: BufferPool, next: Offset) {
    this.#pool = pool
    this.next = next
  }

  /** Adds the first `sizeBytes` of a buffer of the pool. */
  add(buffer: Buffer, sizeBytes: number, next: Offset): void {
    this.#buffers.push(buffer)
    this.chunks.push(buffer.length === sizeBytes ? buffer : buffer.subarray(0, sizeBytes))
    this.sizeBytes += sizeBytes
    this.next = next
  }

  release(): void {
    for (const buffer of this.#buffers) this.#pool.give(buffer)
    // A second call must not give a buffer back that others have by then.
    this.#buffers = []
    this.chunks = []
  }
}

/** Where a read ends. */
export interface ReadLimits {
  readonly maxBytes: number
  /** Batches whose base offset is below. */
  readonly before: Offset
  readonly atLeastOne: boolean
  /** The first batch ends here or behind, and all batches below `end`, which is the log's: anything else isn't what was written. */
  readonly from: Offset
  readonly end: Offset
}

/**
 * Adds the batches of one segment from `position` on to the slice, up to the next damage and within the limits for the whole slice. Returns the
 * position where it stopped. Throws `UnreadableBatch` if the first can't be one.
 */
export const readInto = (
  slice: FileSlice,
  shared: Shared,
  segment: FileSegment,
  position: number,
  limits: ReadLimits,
): number => {
  const available = segment.soundUpTo(position) - position
  const roomBytes = limits.maxBytes - slice.sizeBytes
  const first = limits.atLeastOne && slice.chunks.length === 0
  const wanted = Math.min(available, first ? Math.max(roomBytes, FIRST_BATCH_GUESS_BYTES) : roomBytes)
  if (wanted < batch.HEADER_SIZE) return position
  let buffer = shared.pool.take(wanted)
  let got = read(shared, segment, buffer, wanted, position)
  const part = {
    segment,
    position,
    available,
    roomBytes,
    first,
    from: slice.chunks.length === 0 ? limits.from : slice.next,
  }
  let whole = wholeBatches(buffer, got, part, limits)
  if (first && whole.sizeBytes === 0 && whole.needBytes > got) {
    shared.pool.give(buffer)
    buffer = shared.pool.take(whole.needBytes)
    got = read(shared, segment, buffer, whole.needBytes, position)
    whole = wholeBatches(buffer, got, part, limits)
    if (whole.sizeBytes === 0 && whole.needBytes > got)
      throw new UnreadableBatch(segment.file.path, position, 'the file ends')
  }
  if (whole.sizeBytes === 0) shared.pool.give(buffer)
  else slice.add(buffer, whole.sizeBytes, whole.next)
  return position + whole.sizeBytes
}

const read = (shared: Shared, segment: FileSegment, into: Buffer, length: number, position: number): number =>
  shared.disk.read(shared.handles.fd(segment.file), into, 0, length, position)

/** What of a segment is read, and how. */
interface Part {
  readonly segment: FileSegment
  readonly position: number
  /** Bytes from `position` on that should hold batches. */
  readonly available: number
  readonly roomBytes: number
  /** One batch is wanted whatever its size. */
  readonly first: boolean
  /** The first batch ends here or behind. */
  readonly from: Offset
}

interface Whole {
  readonly sizeBytes: number
  readonly next: Offset
  /** Bytes from the first batch to the end of the one after the whole ones, 0 if that isn't wanted. */
  readonly needBytes: number
}

/**
 * How much of the buffer is whole batches that are wanted. What can't be a batch throws if it is the first, and ends it later: the next read begins
 * there. Of batches out of order the one before the gap is taken for the wrong one.
 */
const wholeBatches = (buffer: Buffer, got: number, part: Part, limits: ReadLimits): Whole => {
  const { available, roomBytes, first } = part
  if (got < batch.HEADER_SIZE) throw new UnreadableBatch(part.segment.file.path, part.position, 'the file ends')
  let at = 0
  let next = part.from
  /** Where a batch begins that is wrong if the next one's offsets are too low, and the offset that was due there. */
  let doubtful = -1
  let dueThere = 0
  while (at + batch.HEADER_SIZE <= got) {
    const size = plausibleSize(buffer, at, available - at)
    const base = batch.baseOffset(buffer, at)
    const after = batch.nextOffset(buffer, at)
    const ascends = after > base && (at === 0 ? after > next : base >= next)
    if (size < 0 || !ascends || after > limits.end) {
      const back = size >= 0 && !ascends && doubtful >= 0
      if (back ? doubtful === 0 : at === 0) refuse(buffer, part)
      return back ? { sizeBytes: doubtful, next: dueThere, needBytes: 0 } : { sizeBytes: at, next, needBytes: 0 }
    }
    if (base >= limits.before) return { sizeBytes: at, next, needBytes: 0 }
    if (at + size > got || (at + size > roomBytes && !(first && at === 0)))
      return { sizeBytes: at, next, needBytes: at + size }
    doubtful = base > next ? at : -1
    dueThere = next
    next = after
    at += size
  }
  return { sizeBytes: at, next, needBytes: 0 }
}

const refuse = (buffer: Buffer, { segment, position, available }: Part): never => {
  const { path } = segment.file
  checkedSize(buffer, 0, available, path, position)
  const offsets = `${batch.baseOffset(buffer, 0)} to ${batch.lastOffset(buffer, 0)}`
  throw new UnreadableBatch(path, position, `a batch of offsets ${offsets} where others were due`)
}
