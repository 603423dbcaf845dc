import { rmSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as header from '../../protocol/records/batch.ts'
import { batchAt, batchesFrom, logOptions, TOPIC_ID } from '../conformance/suite.ts'
import { allOutcomes, type Batch, type Engine, type Log } from '../engine.ts'
import { createFileEngine } from './engine.ts'
import { Killed, mortalDisk } from './testing/faulty-disk.ts'
import { LogModel } from './testing/log-model.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

const ID = `data/${TOPIC_ID}/0`
const OTHER = `data/${TOPIC_ID}/1`
/** So small that its files are written again and again. */
const journal = { fileBytes: 8192, maxBytes: 16_384 }
const options = logOptions('t-0', { segmentBytes: 300, indexIntervalBytes: 100 })

/** Whether the second log must be there (true), must not (false), or may (null). */
interface Expected {
  readonly model: LogModel
  created: boolean
  other: boolean | null
}

const append = async (engine: Engine, log: Log, model: LogModel, batches: readonly Batch[]): Promise<void> => {
  model.begin({ kind: 'append', batches })
  const [outcome] = await allOutcomes(engine.append([{ log, batches, expectedEnd: model.end }]))
  if (outcome!.ok) model.done()
}

const isEven = (base: number): boolean => base % 2 === 0

/** A life that comes by everything that changes the disk. */
const live = async (engine: Engine, expected: Expected): Promise<void> => {
  const { model } = expected
  await engine.open()
  await engine.createLog(ID, options)
  expected.created = true
  const log = engine.log(ID)
  for (let base = 0; base < 4; base++) await append(engine, log, model, [batchAt(base, { timestamp: base })])
  // Over several segments at once.
  await append(engine, log, model, batchesFrom(4, {}, {}, {}, {}, {}, {}))
  await log.saveCheckpoint({
    at: 5,
    parts: new Map([
      ['.snapshot', Buffer.from('state')],
      ['epochs', Buffer.from('0')],
    ]),
  })
  expected.other = null
  await engine.createLog(OTHER, logOptions('t-1'))
  expected.other = true
  await engine.append([{ log: engine.log(OTHER), batches: [batchAt(0)], expectedEnd: 0 }])
  const { generation } = await log.segments()
  model.begin({ kind: 'rewrite', from: 0, to: 9, keeps: isEven })
  await log.rewrite({ from: 0, to: 9, generation }, async batches =>
    batches.filter(bytes => isEven(header.baseOffset(bytes, 0))),
  )
  model.done()
  model.begin({ kind: 'trim', start: 6 })
  await log.trim(6)
  model.done()
  await log.roll()
  await append(engine, log, model, [batchAt(10)])
  expected.other = null
  await engine.deleteLog(OTHER)
  expected.other = false
  await engine.close()
}

const check = async (
  t: ExecutionContext,
  dataDir: string,
  expected: Expected,
  durability: 'os' | 'fsync',
  where: string,
): Promise<void> => {
  const { model } = expected
  const engine = createFileEngine({ dataDir, durability, journal })
  await engine.open()
  const ids: string[] = []
  for await (const id of engine.logs('')) ids.push(id)
  if (expected.other !== null) t.is(ids.includes(OTHER), expected.other, where)
  if (expected.created) t.true(ids.includes(ID), where)
  await engine.createLog(ID, options)
  const log = engine.log(ID)
  t.is(await model.check(log), null, where)
  const checkpoint = await log.loadCheckpoint()
  if (checkpoint !== null) t.deepEqual(checkpoint.parts.get('.snapshot') ?? Buffer.from('state'), Buffer.from('state'))
  // It can be used: each way of finding a batch still finds the same.
  await append(engine, log, model, [batchAt(model.end, { timestamp: 1_000_000 })])
  t.is((await log.firstAtOrAfter(900_000))?.baseOffset, model.end - 1, where)
  await engine.close()
  const again = createFileEngine({ dataDir, warn: line => t.fail(`${where}: ${line}`) })
  t.deepEqual(await again.open(), { unclean: [] })
  t.is(await model.check(again.log(ID)), null, where)
  await again.close()
}

for (const durability of ['os', 'fsync'] as const)
  test(`nothing acknowledged is lost and nothing half done shows, wherever the process is killed (${durability})`, async t => {
    t.timeout(60_000)
    for (let calls = 1; ; calls++) {
      const dataDir = temporaryDirectory(t)
      const mortal = mortalDisk()
      // Of a write less than a batch's header: none of it is the same as the kill one change earlier.
      mortal.killIn(calls, 20)
      const expected: Expected = { model: new LogModel(), created: false, other: false }
      const engine = createFileEngine({ dataDir, disk: mortal.disk, durability, journal })
      try {
        await live(engine, expected)
      } catch (error) {
        if (!mortal.dead) throw error
      }
      const survived = !mortal.dead
      mortal.bury()
      // The lock names this process, which lives.
      rmSync(join(dataDir, '.lock'), { force: true })
      await check(t, dataDir, expected, durability, `killed in change ${calls}`)
      if (!survived) continue
      t.true(calls > 60, `only ${calls} changes`)
      break
    }
  })

test('a killed disk refuses all that follows', t => {
  const mortal = mortalDisk()
  mortal.killIn(1, 0)
  const directory = temporaryDirectory(t)
  t.throws(() => mortal.disk.makeDirectory(join(directory, 'a')), { instanceOf: Killed })
  t.throws(() => mortal.disk.list(directory), { instanceOf: Killed })
})
