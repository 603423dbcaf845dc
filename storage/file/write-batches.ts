import type { Batch } from '../engine.ts'
import { type Disk, writeFully } from './disk.ts'

/** Small batches are put together before they are written: below this a copy costs less than handing over one more buffer. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

/** Writes batches `[from, to)` one behind the other from `position` of the file on. Throws the disk's error. */
export const writeBatches = (
  disk: Disk,
  fd: number,
  batches: readonly Batch[],
  from: number,
  to: number,
  position: number,
): void => {
  const buffers: Buffer[] = []
  let sizeBytes = 0
  for (let index = from; index < to; index++) {
    buffers.push(batches[index]!.bytes)
    sizeBytes += batches[index]!.bytes.length
  }
  if (buffers.length > 1 && sizeBytes <= scratch.length) {
    let at = 0
    for (const bytes of buffers) at += bytes.copy(scratch, at)
    buffers.splice(0, buffers.length, scratch.subarray(0, at))
  }
  writeFully(disk, fd, buffers, position)
}
