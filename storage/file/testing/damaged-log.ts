import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { batchesFrom, createLog, fill } from '../../conformance/suite.ts'
import type { Batch } from '../../engine.ts'
import { offsetName } from '../segment-names.ts'
import { withKilledEngine } from './killed-engine.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** What the log is to hold, and what happens to one of its segments once the engine is dead. */
export interface DamagedLogOptions {
  /** Or how many of 100 bytes. */
  readonly batches: readonly Batch[] | number
  readonly segmentBytes?: number
  /** Base offset of the segment. Default: the first. */
  readonly segment?: number
  readonly damage: (bytes: Buffer) => void
}

/** A directory with the log `t-0`, left by a killed engine with nothing below its recovery point, and damaged then. */
export const damagedLog = async (
  t: ExecutionContext,
  options: DamagedLogOptions,
): Promise<{ readonly dataDir: string; readonly path: (segment: number, kind?: string) => string }> => {
  const { batches, segmentBytes = 1_000_000, segment = 0 } = options
  const dataDir = temporaryDirectory(t)
  const path = (start: number, kind = 'log'): string => join(dataDir, 't-0', `${offsetName(start)}.${kind}`)
  const all = typeof batches === 'number' ? batchesFrom(0, ...Array.from({ length: batches }, () => ({}))) : batches
  await withKilledEngine(dataDir, async engine => fill(t, engine, await createLog(engine, { segmentBytes }), all))
  writeFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), '0\n0\n')
  const bytes = readFileSync(path(segment))
  options.damage(bytes)
  writeFileSync(path(segment), bytes)
  return { dataDir, path }
}
