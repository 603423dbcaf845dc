/**
 * The files that an engine at rest may have; what else is there is a leftover that nobody would ever remove.
 */
import type { Slot, World } from './world.ts'
import { DATA_DIR } from './restart-check.ts'

const TOP =
  /^(recovery-point-offset-checkpoint|log-start-offset-checkpoint|replication-offset-checkpoint|meta\.properties)$/
const OF_LOG =
  /^(partition\.metadata|samsa\.log|leader-epoch-checkpoint|cleaner-point|\d{20}\.(log|index|timeindex|snapshot|aborted|checkpoint|damaged))$/

/** Which log a directory is says one of these, if it is whole. */
const IDENTITIES = ['partition.metadata', 'samsa.log']
const WHOLE = /^(topic_id: [\w-]{22}$|id: .+\n)/m

/** The journal's files, and the mark that says which counts. */
const JOURNAL = /^samsa\.journal(\.\d+)?$/

/** What a loss of power left without saying what it is stays for people to look at, and is moved aside when its name is wanted. */
const isStray = (world: World, directory: string): boolean =>
  directory.endsWith('-stray') ||
  (world.durable === 'os' &&
    world.slots.some(({ name, log }) => name === directory && log === null) &&
    IDENTITIES.every(name => !WHOLE.test(`${world.disk.file(`${DATA_DIR}/${directory}/${name}`)?.content()}`)))

/** Paths of files that don't belong, when nothing is under way. `open`: the engine is; otherwise it was stopped. */
export const strangeFiles = (world: World, open: boolean): string[] => {
  const directories = new Set(world.slots.filter(slot => slot.log !== null).map((slot: Slot) => slot.name))
  const strange: string[] = []
  for (const path of world.disk.list(DATA_DIR)) {
    const [top, inner] = path.split('/') as [string, string?]
    if (isStray(world, top) || (directories.has(top) && inner === undefined)) continue
    if (JOURNAL.test(top) && world.durable === 'fsync' && open) continue
    if (inner !== undefined) {
      if (directories.has(top) && !OF_LOG.test(inner)) strange.push(path)
    } else if (!TOP.test(top) && top !== (open ? '.lock' : '.kafka_cleanshutdown')) strange.push(path)
  }
  return strange
}
