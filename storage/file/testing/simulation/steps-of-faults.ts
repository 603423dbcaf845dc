/**
 * Steps of the simulation that change what the disk does wrong.
 */
import type { CallKind } from '../simulated-disk/disk-faults.ts'
import type { World } from './world.ts'

/** The process will die soon. */
export const doom = (world: World): void => {
  const calls = 1 + world.random.below(world.random.oneIn(3) ? 60 : 12)
  world.note(`the process will die in its ${calls}th change`)
  world.disk.killIn(calls)
}

/** The disk has little room left, or the process few descriptors; or no longer. */
export const limit = (world: World): void => {
  const { random, disk } = world
  const { faults } = disk
  if (world.limited) {
    faults.capacityBytes = faults.maxOpenFiles = Number.POSITIVE_INFINITY
    world.limit(false)
    world.note('there is room again')
  } else if (random.oneIn(3)) {
    faults.maxOpenFiles = 1 + random.below(6)
    world.limit(true)
    world.note(`no more than ${faults.maxOpenFiles} descriptors`)
  } else {
    faults.capacityBytes = disk.usedBytes + random.below(random.oneIn(2) ? 3000 : 50)
    world.limit(true)
    world.note(`no more than ${faults.capacityBytes} bytes`)
  }
}

/** Writes are cut short and asynchronous calls are slow, or no longer. */
export const hinder = ({ random, disk: { faults } }: World): void => {
  faults.shortWritesOneIn = random.oneIn(2) ? 0 : 1 + random.below(4)
  faults.slowCallsOneIn = random.oneIn(2) ? 0 : 1 + random.below(10)
}

/** Calls of one kind begin to fail now and then, or no longer. */
export const breakDown = (world: World): void => {
  const { random, disk } = world
  const { eioOneIn } = disk.faults
  const kind = random.pick<CallKind>(['read', 'write', 'sync', 'name', 'look'])
  eioOneIn[kind] = eioOneIn[kind] > 0 ? 0 : 1 + random.below(30)
  world.note(`of calls of the kind ${kind} one in ${eioOneIn[kind]} fails`)
}
