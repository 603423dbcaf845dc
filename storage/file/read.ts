/**
 * Reads of whole batches from `.log` files into pooled buffers.
 */
import * as batch from '../../protocol/records/batch.ts'
import type { Offset, Slice } from '../engine.ts'
import type { BufferPool } from './buffer-pool.ts'
import { checkedSize, plausibleSize } from './scan.ts'
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
}

/**
 * Adds the batches of one segment from `position` on to the slice, within the limits for the whole slice. Returns the position where it stopped.
 * Throws CORRUPT_MESSAGE for what is no batch.
 */
export const readInto = (
  slice: FileSlice,
  shared: Shared,
  segment: FileSegment,
  position: number,
  limits: ReadLimits,
): number => {
  const available = segment.sizeBytes - position
  const roomBytes = limits.maxBytes - slice.sizeBytes
  const first = limits.atLeastOne && slice.chunks.length === 0
  const wanted = Math.min(available, first ? Math.max(roomBytes, FIRST_BATCH_GUESS_BYTES) : roomBytes)
  if (wanted < batch.HEADER_SIZE) return position
  let buffer = shared.pool.take(wanted)
  let got = read(shared, segment, buffer, wanted, position)
  let whole = wholeBatches(buffer, got, available, segment, position, limits.before, roomBytes, first)
  if (first && whole.sizeBytes === 0 && whole.needBytes > got) {
    shared.pool.give(buffer)
    buffer = shared.pool.take(whole.needBytes)
    got = read(shared, segment, buffer, whole.needBytes, position)
    whole = wholeBatches(buffer, got, available, segment, position, limits.before, roomBytes, first)
  }
  if (whole.sizeBytes === 0) shared.pool.give(buffer)
  else slice.add(buffer, whole.sizeBytes, whole.next)
  return position + whole.sizeBytes
}

const read = (shared: Shared, segment: FileSegment, into: Buffer, length: number, position: number): number =>
  shared.disk.read(shared.handles.fd(segment.file), into, 0, length, position)

interface Whole {
  readonly sizeBytes: number
  readonly next: Offset
  /** Bytes from the first batch to the end of the one after the whole ones, 0 if that isn't wanted. */
  readonly needBytes: number
}

/** How much of the buffer is whole batches that are wanted. Damage in the first throws, later damage ends it: the next read begins there. */
const wholeBatches = (
  buffer: Buffer,
  got: number,
  available: number,
  segment: FileSegment,
  position: number,
  before: Offset,
  roomBytes: number,
  first: boolean,
): Whole => {
  let at = 0
  let next = 0
  while (at + batch.HEADER_SIZE <= got) {
    const size = plausibleSize(buffer, at, available - at)
    if (size < 0) {
      if (at === 0) checkedSize(buffer, at, available, segment.file.path, position)
      break
    }
    if (batch.baseOffset(buffer, at) >= before) return { sizeBytes: at, next, needBytes: 0 }
    if (at + size > got || (at + size > roomBytes && !(first && at === 0)))
      return { sizeBytes: at, next, needBytes: at + size }
    next = batch.nextOffset(buffer, at)
    at += size
  }
  return { sizeBytes: at, next, needBytes: 0 }
}
