import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { append, batchAt, batchesFrom, contents, createLog, fill } from '../conformance/suite.ts'
import { type Appended, allOutcomes, type Engine } from '../engine.ts'
import { createFileEngine, type FileEngineOptions } from './engine.ts'
import { type Call, hookedDisk, systemError } from './testing/faulty-disk.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

interface Timer {
  readonly delayMs: number
  readonly fire: () => void
  cancelled: boolean
}

/** An open engine that tells which files it syncs, with timers that are moved by hand. */
const open = async (t: ExecutionContext, options: Partial<FileEngineOptions> = {}) => {
  const timers: Timer[] = []
  const warnings: string[] = []
  const stage = {
    ...{ timers, warnings, dataDir: temporaryDirectory(t), synced: [] as string[] },
    hook: (_call: Call, _path: string): void => {},
  }
  const engine: Engine = createFileEngine({
    dataDir: stage.dataDir,
    warn: line => warnings.push(line),
    after: (delayMs, fire) => {
      const timer = { delayMs, fire, cancelled: false }
      // Files that lie idle are closed by a slow one.
      if (delayMs < 1000) timers.push(timer)
      return () => {
        timer.cancelled = true
      }
    },
    disk: hookedDisk((call, path) => {
      stage.hook(call, path)
      if (call === 'sync') stage.synced.push(path)
      return undefined
    }),
    ...options,
  })
  await engine.open()
  return { stage, engine }
}

test('the append that reaches flush.messages is answered when the log is synced, and keeps no other waiting', async t => {
  const { stage, engine } = await open(t)
  const [log, other] = [await createLog(engine, { flushMessages: 3 }, 0), await createLog(engine, {}, 1)]
  const path = join(stage.dataDir, 't-0/00000000000000000000.log')
  for (let base = 0; base < 9; base += 3) {
    t.deepEqual(engine.append([{ log, batches: [batchAt(base, { offsets: 2 })], expectedEnd: base }]), [
      { ok: true, end: base + 2 },
    ])
    t.false(stage.synced.includes(path))
    const outcomes = engine.append([
      { log, batches: [batchAt(base + 2)], expectedEnd: base + 2 },
      { log: other, batches: [batchAt(base / 3)], expectedEnd: base / 3 },
    ])
    if (outcomes instanceof Promise) return t.fail()
    t.true(outcomes[0] instanceof Promise)
    t.deepEqual(outcomes[1], { ok: true, end: base / 3 + 1 })
    t.deepEqual(await outcomes[0], { ok: true, end: base + 3 })
    t.true(stage.synced.includes(path))
    stage.synced = []
  }
  await engine.close()
})

test('an append whose sync fails has an unknown end, and the log takes no more', async t => {
  const { stage, engine } = await open(t)
  const log = await createLog(engine, { flushMessages: 1 })
  stage.hook = call => {
    if (call === 'sync') throw systemError('EIO')
  }
  await t.throwsAsync(allOutcomes(engine.append([{ log, batches: [batchAt(0)], expectedEnd: 0 }])), { message: /EIO/ })
  stage.hook = () => {}
  t.deepEqual(await append(engine, log, [batchAt(1)]), { ok: false, reason: 'failed', end: 1 } satisfies Appended)
  t.is((await contents(log)).length, 1)
  await engine.close()
})

test('what is older than flush.ms is synced in the background, with one timer for many appends', async t => {
  const { stage, engine } = await open(t)
  const log = await createLog(engine, { flushMs: 700 })
  await fill(t, engine, log, batchesFrom(0, {}, {}, {}))
  t.deepEqual(
    stage.timers.map(timer => timer.delayMs),
    [700],
  )
  stage.timers[0]!.fire()
  const path = join(stage.dataDir, 't-0/00000000000000000000.log')
  while (!stage.synced.includes(path)) await new Promise(resolve => setImmediate(resolve))
  await fill(t, engine, log, batchesFrom(3, {}))
  t.is(stage.timers.length, 2)
  await engine.close()
  t.true(stage.timers[1]!.cancelled)
  t.regex(readFileSync(join(stage.dataDir, 'recovery-point-offset-checkpoint'), 'utf8'), /^t 0 4$/m)
})

test('without flush.ms there are no timers, and a deleted log leaves none', async t => {
  const { stage, engine } = await open(t)
  await fill(t, engine, await createLog(engine, {}, 0), [batchAt(0)])
  t.is(stage.timers.length, 0)
  const log = await createLog(engine, { flushMs: 5 }, 1)
  await fill(t, engine, log, [batchAt(0)])
  await engine.deleteLog(log.id)
  t.deepEqual(
    stage.timers.map(timer => timer.cancelled),
    [true],
  )
  await engine.close()
})

test('with durability=fsync every answer is later than any flush could be', async t => {
  const { stage, engine } = await open(t, { durability: 'fsync' })
  const log = await createLog(engine, { flushMessages: 1, flushMs: 1 })
  await fill(t, engine, log, batchesFrom(0, {}, {}, {}))
  t.deepEqual(stage.timers, [])
  t.false(stage.synced.some(path => path.endsWith('.log')))
  await engine.close()
})
