/**
 * What must hold when the engine has been opened again, after a clean stop, a kill or a loss of power.
 */
import { batchesOf } from '../../../conformance/suite.ts'
import { type Bounds, DamagedRange, type Log, type LogId, type Offset, type Opened } from '../../../engine.ts'
import type { Ending, ExpectedLog, Found, Stretch } from './expected-log.ts'
import { type Slot, Violation, type World } from './world.ts'

/** The directory of the simulated engine. */
export const DATA_DIR = '/data'

/**
 * Offsets that a loss of power can't take, by the logs' directories, as the engine itself says on the medium. To be asked before the next start: that one
 * moves them when it has recovered what is left.
 */
export const recoveryPoints = (world: World): ReadonlyMap<string, Offset> => {
  const text =
    world.disk.file(`${DATA_DIR}/recovery-point-offset-checkpoint`)?.durableContent().toString('latin1') ?? ''
  const points = new Map<string, Offset>()
  for (const line of text.split('\n').slice(2)) {
    const [topic, partition, offset] = line.split(' ')
    if (offset !== undefined) points.set(`${topic}-${partition}`, Number(offset))
  }
  return points
}

/** How the engine came up again, and after what. */
export interface Restart {
  readonly opened: Opened
  readonly ending: Ending
  /** Whether there was the mark of a clean stop. */
  readonly clean: boolean
  /** As they were when the life ended. */
  readonly points: ReadonlyMap<string, Offset>
}

/** Compares all logs with what they must be, and takes over what was in doubt. Throws a Violation. */
export const checkRestart = async (world: World, { opened, ending, clean, points }: Restart): Promise<void> => {
  const present = new Set<LogId>()
  for await (const id of world.engine!.logs('')) present.add(id)
  checkUnclean(opened, present, clean)
  for (const slot of world.slots) {
    for (const id of slot.ids)
      if (present.has(id) && slot.log?.id !== id)
        throw new Violation(`${id} is there, though it was deleted or never was`)
    const { log } = slot
    if (log === null) continue
    const point = points.get(slot.name) ?? 0
    if (present.has(log.id)) await checkLog(world, log, ending, floorOf(world, log, point))
    else checkAbsent(world, slot, log, ending, point)
    slot.unsure = slot.creating = slot.busy = false
  }
}

const checkUnclean = ({ unclean }: Opened, present: ReadonlySet<LogId>, clean: boolean): void => {
  if (unclean.length === 0 && clean) return
  const rest = new Set(unclean)
  const missing = [...present].find(id => !rest.delete(id))
  if (clean) throw new Violation(`after a clean stop ${unclean} count as unclean`)
  if (missing !== undefined) throw new Violation(`${missing} doesn't count as unclean`)
  if (rest.size > 0) throw new Violation(`${[...rest]} count as unclean and aren't there`)
}

const floorOf = (world: World, log: ExpectedLog, point: Offset): Offset =>
  world.durable === 'fsync' ? log.end : Math.max(log.safeEnd, Math.min(point, log.end))

const checkAbsent = (world: World, slot: Slot, log: ExpectedLog, ending: Ending, point: Offset): void => {
  const mayBeLost = ending === 'power' && world.durable === 'os' && !log.safe && point === 0
  if (!slot.unsure && !mayBeLost) throw new Violation(`${log.id} is gone`)
  slot.log = null
}

const checkLog = async (world: World, log: ExpectedLog, ending: Ending, floor: Offset): Promise<void> => {
  const subject = world.engine!.log(log.id)
  const bounds = await subject.bounds()
  const found = await readAll(subject, bounds)
  const wrong =
    log.adopt(found, bounds, ending, floor) ??
    log.checkpoints.check(await subject.loadCheckpoint(), log.end, ending === 'power' && world.durable === 'os') ??
    log.checkSegments(await subject.segments())
  if (wrong !== null) throw new Violation(`after the ${ending}, ${log.id}: ${wrong}`)
}

/** All batches from the start on, and what can't be read between them. */
const readAll = async (log: Log, { start, end }: Bounds): Promise<Found> => {
  const batches: Buffer[] = []
  const damage: Stretch[] = []
  for (let next = start; next < end; ) {
    try {
      const slice = await log.read(next, { maxBytes: 8000, atLeastOne: true })
      const found = batchesOf(slice.chunks).map(bytes => Buffer.from(bytes))
      slice.release()
      if (found.length === 0) break
      batches.push(...found)
      next = slice.next
    } catch (error) {
      if (!(error instanceof DamagedRange)) throw error
      const { from, to } = error
      if (to <= next) throw new Violation(`a read at ${next} tells of damage in [${from}, ${to})`)
      damage.push({ from, to })
      next = to
    }
  }
  return { batches, damage }
}
