/**
 * The scan with checksums (`body-scan.ts`) of a file that an engine has open.
 */
import * as batch from '../../../protocol/records/batch.ts'
import type { Offset } from '../../engine.ts'
import { type BodyVisitor, SCAN_WINDOW_BYTES, type ScanEnd, scanBodies } from './body-scan.ts'
import type { LogFile } from '../handles.ts'
import type { Shared } from '../shared.ts'

/** What of the file is scanned: bytes `[from, sizeBytes)`, where `due` is due first and all offsets are below `limit`. */
export interface FileRange {
  readonly from: number
  readonly sizeBytes: number
  readonly due: Offset
  readonly limit: Offset
}

/** Scans; yields the bytes read since the last time. Throws the disk's error. */
export function* scanFile(
  shared: Shared,
  file: LogFile,
  range: FileRange,
  visitor: BodyVisitor,
): Generator<number, ScanEnd, void> {
  const { disk, handles, pool } = shared
  const buffer = pool.take(Math.min(SCAN_WINDOW_BYTES, Math.max(range.sizeBytes, batch.HEADER_SIZE)))
  // The descriptor is asked for each time, as what is done between reads may have closed it.
  const read = (into: Buffer, length: number, from: number): number =>
    disk.read(handles.fd(file), into, 0, length, from)
  try {
    const scan = scanBodies({ read, buffer, ...range }, visitor)
    let reached = range.from
    for (let next = scan.next(); ; next = scan.next()) {
      if (next.done) return next.value
      yield next.value - reached
      reached = next.value
    }
  } finally {
    pool.give(buffer)
  }
}

/** What a generator of portions gives that nobody else waits for. */
export const toTheEnd = <T>(portions: Generator<number, T, void>): T => {
  for (;;) {
    const next = portions.next()
    if (next.done) return next.value
  }
}
