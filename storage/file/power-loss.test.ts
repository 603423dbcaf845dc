import test from 'ava'
import { Random } from '../../protocol/testing/random.ts'
import { append, batchAt, batchesOf, createLog, offsetsOf, TOPIC_ID } from '../conformance/suite.ts'
import { type Engine, DamagedRange, type Log } from '../engine.ts'
import { createFileEngine } from './engine.ts'
import { drive } from './testing/simulated-disk/drive.ts'
import { type Death, SimulatedDisk } from './testing/simulated-disk/simulated-disk.ts'

const DATA = '/data'
const ID = `data/${TOPIC_ID}/0`

/** Each of them loses something else. */
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed)

/** An engine that acknowledges what the operating system has, on a disk whose power may go. */
class Machine {
  readonly disk: SimulatedDisk
  engine: Engine
  readonly #durability: 'os' | 'fsync'
  #names = 0

  constructor(seed: number, durability: 'os' | 'fsync') {
    this.disk = new SimulatedDisk(new Random(seed))
    this.#durability = durability
    this.engine = this.#engine()
  }

  run<T>(work: Promise<T>): Promise<T> {
    return drive(this.disk, work)
  }

  losePower(): Promise<Engine> {
    return this.#dieOf('power')
  }

  kill(): Promise<Engine> {
    return this.#dieOf('kill')
  }

  async #dieOf(death: Death): Promise<Engine> {
    this.disk.end(death)
    // The number of this process, which lives, is that of the one that died.
    if (this.disk.file(`${DATA}/.lock`) !== null) this.disk.overwrite(`${DATA}/.lock`, Buffer.from('999999999 1\n'))
    this.engine = this.#engine()
    await this.run(this.engine.open())
    return this.engine
  }

  #engine(): Engine {
    const uuid = (): string => Buffer.from(String(++this.#names).padStart(16, 'u')).toString('base64url')
    return createFileEngine({ dataDir: DATA, disk: this.disk.start(), uuid, durability: this.#durability })
  }
}

const machine = async (seed: number, durability: 'os' | 'fsync' = 'os'): Promise<Machine> => {
  const made = new Machine(seed, durability)
  await made.run(made.engine.open())
  return made
}

/** Offsets of the batches that can be read, and of those that the engine says can't. */
const readAll = async (log: Log): Promise<{ readonly read: number[]; readonly damaged: number[] }> => {
  const { start, end } = await log.bounds()
  const read: number[] = []
  const damaged: number[] = []
  for (let next = start; next < end; ) {
    try {
      const slice = await log.read(next, { maxBytes: 1, atLeastOne: true })
      read.push(...offsetsOf(batchesOf(slice.chunks)))
      next = slice.next
      slice.release()
    } catch (error) {
      if (!(error instanceof DamagedRange)) throw error
      for (; next < error.to; next++) damaged.push(next)
    }
  }
  return { read, damaged }
}

test('what a loss of power takes out of the midst of a log that was not synced is told, nothing is passed over', async t => {
  let damagedOnce = false
  for (const seed of SEEDS) {
    const { engine, losePower } = bound(await machine(seed))
    const log = await createLog(engine, { segmentBytes: 1000 })
    for (let base = 0; base < 60; base++) t.true((await append(engine, log, [batchAt(base)])).ok)
    const after = await createLog(await losePower(), { segmentBytes: 1000 })
    const { start, end } = await after.bounds()
    const { read, damaged } = await readAll(after)
    t.deepEqual(
      [...read, ...damaged].sort((a, b) => a - b),
      Array.from({ length: end - start }, (_, index) => start + index),
    )
    damagedOnce ||= damaged.length > 0
  }
  t.true(damagedOnce)
})

test('a log that a loss of power took half of can be made again', async t => {
  for (const seed of SEEDS) {
    const { engine, losePower } = bound(await machine(seed))
    await append(engine, await createLog(engine), [batchAt(0)])
    const next = await losePower()
    const log = await createLog(next)
    const { end } = await log.bounds()
    t.true((await append(next, log, [batchAt(end)])).ok)
  }
})

test('a checkpoint that was saved is whole after a loss of power', async t => {
  for (const seed of SEEDS) {
    const { engine, losePower, run } = bound(await machine(seed))
    const log = await createLog(engine, { flushMessages: 1 })
    await run(Promise.resolve(append(engine, log, [batchAt(0)])))
    const parts = new Map([
      ['.snapshot', Buffer.alloc(2000, 1)],
      ['leader-epoch-checkpoint', Buffer.alloc(700, 2)],
    ])
    await run(log.saveCheckpoint({ at: 1, parts }))
    const loaded = await (await losePower()).log(ID).loadCheckpoint()
    t.deepEqual(loaded, { at: 1, parts: new Map([...parts].reverse()) })
  }
})

test('a log that was deleted stays away after a loss of power', async t => {
  for (const seed of SEEDS) {
    const { engine, losePower, run } = bound(await machine(seed))
    const log = await createLog(engine, { flushMessages: 1 })
    await run(Promise.resolve(append(engine, log, [batchAt(0)])))
    await run(engine.deleteLog(ID))
    const ids: string[] = []
    for await (const id of (await losePower()).logs('')) ids.push(id)
    t.deepEqual(ids, [])
  }
})

test('with a journal what a failed sync left in the page cache alone is no ground for what follows', async t => {
  for (const seed of SEEDS) {
    const made = await machine(seed, 'fsync')
    const log = await made.run(createLog(made.engine))
    t.true((await made.run(append(made.engine, log, [batchAt(0)]))).ok)
    made.disk.faults.eioOneIn.sync = 1
    await t.throwsAsync(made.run(append(made.engine, log, [batchAt(1)])), { any: true })
    made.disk.faults.clear()
    const next = await made.kill()
    const { end } = await next.log(ID).bounds()
    t.true((await made.run(append(next, next.log(ID), [batchAt(end)]))).ok)
    const after = await made.losePower()
    t.deepEqual(await readAll(after.log(ID)), { read: Array.from({ length: end + 1 }, (_, base) => base), damaged: [] })
  }
})

const bound = (made: Machine) => ({
  engine: made.engine,
  losePower: () => made.losePower(),
  run: <T>(work: Promise<T>): Promise<T> => made.run(work),
})
