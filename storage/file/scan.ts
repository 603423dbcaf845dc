/**
 * Walks over the batches of a `.log` file: by their headers alone, or with their bodies and checksums.
 */
import { KafkaError } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'
import type { LogFile } from './handles.ts'
import type { Shared } from './shared.ts'

/** Enough for the batches between two index entries in one read. */
const window = Buffer.allocUnsafeSlow(8192)

const damaged = (path: string, position: number, what: string): KafkaError =>
  new KafkaError('CORRUPT_MESSAGE', `${path} at byte ${position}: ${what}`)

/** Size in bytes of the batch whose header is at `at`, with `leftBytes` from there to the end of the file; −1 if that can't be a batch. */
export const plausibleSize = (buffer: Buffer, at: number, leftBytes: number): number => {
  const size = batch.sizeInBytes(buffer, at)
  return batch.magic(buffer, at) === 2 && size >= batch.HEADER_SIZE && size <= leftBytes ? size : -1
}

/** As `plausibleSize`, but throws CORRUPT_MESSAGE, which names the place, if that can't be a batch. */
export const checkedSize = (buffer: Buffer, at: number, leftBytes: number, path: string, position: number): number => {
  const size = plausibleSize(buffer, at, leftBytes)
  if (size < 0)
    throw damaged(
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
 * Calls `visit` with each batch's header (at `at` of a buffer that is only valid in the call) and position, from the batch that begins at `from`
 * up to `to`, until it returns false. Returns the position where that was, or `to`. `visit` must not scan itself.
 * Throws CORRUPT_MESSAGE where there is no batch.
 */
export const scanHeaders = (
  shared: Shared,
  file: LogFile,
  from: number,
  to: number,
  visit: (buffer: Buffer, at: number, position: number) => boolean,
): number => {
  let windowFrom = from
  let windowTo = from
  for (let position = from; position < to; ) {
    if (position + batch.HEADER_SIZE > windowTo) {
      windowFrom = position
      windowTo = position + readFrom(shared, file, window, Math.min(window.length, to - position), position)
      if (position + batch.HEADER_SIZE > windowTo)
        throw damaged(file.path, position, `${windowTo - position} bytes are less than a header`)
    }
    const at = position - windowFrom
    const size = checkedSize(window, at, to - position, file.path, position)
    if (!visit(window, at, position)) return position
    position += size
  }
  return to
}

const FIRST_BODY_BUFFER_BYTES = 256 * 1024

/**
 * Calls `visit` with each whole batch (the bytes are only valid in the call) and its position, as long as the file holds batches with right checksums and
 * ascending offsets from `base` on. Returns where that ends, and why if that isn't the end of the file. Never throws for what is in the file.
 */
export const scanBatches = (
  shared: Shared,
  file: LogFile,
  sizeBytes: number,
  base: number,
  visit: (bytes: Buffer, at: number, position: number) => void,
): { readonly validBytes: number; readonly problem: string | null } => {
  let buffer = Buffer.allocUnsafeSlow(Math.min(FIRST_BODY_BUFFER_BYTES, Math.max(sizeBytes, batch.HEADER_SIZE)))
  let bufferFrom = 0
  let bufferTo = 0
  let next = base
  const load = (position: number): void => {
    bufferFrom = position
    bufferTo = position + readFrom(shared, file, buffer, Math.min(buffer.length, sizeBytes - position), position)
  }
  for (let position = 0; position < sizeBytes; ) {
    const stop = (problem: string) => ({ validBytes: position, problem })
    if (position + batch.HEADER_SIZE > bufferTo) load(position)
    if (position + batch.HEADER_SIZE > bufferTo) return stop('half a header')
    const size = batch.sizeInBytes(buffer, position - bufferFrom)
    if (size < batch.HEADER_SIZE || batch.magic(buffer, position - bufferFrom) !== 2) return stop('no batch')
    if (size > sizeBytes - position) return stop('half a batch')
    if (position + size > bufferTo) {
      if (size > buffer.length) buffer = Buffer.allocUnsafeSlow(size)
      load(position)
      if (position + size > bufferTo) return stop('half a batch')
    }
    const at = position - bufferFrom
    if (!batch.checkCrc(buffer, at)) return stop('a batch with a wrong checksum')
    const first = batch.baseOffset(buffer, at)
    const last = batch.lastOffset(buffer, at)
    if (first < next || last < first) return stop(`a batch of offsets ${first} to ${last} where ${next} was due`)
    visit(buffer, at, position)
    next = last + 1
    position += size
  }
  return { validBytes: sizeBytes, problem: null }
}
