import { rmSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as header from '../../protocol/records/batch.ts'
import { batchesFrom, batchesOf, logOptions, offsetsOf, TOPIC_ID } from '../conformance/suite.ts'
import { allOutcomes, type Engine, type Log } from '../engine.ts'
import { createFileEngine } from './engine.ts'
import { type MortalDisk, mortalDisk } from './testing/faulty-disk.ts'
import { LogModel } from './testing/log-model.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

const ID = `data/${TOPIC_ID}/0`
const STEPS = 2500

/** Integers in [0, below), the same for the same seed (a linear congruential generator's upper bits). */
const seeded = (seed: number) => {
  let state = BigInt(seed)
  return (below: number): number => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn
    return Number(((state >> 33n) * BigInt(below)) >> 31n)
  }
}

/** A log that is used at random, killed at random, and compared with what it must be. */
class Walk {
  readonly #t: ExecutionContext
  readonly #dataDir: string
  readonly #random: (below: number) => number
  readonly #model = new LogModel()
  readonly #options = logOptions('t-0', { segmentBytes: 1500, indexIntervalBytes: 300 })
  #mortal: MortalDisk = mortalDisk()
  #engine: Engine = createFileEngine({ dataDir: 'not yet' })
  #log: Log = this.#engine.log(ID)
  #time = 1_000_000
  /** Where the last read ended. */
  #next = 0
  kills = 0

  constructor(t: ExecutionContext, dataDir: string, random: (below: number) => number) {
    this.#t = t
    this.#dataDir = dataDir
    this.#random = random
  }

  async open(): Promise<void> {
    this.#mortal = mortalDisk()
    this.#engine = createFileEngine({
      dataDir: this.#dataDir,
      disk: this.#mortal.disk,
      maxOpenFiles: 1 + this.#random(8),
    })
    await this.#engine.open()
    await this.#engine.createLog(ID, this.#options)
    this.#log = this.#engine.log(ID)
    this.#t.is(await this.#model.check(this.#log), null)
  }

  /** One step; a step in which the process is killed ends with it opened again. */
  async step(): Promise<void> {
    try {
      await this.#act()
    } catch (error) {
      if (!this.#mortal.dead) throw error
    }
    if (this.#mortal.dead) await this.#reopenAfterKill()
  }

  async close(): Promise<void> {
    this.#mortal.killIn(Number.POSITIVE_INFINITY, 0)
    await this.#engine.close()
  }

  async #reopenAfterKill(): Promise<void> {
    this.kills++
    this.#mortal.bury()
    rmSync(join(this.#dataDir, '.lock'), { force: true })
    await this.open()
  }

  async #act(): Promise<void> {
    const choice = this.#random(100)
    if (choice < 55) return this.#append()
    if (choice < 80) return this.#read()
    if (choice < 84) return this.#find()
    if (choice < 87) return this.#log.roll()
    if (choice < 90) return this.#trim()
    if (choice < 93) return this.#rewrite()
    if (choice < 95) return this.#checkpoint()
    if (choice < 99) return this.#mortal.killIn(1 + this.#random(12), this.#random(200))
    await this.#engine.close()
    await this.open()
  }

  async #append(): Promise<void> {
    const count = 1 + this.#random(this.#random(10) === 0 ? 20 : 3)
    const options = Array.from({ length: count }, () => {
      this.#time += this.#random(20) - 5
      const timestamp = this.#random(8) === 0 ? -1 : this.#time
      return { timestamp, offsets: 1 + this.#random(4), sizeBytes: 61 + this.#random(400), fill: this.#random(256) }
    })
    const batches = batchesFrom(this.#model.end, ...options)
    this.#model.begin({ kind: 'append', batches })
    const [outcome] = await allOutcomes(
      this.#engine.append([{ log: this.#log, batches, expectedEnd: this.#model.end }]),
    )
    this.#t.true(outcome!.ok)
    this.#model.done()
  }

  async #read(): Promise<void> {
    const { start, end, batches } = this.#model
    const goOn = this.#next >= start && this.#random(2) === 0
    const from = goOn ? this.#next : start + this.#random(end - start + 2)
    const maxBytes = this.#random(4000)
    const slice = await this.#log.read(from, { maxBytes })
    const found = batchesOf(slice.chunks).map(bytes => bytes.toString('base64'))
    this.#next = slice.next
    slice.release()
    let room = maxBytes
    const expected: string[] = []
    for (const { last, bytes } of from >= end ? [] : batches) {
      if (last < from) continue
      room -= bytes.length
      if (room < 0) break
      expected.push(bytes.toString('base64'))
    }
    this.#t.deepEqual(found, expected)
  }

  async #find(): Promise<void> {
    const timestamp = this.#time - 200 + this.#random(250)
    const found = await this.#log.firstAtOrAfter(timestamp)
    const expected = this.#model.batches.find(
      ({ last, bytes }) => last >= this.#model.start && header.maxTimestamp(bytes, 0) >= timestamp,
    )
    this.#t.is(found?.baseOffset, expected?.base)
  }

  async #trim(): Promise<void> {
    const { start, end } = this.#model
    const to = start + this.#random(Math.ceil((end - start) / 3) + 1)
    this.#model.begin({ kind: 'trim', start: to })
    await this.#log.trim(to)
    this.#model.done()
  }

  async #rewrite(): Promise<void> {
    const { generation, segments } = await this.#log.segments()
    const first = this.#random(segments.length)
    const last = first + this.#random(segments.length - first)
    const [from, to] = [segments[first]!.start, segments[last]!.start]
    const salt = this.#random(1000)
    const keeps = (base: number): boolean => (base * 31 + salt) % 7 !== 0
    this.#model.begin({ kind: 'rewrite', from, to, keeps })
    const done = await this.#log.rewrite({ from, to, generation }, async batches =>
      batches.filter(bytes => keeps(offsetsOf([bytes])[0]!)),
    )
    this.#t.is(done, first < last)
    if (done) this.#model.done()
    else this.#model.refused()
  }

  async #checkpoint(): Promise<void> {
    const { end } = this.#model
    await this.#log.saveCheckpoint({ at: end, parts: new Map([['.snapshot', Buffer.from(String(end))]]) })
    const loaded = await this.#log.loadCheckpoint()
    this.#t.is(loaded?.parts.get('.snapshot')?.toString(), String(end))
  }
}

test('a log that is used and killed at random holds what was acknowledged', async t => {
  t.timeout(60_000)
  const seed = Number(process.env.SAMSA_SEED ?? Math.floor(Math.random() * 2 ** 31))
  t.log(`SAMSA_SEED=${seed}`)
  const walk = new Walk(t, temporaryDirectory(t), seeded(seed))
  await walk.open()
  for (let step = 0; step < STEPS; step++) await walk.step()
  await walk.close()
  await walk.open()
  await walk.close()
  t.true(walk.kills > 20, `${walk.kills} kills`)
})
