/**
 * Walks over the batches of a `.log` file by their headers alone; `body-scan.ts` reads all of them.
 */
import { KafkaError } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'
import type { Damage } from './damage.ts'
import type { LogFile } from '../handles.ts'
import type { Shared } from '../shared.ts'

/** Enough for the batches between two index entries in one read. */
const window = Buffer.allocUnsafeSlow(8192)

/** CORRUPT_MESSAGE: there is no batch where one should begin. */
export class UnreadableBatch extends KafkaError {
  /** Of the `.log`, and the byte in it. */
  readonly path: string
  readonly position: number

  constructor(path: string, position: number, what: string) {
    super('CORRUPT_MESSAGE', `${path} at byte ${position}: ${what}`)
    this.path = path
    this.position = position
  }
}

/** Is shown a header at `at` of a buffer that is only valid in the call, and its position in the file; returns whether to go on. Must not scan itself. */
export type Visit = (buffer: Buffer, at: number, position: number) => boolean

/** Size in bytes of the batch whose header is at `at`, with `leftBytes` from there to the end of the file; −1 if that can't be a batch. */
export const plausibleSize = (buffer: Buffer, at: number, leftBytes: number): number => {
  const size = batch.sizeInBytes(buffer, at)
  return batch.magic(buffer, at) === 2 && size >= batch.HEADER_SIZE && size <= leftBytes ? size : -1
}

/** As `plausibleSize`, but throws `UnreadableBatch` if that can't be a batch. */
export const checkedSize = (buffer: Buffer, at: number, leftBytes: number, path: string, position: number): number => {
  const size = plausibleSize(buffer, at, leftBytes)
  if (size < 0)
    throw new UnreadableBatch(
      path,
      position,
      `no batch (magic ${batch.magic(buffer, at)}, ${batch.sizeInBytes(buffer, at)} bytes of ${leftBytes} left)`,
    )
  return size
}

/** Reads up to `length` bytes of a file. The descriptor is asked for each time, as what is done between reads may have closed it. */
const readFrom = (shared: Shared, file: LogFile, into: Buffer, length: number, position: number): number =>
  shared.disk.read(shared.handles.fd(file), into, 0, length, position)

/**
 * Calls `visit` with each batch's header, from the batch that begins at `from` up to `to`, until it returns false. Returns the position where that
 * was, or `to`.
 * Throws `UnreadableBatch` where there is no batch.
 */
export const scanHeaders = (shared: Shared, file: LogFile, from: number, to: number, visit: Visit): number => {
  let windowFrom = from
  let windowTo = from
  for (let position = from; position < to; ) {
    if (position + batch.HEADER_SIZE > windowTo) {
      windowFrom = position
      windowTo = position + readFrom(shared, file, window, Math.min(window.length, to - position), position)
      if (position + batch.HEADER_SIZE > windowTo)
        throw new UnreadableBatch(file.path, position, `${windowTo - position} bytes are less than a header`)
    }
    const at = position - windowFrom
    const size = checkedSize(window, at, to - position, file.path, position)
    if (!visit(window, at, position)) return position
    position += size
  }
  return to
}

/** As `scanHeaders`, past stretches of damage, which are in the order of the file. */
export const scanSound = (
  shared: Shared,
  file: LogFile,
  damage: readonly Damage[],
  from: number,
  to: number,
  visit: Visit,
): number => {
  let position = from
  for (const stretch of damage) {
    if (stretch.position >= to) break
    if (stretch.position >= position) {
      const stopped = scanHeaders(shared, file, position, stretch.position, visit)
      if (stopped < stretch.position) return stopped
    }
    position = Math.max(position, stretch.end)
  }
  return scanHeaders(shared, file, position, to, visit)
}
