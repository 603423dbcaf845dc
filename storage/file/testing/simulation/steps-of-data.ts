/**
 * Steps of the simulation that append and read.
 */
import { batchesOf } from '../../../conformance/suite.ts'
import {
  type Appended,
  type AppendRequest,
  DamagedRange,
  type Offset,
  type ReadOptions,
  type Slice,
} from '../../../engine.ts'
import { guardedAsync } from '../../storage-error.ts'
import { randomBatches, toBatch } from './batches.ts'
import type { ExpectedLog } from './expected-log.ts'
import { type Slot, Violation, type World } from './world.ts'

/** A slot whose log is there for sure; undefined if there is none. */
export const anyLog = (world: World): (Slot & { log: ExpectedLog }) | undefined => {
  const there = world.slots.filter((slot): slot is Slot & { log: ExpectedLog } => slot.log !== null && !slot.unsure)
  return there.length === 0 ? undefined : world.random.pick(there)
}

interface OneAppend {
  readonly slot: Slot
  readonly log: ExpectedLog
  readonly request: AppendRequest
  /** Whether the disk was limited meanwhile. */
  readonly limited: () => boolean
}

/** Appends to one log or to several in one call; now and then at a wrong end. */
export const append = (world: World): void => {
  const { random, engine } = world
  const appends: OneAppend[] = []
  for (const slot of world.slots) {
    const { log } = slot
    if (log === null || slot.unsure || log.asked || !random.oneIn(2)) continue
    const wrong = random.oneIn(40) ? 1 + random.below(5) : 0
    const batches = randomBatches(random, log.end + wrong, world.nowMs, () => world.unique())
    const limited = world.watchLimits()
    appends.push({ slot, log, limited, request: { log: engine!.log(log.id), batches, expectedEnd: log.end + wrong } })
    log.asked = true
    if (wrong === 0) log.appending = batches
  }
  if (appends.length === 0) return
  const what = appends.map(({ log, request: { batches, expectedEnd } }) => {
    const bytes = batches.reduce((sum, batch) => sum + batch.bytes.length, 0)
    return `${log.id} [${expectedEnd}, ${batches.at(-1)!.lastOffset + 1}) ${batches.length} batches ${bytes} bytes`
  })
  world.note(`append ${what.join(', ')}`)
  const outcomes = engine!.append(appends.map(({ request }) => request))
  if (Array.isArray(outcomes)) settleEach(world, appends, outcomes)
  else
    world.start(
      '  its answer',
      () => true,
      async () => settleEach(world, appends, await guardedAsync(async () => outcomes)),
      well => {
        if (!well) for (const { log } of appends) unanswered(log)
      },
    )
}

const settleEach = (
  world: World,
  appends: readonly OneAppend[],
  outcomes: readonly (Appended | Promise<Appended>)[],
): void => {
  for (const [index, one] of appends.entries()) {
    const outcome = outcomes[index]!
    if (!(outcome instanceof Promise)) settle(world, one, outcome)
    else
      world.start(
        `  the answer of ${one.log.id}`,
        staysIn(one.slot, one.log),
        async () => {
          const { life } = world
          settle(world, one, await guardedAsync(() => outcome))
          // Only a flush makes one wait that was done.
          if (world.isLiving(life) && (await outcome).ok) one.log.flushed(one.request.batches.at(-1)!.lastOffset + 1)
        },
        well => well || unanswered(one.log),
      )
  }
}

/** An append has ended without an outcome: it may have been done. */
const unanswered = (log: ExpectedLog): void => {
  log.asked = false
  log.notAppended(true)
}

/** Compares an outcome with what it must be, and takes it over. */
const settle = (world: World, { slot, log, request, limited }: OneAppend, outcome: Appended): void => {
  if (world.disk.dead) return
  log.asked = false
  const asked = log.appending === request.batches || log.shown === request.batches
  const wrong = (what: string): Violation => new Violation(`the append to ${log.id} at ${request.expectedEnd}: ${what}`)
  if (outcome.ok) {
    const end = request.batches.at(-1)!.lastOffset + 1
    if (!asked) throw wrong(`it was done, though the log ended at ${log.end}`)
    if (outcome.end !== end) throw wrong(`it says that it ended at ${outcome.end}, not at ${end}`)
    return log.appended()
  }
  if (log.shown !== null) throw wrong(`${outcome.reason}, after it was seen`)
  world.note(`  ${log.id}: ${outcome.reason}, at ${outcome.end}`)
  if (outcome.reason === 'conflict') log.catchUp(outcome.end)
  log.notAppended(asked && outcome.reason === 'failed')
  const excused =
    (outcome.reason === 'conflict' && log.end !== request.expectedEnd) ||
    (outcome.reason === 'full' && limited()) ||
    (outcome.reason === 'failed' && world.broken) ||
    (outcome.reason === 'gone' && (slot.log !== log || slot.unsure))
  if (!excused) throw wrong(`${outcome.reason} at ${outcome.end}`)
}

/** Reads from anywhere: most often where the last read ended. */
export const read = (world: World): void => {
  const { random } = world
  const slot = anyLog(world)
  if (slot === undefined) return
  const { log } = slot
  const goOn = log.nextRead >= log.start && random.oneIn(2)
  const from = goOn ? log.nextRead : log.start + random.below(log.end - log.start + 3)
  const maxBytes = random.below(random.oneIn(4) ? 20_000 : 2000)
  const atLeastOne = random.oneIn(2)
  const before = random.oneIn(4) ? log.start + random.below(log.end - log.start + 1) : Number.POSITIVE_INFINITY
  world.start(
    `read ${log.id} from ${from}, ${maxBytes} bytes, before ${before}, ${atLeastOne}`,
    staysIn(slot, log),
    () => readFrom(world, log, from, { maxBytes, atLeastOne, before }),
  )
}

/** Whether the log is still to be there. */
export const staysIn =
  (slot: Slot, log: ExpectedLog): (() => boolean) =>
  () =>
    slot.log === log && !slot.unsure

const readFrom = async (world: World, log: ExpectedLog, from: Offset, options: ReadOptions): Promise<void> => {
  const slice = await readUnlessDamaged(world, log, from, options)
  if (slice === null) return
  const found = batchesOf(slice.chunks)
  const wrong = log.checkRead(found, from, options)
  log.nextRead = slice.next
  const last = found.at(-1)
  const next = last === undefined ? from : toBatch(last).lastOffset + 1
  slice.release()
  if (wrong !== null) throw new Violation(`${log.id}: ${wrong}`)
  if (slice.next !== next) throw new Violation(`${log.id}: the next read begins at ${slice.next}, not at ${next}`)
}

/** Null where there is damage, which must be known. */
const readUnlessDamaged = async (
  world: World,
  log: ExpectedLog,
  from: Offset,
  options: ReadOptions,
): Promise<Slice | null> => {
  try {
    return await world.engine!.log(log.id).read(from, options)
  } catch (error) {
    if (!(error instanceof DamagedRange)) throw error
    if (log.damage.some(stretch => stretch.from === error.from && stretch.to === error.to)) return null
    throw new Violation(`${log.id}: a read at ${from} tells of damage in [${error.from}, ${error.to})`)
  }
}

/** Looks a timestamp up. */
export const find = (world: World): void => {
  const slot = anyLog(world)
  if (slot === undefined) return
  const { log } = slot
  const timestamp = world.nowMs - world.random.below(3000)
  const end = log.end
  world.start(`find ${timestamp} in ${log.id}`, staysIn(slot, log), async () => {
    const expected = log.batches.find(batch => batch.maxTimestamp >= timestamp)
    const { certain, asked } = log
    const found = await world.engine!.log(log.id).firstAtOrAfter(timestamp)
    // It may be of an append whose answer said that nobody knows how it ended.
    if (found !== null) log.see(found.bytes)
    if (!certain || !log.certain || asked || log.end !== end || log.damage.length > 0) return
    if (found?.baseOffset !== expected?.baseOffset)
      throw new Violation(`${log.id}: ${found?.baseOffset} is found, not ${expected?.baseOffset}`)
    if (found !== null && !found.bytes.equals(expected!.bytes)) throw new Violation(`${log.id}: another batch is found`)
  })
}

/** Bounds and segments, and whether they fit what the log holds. */
export const measure = (world: World): void => {
  const slot = anyLog(world)
  if (slot === undefined) return
  const { log } = slot
  world.start(`measure ${log.id}`, staysIn(slot, log), async () => {
    const subject = world.engine!.log(log.id)
    const wrong = log.checkBounds(await subject.bounds()) ?? log.checkSegments(await subject.segments())
    if (wrong !== null) throw new Violation(`${log.id}: ${wrong}`)
  })
}
