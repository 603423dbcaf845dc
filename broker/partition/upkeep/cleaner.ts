/**
 * Compaction of one partition (`cleanup.policy` compact), in slices that leave the event loop to others and in memory that doesn't grow with the log.
 */
import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import type { Partition } from '../partition.ts'
import type { Cleanable } from './cleanable.ts'
import { CompactionPass } from './compaction-pass.ts'
import { KeyScan, type ScanPace } from './key-scan.ts'
import { OffsetMap } from './offset-map.ts'
import { Slices } from './slices.ts'
import type { Throttle } from './throttle.ts'

/** What cleaning needs besides the partition. */
export interface CleanerDeps {
  readonly clock: Clock
  readonly logger: Logger
  /** Bytes of the offset map: the part of `log.cleaner.dedupe.buffer.size` of one thread. */
  readonly mapBytes: number
  /** `log.cleaner.io.buffer.load.factor`. */
  readonly loadFactor: number
  readonly throttle: Throttle
  /** Whether the work is to end soon: what was written for it is then thrown away. */
  stopping(): boolean
}

/** The broker stops, or does no background work any more. */
class Stopped extends Error {}

/**
 * Compacts as much as one offset map covers, from the log's start on. Resolves to false if the log changed meanwhile, the map was full before the
 * end, or it was to stop: another call goes on.
 */
export const clean = async (partition: Partition, cleanable: Cleanable, deps: CleanerDeps): Promise<boolean> => {
  try {
    return await cleanOnce(partition, cleanable, deps)
  } catch (error) {
    if (error instanceof Stopped) return false
    throw error
  }
}

const cleanOnce = async (partition: Partition, cleanable: Cleanable, deps: CleanerDeps): Promise<boolean> => {
  const { clock, mapBytes, loadFactor } = deps
  const { firstDirty, end, start, generation } = cleanable
  const pace = paceOf(deps)
  const offsets = new OffsetMap({ maxBytes: mapBytes, loadFactor, mostKeys: end - firstDirty })
  const mapEnd = await new KeyScan(partition, firstDirty, offsets, pace).run(end)
  const { transactions, producers } = partition.folds
  const pass = new CompactionPass(
    {
      offsets,
      mapEnd,
      deleteRetentionMs: partition.topic.settings.deleteRetentionMs,
      nowMs: clock.now(),
      producers,
      isAborted: (id, base, last) => transactions.isAborted(id, base, last),
    },
    pace.slices,
  )
  const { segments } = await partition.log.segments()
  const to = segments.find(segment => segment.end >= mapEnd)?.end ?? end
  // What the folds know of the batches that go can't be read again.
  await partition.saveCheckpoint()
  const done = await partition.log.rewrite({ from: start, to, generation }, batches => keepOf(batches, pass, pace))
  if (!done) return false
  transactions.forgetAborted(pass.emptyAborts)
  partition.folds.cleanedTo = mapEnd
  await partition.saveCheckpoint()
  if (pass.unreadable > 0)
    deps.logger.warn({ partition: partition.name, batches: pass.unreadable }, 'compaction kept unreadable batches')
  return mapEnd === end
}

const keepOf = async (batches: readonly Buffer[], pass: CompactionPass, pace: ScanPace): Promise<readonly Buffer[]> => {
  const { slices } = pace
  const kept: Buffer[] = []
  let bytes = 0
  for (const source of batches) {
    if (slices.over) await slices.breathe()
    const left = await pass.keep(source)
    bytes += source.length + (left?.length ?? 0)
    if (left !== null) kept.push(left)
  }
  const paid = pace.spend(bytes)
  if (paid !== null) await paid
  return kept
}

const paceOf = ({ clock, throttle, stopping }: CleanerDeps): ScanPace => ({
  slices: new Slices(clock),
  spend: bytes => {
    if (stopping()) throw new Stopped()
    return throttle.spend(bytes)
  },
})
