/**
 * Steps of the simulation that roll, trim, rewrite and checkpoint logs, as a broker does in the background.
 */
import type { Offset, RewriteRange } from '../../../engine.ts'
import { batchesOf } from '../../../conformance/suite.ts'
import { randomFate, toBatch } from './batches.ts'
import type { ExpectedLog } from './expected-log.ts'
import { anyLog, staysIn } from './steps-of-data.ts'
import { Violation, type World } from './world.ts'

/** Closes the active segment. */
export const roll = (world: World): void => {
  const slot = anyLog(world)
  // Its appender rolls a log, so never while an append is under way.
  if (slot === undefined || slot.log.asked) return
  const { log } = slot
  world.start(`roll ${log.id}`, staysIn(slot, log), () => world.engine!.log(log.id).roll())
}

/** Raises the start: a little, to the end or beyond. */
export const trim = (world: World): void => {
  const { random } = world
  const slot = anyLog(world)
  if (slot === undefined) return
  const { log } = slot
  const reach = log.end - log.start
  const start = log.start + random.below(random.oneIn(12) ? reach + 3 : Math.ceil(reach / 3) + 1)
  const to = log.trimming(start)
  world.start(`trim ${log.id} to ${start}`, staysIn(slot, log), async () => {
    const { life } = world
    const bounds = await world.engine!.log(log.id).trim(start)
    if (!world.isLiving(life)) return
    log.trimmed(to)
    const wrong = log.checkBounds(bounds)
    if (wrong !== null) throw new Violation(`${log.id} trimmed to ${start}: ${wrong}`)
  })
}

/** Compacts some closed segments; now and then with bounds that can't be. */
export const rewrite = (world: World): void => {
  const { random } = world
  const slot = anyLog(world)
  if (slot === undefined || slot.log.rewriting) return
  const { log } = slot
  log.rewriting = true
  const { life } = world
  world.start(
    `rewrite ${log.id}`,
    staysIn(slot, log),
    async () => {
      const subject = world.engine!.log(log.id)
      const { generation, segments } = await subject.segments()
      if (!world.isLiving(life)) return
      log.show(segments.at(-1)!.end)
      const first = random.below(segments.length)
      const last = first + random.below(segments.length - first)
      const stale = random.oneIn(20)
      const range = { from: segments[first]!.start, to: segments[last]!.start, generation: generation - Number(stale) }
      // Damage below the start is out of sight, and its segment stays as it is.
      const inSight = segments.slice(first).find(segment => segment.start >= log.start)?.start ?? range.to
      const done = await rewriteRange(world, log, range, inSight)
      if (!world.isLiving(life)) return
      if (done && (stale || first === last)) throw new Violation(`${log.id}: a rewrite of nothing was done`)
    },
    () => {
      log.rewriting = false
    },
  )
}

/** @param inSight all damage of segments from there on is known. */
const rewriteRange = async (world: World, log: ExpectedLog, range: RewriteRange, inSight: Offset): Promise<boolean> => {
  const { random } = world
  const { life } = world
  const { from, to } = range
  const fate = randomFate(random)
  const known = new Set(log.certain ? log.batches.map(({ bytes }) => bytes.toString('latin1')) : [])
  log.rewrites(from, to, fate)
  const keep = async (batches: readonly Buffer[]): Promise<readonly Buffer[]> => {
    if (random.oneIn(3)) await world.pause()
    const unknown = batches.find(bytes => known.size > 0 && !known.has(bytes.toString('latin1')))
    if (unknown !== undefined && toBatch(unknown).lastOffset >= log.startAtMost)
      throw new Violation(
        `${log.id}: a rewrite is given a batch at ${toBatch(unknown).baseOffset} that isn't in the log`,
      )
    return batchesOf(batches).flatMap(bytes => fate(toBatch(bytes)) ?? [])
  }
  const done = await world.engine!.log(log.id).rewrite(range, keep)
  // Segments with damage stay as they are.
  if (done && world.isLiving(life) && !log.isDamagedIn(inSight, to)) log.rewritten(inSight, to, fate)
  return done
}

/** Saves a checkpoint of random content. */
export const checkpoint = (world: World): void => {
  const { random } = world
  const slot = anyLog(world)
  if (slot === undefined || slot.log.checkpointing) return
  const { log } = slot
  const { life } = world
  const last = log.checkpoints.last ?? log.start
  const at = last >= log.end ? log.end : last + random.below(log.end - last + 1)
  const saved = log.checkpoints.add(at, randomParts(world))
  log.checkpointing = true
  world.start(
    `checkpoint ${log.id} at ${at}: ${[...saved.parts].map(([name, content]) => `${name} ${content.length}`)}`,
    staysIn(slot, log),
    async () => {
      await world.engine!.log(log.id).saveCheckpoint({ at, parts: saved.parts })
      if (world.isLiving(life)) saved.sure = true
    },
    () => {
      log.checkpointing = false
    },
  )
}

const randomParts = (world: World): Map<string, Buffer> => {
  const parts = new Map<string, Buffer>()
  for (const name of ['.snapshot', '.aborted', 'leader-epoch-checkpoint', 'cleaner-point'])
    if (!world.random.oneIn(4))
      parts.set(
        name,
        Buffer.concat([Buffer.from(`${name} ${world.unique()} `), world.random.bytes(world.random.below(900))]),
      )
  return parts
}

/** Reads the checkpoint back. */
export const recall = (world: World): void => {
  const slot = anyLog(world)
  if (slot === undefined || slot.log.checkpointing) return
  const { log } = slot
  world.start(`load the checkpoint of ${log.id}`, staysIn(slot, log), async () => {
    const loaded = await world.engine!.log(log.id).loadCheckpoint()
    if (log.checkpointing) return
    const wrong = log.checkpoints.check(loaded, log.end)
    if (wrong !== null) throw new Violation(`${log.id}: ${wrong}`)
  })
}
