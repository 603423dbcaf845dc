/**
 * The files that an engine at rest may have; what else is there is a leftover that nobody would ever remove.
 */
import type { Slot, World } from './world.ts'
import { DATA_DIR } from './restart-check.ts'

const TOP =
  /^(recovery-point-offset-checkpoint|log-start-offset-checkpoint|replication-offset-checkpoint|meta\.properties)$/
const OF_LOG =
  /^(partition\.metadata|samsa\.log|leader-epoch-checkpoint|cleaner-point|\d{20}\.(log|index|timeindex|snapshot|aborted|checkpoint|damaged))$/

/** The journal's files, and the mark that says which counts. */
const JOURNAL = /^samsa\.journal(\.\d+)?$/

/** Paths of files that don't belong, when nothing is under way. `open`: the engine is; otherwise it was stopped. */
export const strangeFiles = (world: World, open: boolean): string[] => {
  const directories = new Set(world.slots.filter(slot => slot.log !== null).map((slot: Slot) => slot.name))
  const strange: string[] = []
  for (const path of world.disk.list(DATA_DIR)) {
    const [top, inner] = path.split('/') as [string, string?]
    if (JOURNAL.test(top) && world.durable === 'fsync' && open) continue
    if (inner !== undefined) {
      if (directories.has(top) && !OF_LOG.test(inner)) strange.push(path)
    } else if (!TOP.test(top) && !directories.has(top) && top !== (open ? '.lock' : '.kafka_cleanshutdown'))
      strange.push(path)
  }
  return strange
}
