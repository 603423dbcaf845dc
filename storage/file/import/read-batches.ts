import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as batch from '../../../protocol/records/batch.ts'
import type { Offset } from '../../engine.ts'
import { describeDamage } from '../recovery/damage.ts'
import { LogFile } from '../handles.ts'
import { scanFile, toTheEnd } from '../recovery/scan-file.ts'
import type { Shared } from '../shared.ts'
import { DamagedLog } from './check-kafka-log.ts'

/** A file of batches that isn't a partition's segment: of Kafka's metadata log, or a snapshot of it. */
export interface BatchFile {
  readonly path: string
  /** Offset of its first batch, or below. */
  readonly start: Offset
}

/**
 * Calls `visit` with each batch of the file, which is then the visitor's. Throws DamagedLog where there is something else than sound batches;
 * with `recover` not for the end of the file, which a crash may have torn.
 */
export const readBatches = (
  shared: Shared,
  { path, start }: BatchFile,
  recover: boolean,
  visit: (bytes: Buffer) => void,
): void => {
  const file = new LogFile(path)
  const sizeBytes = shared.disk.sizeBytes(path) ?? 0
  const range = { from: 0, sizeBytes, due: start, limit: Number.MAX_SAFE_INTEGER }
  const scan = scanFile(shared, file, range, {
    batch(buffer, at, position) {
      const bytes = Buffer.alloc(batch.sizeInBytes(buffer, at))
      shared.disk.read(shared.handles.fd(file), bytes, 0, bytes.length, position)
      visit(bytes)
    },
    damage(damage) {
      throw new DamagedLog(describeDamage(path, damage))
    },
  })
  const { position, problem } = toTheEnd(scan)
  shared.handles.close(file)
  if (problem !== null && !recover) throw new DamagedLog(`${path} from byte ${position} on: ${problem}`)
}

/** The files of Kafka's metadata log in the order of reading: the newest snapshot, if there is one, and the segments. */
export const metadataFiles = (
  directory: string,
): { readonly snapshot: (BatchFile & { readonly end: Offset }) | null; readonly segments: readonly BatchFile[] } => {
  const names = readdirSync(directory).sort()
  const snapshots = names.flatMap(name => {
    const [, end] = /^(\d{20})-\d{10}\.checkpoint$/.exec(name) ?? []
    return end === undefined ? [] : [{ path: join(directory, name), start: 0, end: Number(end) }]
  })
  const segments = names.flatMap(name => {
    const [, start] = /^(\d{20})\.log$/.exec(name) ?? []
    return start === undefined ? [] : [{ path: join(directory, name), start: Number(start) }]
  })
  return { snapshot: snapshots.at(-1) ?? null, segments }
}
