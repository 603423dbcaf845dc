/**
 * Steps of the simulation that create and delete logs.
 */
import { logOptions } from '../../../conformance/suite.ts'
import type { LogId, LogOptions } from '../../../engine.ts'
import { ExpectedLog } from './expected-log.ts'
import { type Slot, Violation, type World } from './world.ts'

const randomOptions = (world: World, name: string): LogOptions => {
  const { random } = world
  return logOptions(name, {
    segmentBytes: 400 + random.below(random.oneIn(3) ? 20_000 : 3000),
    segmentMs: random.oneIn(4) ? 200 + random.below(2000) : 1_000_000_000,
    indexIntervalBytes: 1 + random.below(800),
    segmentIndexBytes: 36 + random.below(random.oneIn(3) ? 300 : 5000),
    flushMs: random.oneIn(5) ? random.below(500) : Number.MAX_SAFE_INTEGER,
    flushMessages: random.oneIn(5) ? 1 + random.below(20) : Number.MAX_SAFE_INTEGER,
  })
}

/** Creates a log where there is none, or gives one that is there other options. */
export const create = (world: World): void => {
  const { random } = world
  const slot = random.pick(world.slots)
  if (slot.busy) return
  if (slot.log === null) return createIn(world, slot, random.pick(slot.ids))
  const { log } = slot
  // In doubt only the same id may be tried again.
  if (slot.unsure) return createIn(world, slot, log.id)
  log.options = randomOptions(world, slot.name)
  slot.busy = true
  world.start(
    `configure ${log.id}`,
    () => slot.log === log,
    async () => {
      if (random.oneIn(2)) return world.engine!.log(log.id).configure(log.options)
      if (await world.engine!.createLog(log.id, log.options)) throw new Violation(`${log.id} was created a second time`)
    },
    () => {
      slot.busy = false
    },
  )
}

const createIn = (world: World, slot: Slot, id: LogId): void => {
  const options = randomOptions(world, slot.name)
  const inDoubt = slot.log !== null
  if (inDoubt && !slot.creating) return
  const log = slot.log ?? new ExpectedLog(id, options, world.durable === 'fsync')
  slot.log = log
  slot.unsure = slot.busy = slot.creating = true
  const { life } = world
  world.start(
    `create ${id} as ${slot.name}`,
    () => true,
    async () => {
      const created = await world.engine!.createLog(id, options)
      if (!world.isLiving(life)) return
      if (!created && !inDoubt) throw new Violation(`${id} was there before it was created`)
      slot.unsure = slot.creating = false
    },
    () => {
      slot.busy = false
    },
  )
}

/** Deletes a log. */
export const remove = (world: World): void => {
  const { random } = world
  const slot = random.pick(world.slots)
  const { log } = slot
  if (log === null || slot.busy || slot.creating || log.asked) return
  slot.unsure = slot.busy = true
  const { life } = world
  world.start(
    `delete ${log.id}`,
    () => true,
    async () => {
      await world.engine!.deleteLog(log.id)
      if (!world.isLiving(life)) return
      slot.log = null
      slot.unsure = false
    },
    () => {
      slot.busy = false
    },
  )
}
