/**
 * What a crash leaves in a log's directory besides its segments, finished or removed by Kafka's rules:
 * - `.deleted` and `.tmp` files go;
 * - `.cleaned` files are the unfinished output of a compaction and go;
 * - a `.log.swap` is finished output whose place isn't taken yet: the segments that it replaces go, and it becomes the segment.
 */
import { join } from 'node:path'
import { LogFile } from '../handles.ts'
import { scanFile, toTheEnd } from './scan-file.ts'
import { CLEANED, DELETED, SWAP, splitOffsetName, TEMPORARY } from '../segment-names.ts'
import type { Shared } from '../shared.ts'

/** Leaves nothing in the directory but segments, indexes and the parts of checkpoints. */
export const clearLeftovers = (shared: Shared, directory: string): void => {
  const { disk } = shared
  const swaps: { readonly start: number; readonly path: string }[] = []
  const indexSwaps: string[] = []
  for (const name of disk.list(directory)) {
    const path = join(directory, name)
    if (name.endsWith(DELETED) || name.endsWith(CLEANED) || name.endsWith(TEMPORARY)) disk.unlink(path)
    else if (name.endsWith(SWAP)) {
      const split = splitOffsetName(name)
      if (split?.rest === `.log${SWAP}`) swaps.push({ start: split.offset, path })
      else indexSwaps.push(path)
    }
  }
  for (const { start, path } of swaps) replaceBySwap(shared, directory, start, path)
  for (const path of indexSwaps) {
    // Without its `.log.swap` it is output of a compaction that hadn't come so far.
    const finished = swaps.some(swap => path.startsWith(swap.path.slice(0, -`log${SWAP}`.length)))
    if (finished) disk.rename(path, path.slice(0, -SWAP.length))
    else disk.unlink(path)
  }
  // Last: as long as it is there, all of this is done again after the next crash.
  for (const { path } of swaps) disk.rename(path, path.slice(0, -SWAP.length))
}

/** Removes the segments that begin in the swap's range of offsets. */
const replaceBySwap = (shared: Shared, directory: string, start: number, path: string): void => {
  const { disk, handles, warn } = shared
  const file = new LogFile(path)
  const range = { from: 0, sizeBytes: disk.sizeBytes(path) ?? 0, due: start, limit: Number.MAX_SAFE_INTEGER }
  const { due: end } = toTheEnd(scanFile(shared, file, range, { batch() {}, damage() {} }))
  handles.close(file)
  for (const name of disk.list(directory)) {
    const split = splitOffsetName(name)
    if (split === null || split.offset < start || split.offset >= end) continue
    if (/^\.(log|index|timeindex|txnindex|damaged)$/.test(split.rest)) disk.unlink(join(directory, name))
  }
  warn(`${path}: a compaction is finished that a crash interrupted`)
}
