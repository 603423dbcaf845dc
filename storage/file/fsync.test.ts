import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import {
  append,
  batchAt,
  batchesFrom,
  bytesOf,
  contents,
  createLog,
  fill,
  logOptions,
  offsetsOf,
} from '../conformance/suite.ts'
import type { Engine } from '../engine.ts'
import { createFileEngine, type FileEngineOptions } from './engine.ts'
import { type Call, hookedDisk, systemError } from './testing/faulty-disk.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

const FIRST = '00000000000000000000.log'

/** An engine with durability=fsync, whose disk does what the test says, and what a loss of power leaves of it. */
class Stage {
  readonly dataDir: string
  readonly warnings: string[] = []
  readonly engine: Engine
  hook: (call: Call, path: string) => number | undefined = () => undefined
  readonly #t: ExecutionContext

  private constructor(t: ExecutionContext, options: Partial<FileEngineOptions>) {
    this.#t = t
    this.dataDir = temporaryDirectory(t)
    this.engine = createFileEngine({
      ...{ dataDir: this.dataDir, durability: 'fsync', warn: line => this.warnings.push(line) },
      disk: hookedDisk((call, path) => this.hook(call, path)),
      ...options,
    })
  }

  static async open(t: ExecutionContext, options: Partial<FileEngineOptions> = {}): Promise<Stage> {
    const stage = new Stage(t, options)
    await stage.engine.open()
    return stage
  }

  /** The directory as a loss of power could leave it now, after `lose` took from it what wasn't synced. */
  lost(lose: (dataDir: string) => void): string {
    const dataDir = temporaryDirectory(this.#t)
    cpSync(this.dataDir, dataDir, { recursive: true })
    rmSync(join(dataDir, '.lock'), { force: true })
    lose(dataDir)
    return dataDir
  }
}

/** What an engine finds in the directory. */
const reopened = async (
  t: ExecutionContext,
  dataDir: string,
  body: (engine: Engine, warnings: readonly string[]) => Promise<void>,
  durability: 'os' | 'fsync' = 'fsync',
): Promise<void> => {
  const warnings: string[] = []
  const engine = createFileEngine({ dataDir, durability, warn: line => warnings.push(line) })
  await engine.open()
  await body(engine, warnings)
  await engine.close()
  const again = createFileEngine({ dataDir, warn: line => t.fail(line) })
  t.deepEqual(await again.open(), { unclean: [] })
  await again.close()
  t.deepEqual(
    readdirSync(dataDir).filter(name => name.startsWith('samsa.journal')),
    [],
  )
}

const id = `data/dGVzdC1vZi1lbmdpbmVzMQ/0`
const lives = [
  ['all of the logs', (dataDir: string) => rmSync(join(dataDir, 't-0'), { recursive: true })],
  ['what is in the segments', (dataDir: string) => truncateSync(join(dataDir, 't-0', FIRST))],
  ['the end of a segment', (dataDir: string) => truncateSync(join(dataDir, 't-0', FIRST), 150)],
  ['which log it is', (dataDir: string) => writeFileSync(join(dataDir, 't-0/partition.metadata'), '')],
  [
    'pages in the midst',
    (dataDir: string) => {
      const path = join(dataDir, 't-0', FIRST)
      writeFileSync(path, readFileSync(path).fill(0, 50, 250))
    },
  ],
  ['nothing', () => {}],
] as const

for (const [what, lose] of lives) {
  for (const durability of ['os', 'fsync'] as const) {
    test(`what was answered is there after a loss of power that took ${what}, started with ${durability}`, async t => {
      const stage = await Stage.open(t)
      const log = await createLog(stage.engine)
      const batches = batchesFrom(0, {}, { offsets: 3 }, { sizeBytes: 70_000 }, {})
      await fill(t, stage.engine, log, batches)
      await reopened(
        t,
        stage.lost(lose),
        async (engine, warnings) => {
          t.deepEqual(await contents(engine.log(id)), bytesOf(batches))
          t.deepEqual(warnings, [])
          await fill(t, engine, engine.log(id), batchesFrom(6, {}, {}))
        },
        durability,
      )
      await stage.engine.close()
    })
  }
}

test('an append into several segments survives the loss of all of them', async t => {
  const stage = await Stage.open(t)
  const log = await createLog(stage.engine, { segmentBytes: 250 })
  const batches = batchesFrom(0, {}, {}, {}, {}, {}, {}, {})
  t.true((await append(stage.engine, log, batches)).ok)
  const dataDir = stage.lost(path => {
    for (const name of readdirSync(join(path, 't-0'))) if (name.startsWith('0')) rmSync(join(path, 't-0', name))
  })
  await reopened(t, dataDir, async engine => {
    t.deepEqual(await contents(engine.log(id)), bytesOf(batches))
    t.deepEqual(
      (await engine.log(id).segments()).segments.map(segment => segment.start),
      [0, 2, 4, 6],
    )
  })
  await stage.engine.close()
})

test('the torn or damaged end of a journal is nothing that anybody was told of', async t => {
  const stage = await Stage.open(t)
  const log = await createLog(stage.engine)
  const batches = batchesFrom(0, {}, {}, {})
  await fill(t, stage.engine, log, batches)
  // A group for the creation and one for each append.
  const lastGroup = 3 * 4096
  for (const at of [lastGroup, lastGroup + 1, lastGroup + 100, lastGroup + 130, lastGroup + 220, lastGroup + 4095]) {
    for (const damage of ['cut', 'flipped'] as const) {
      const dataDir = stage.lost(path => {
        rmSync(join(path, 't-0'), { recursive: true })
        const journal = join(path, 'samsa.journal.0')
        const bytes = readFileSync(journal)
        if (damage === 'flipped') bytes[at]! ^= 1
        writeFileSync(journal, damage === 'cut' ? bytes.subarray(0, at) : bytes)
      })
      await reopened(t, dataDir, async (engine, warnings) => {
        t.deepEqual(await contents(engine.log(id)), bytesOf(batches.slice(0, 2)), `${damage} at ${at}`)
        t.deepEqual(warnings, [])
      })
    }
  }
  await stage.engine.close()
})

test('a journal that is damaged in its midst is told of, and what follows in other files is replayed', async t => {
  const stage = await Stage.open(t, { journal: { fileBytes: 8192, maxBytes: 80_000 } })
  const log = await createLog(stage.engine)
  const batches = batchesFrom(0, {}, {}, {}, {}, {})
  await fill(t, stage.engine, log, batches)
  const dataDir = stage.lost(path => {
    const journal = join(path, 'samsa.journal.1')
    const bytes = readFileSync(journal)
    bytes[200]! ^= 1
    writeFileSync(journal, bytes)
  })
  await reopened(t, dataDir, async (engine, warnings) => {
    t.deepEqual(await contents(engine.log(id)), bytesOf(batches))
    t.regex(warnings.join('\n'), /the journal in .* is damaged: its groups 3 to 4 can't be read/)
  })
  await stage.engine.close()
})

test('what was trimmed stays away, though the journal holds it and the checkpoint is lost', async t => {
  const stage = await Stage.open(t)
  const log = await createLog(stage.engine, { segmentBytes: 250 })
  await fill(t, stage.engine, log, batchesFrom(0, {}, {}, {}, {}, {}))
  t.is((await log.trim(3)).start, 3)
  const dataDir = stage.lost(path => rmSync(join(path, 'log-start-offset-checkpoint'), { force: true }))
  await reopened(t, dataDir, async engine => {
    t.deepEqual(await engine.log(id).bounds(), { start: 3, committed: 5, end: 5 })
    t.deepEqual(
      (await engine.log(id).segments()).segments.map(segment => segment.start),
      [2, 4],
    )
  })
  await stage.engine.close()
})

test('a log that was made again under the same id has nothing of the one that was deleted', async t => {
  const stage = await Stage.open(t)
  const log = await createLog(stage.engine)
  await fill(t, stage.engine, log, batchesFrom(0, { fill: 1 }, { fill: 1 }, { fill: 1 }))
  await stage.engine.deleteLog(id)
  const gone = stage.lost(() => {})
  await createLog(stage.engine)
  const fresh = [batchAt(0, { fill: 9 })]
  await fill(t, stage.engine, log, fresh)
  for (const lose of [() => {}, (path: string) => rmSync(join(path, 't-0'), { recursive: true })])
    await reopened(t, stage.lost(lose), async engine => {
      t.deepEqual(await contents(engine.log(id)), bytesOf(fresh))
    })
  await reopened(t, gone, async engine => {
    for await (const found of engine.logs('')) t.fail(found)
    await engine.createLog(id, logOptions('t-0'))
    t.deepEqual(await engine.log(id).bounds(), { start: 0, committed: 0, end: 0 })
  })
  await stage.engine.close()
})

test('a deletion that a loss of power took back after it was answered is done again', async t => {
  const stage = await Stage.open(t)
  const log = await createLog(stage.engine)
  await fill(t, stage.engine, log, batchesFrom(0, {}, {}))
  const copy = temporaryDirectory(t)
  cpSync(join(stage.dataDir, 't-0'), join(copy, 't-0'), { recursive: true })
  await stage.engine.deleteLog(id)
  const dataDir = stage.lost(path => cpSync(join(copy, 't-0'), join(path, 't-0'), { recursive: true }))
  await reopened(t, dataDir, async engine => {
    for await (const found of engine.logs('')) t.fail(found)
    t.false(existsSync(join(dataDir, 't-0')))
  })
  await stage.engine.close()
})

test('segments that were compacted are not overwritten by what they held before', async t => {
  const stage = await Stage.open(t)
  const log = await createLog(stage.engine, { segmentBytes: 250 })
  await fill(t, stage.engine, log, batchesFrom(0, {}, {}, {}, {}, {}))
  const { generation } = await log.segments()
  const isKept = (bytes: Buffer): boolean => offsetsOf([bytes])[0] !== 1
  t.true(await log.rewrite({ from: 0, to: 4, generation }, async batches => batches.filter(isKept)))
  const before = await contents(log)
  t.deepEqual(offsetsOf(before), [0, 2, 3, 4])
  await reopened(
    t,
    stage.lost(() => {}),
    async (engine, warnings) => {
      t.deepEqual(await contents(engine.log(id)), before)
      t.deepEqual(warnings, [])
    },
  )
  await stage.engine.close()
})

test('part of an append that was never answered goes where another part of it is torn', async t => {
  const stage = await Stage.open(t)
  const log = await createLog(stage.engine, { segmentBytes: 250 })
  const batches = batchesFrom(0, {}, {}, {}, {}, {})
  await fill(t, stage.engine, log, batches.slice(0, 1))
  let copy = ''
  stage.hook = (call, path) => {
    if (call === 'write' && path.includes('samsa.journal')) {
      stage.hook = () => undefined
      copy = stage.lost(dataDir => truncateSync(join(dataDir, 't-0', FIRST), 100))
    }
    return undefined
  }
  t.true((await append(stage.engine, log, batches.slice(1))).ok)
  t.true(existsSync(join(copy, 't-0/00000000000000000002.log')))
  await reopened(t, copy, async engine => {
    t.deepEqual(await contents(engine.log(id)), bytesOf(batches.slice(0, 1)))
    t.deepEqual(await engine.log(id).bounds(), { start: 0, committed: 1, end: 1 })
  })
  await stage.engine.close()
})

test('nothing is readable before it is on the medium', async t => {
  const stage = await Stage.open(t)
  const log = await createLog(stage.engine)
  const seen: unknown[] = []
  stage.hook = call => {
    if (call === 'syncData') void Promise.resolve(log.bounds()).then(bounds => seen.push(bounds.end))
    return undefined
  }
  const answer = append(stage.engine, log, batchesFrom(0, {}, {}))
  t.deepEqual(await log.bounds(), { start: 0, committed: 0, end: 0 })
  t.deepEqual(await contents(log), [])
  t.deepEqual(await answer, { ok: true, end: 2 })
  t.deepEqual(seen, [0])
  t.is((await contents(log)).length, 2)
  await stage.engine.close()
})

test('a roll, a deletion and a second append while one is on its way wait, end it and are refused', async t => {
  const stage = await Stage.open(t)
  const [log, other] = [await createLog(stage.engine, {}, 0), await createLog(stage.engine, {}, 1)]
  const both = stage.engine.append([
    { log, batches: batchesFrom(0, {}, {}), expectedEnd: 0 },
    { log: other, batches: batchesFrom(0, {}), expectedEnd: 0 },
  ])
  const rolled = log.roll()
  const deleted = stage.engine.deleteLog(other.id)
  t.deepEqual(await append(stage.engine, log, batchesFrom(0, {})), { ok: false, reason: 'conflict', end: 0 })
  t.deepEqual(await both, [
    { ok: true, end: 2 },
    { ok: false, reason: 'gone', end: 0 },
  ])
  await rolled
  await deleted
  t.deepEqual(
    (await log.segments()).segments.map(segment => segment.start),
    [0, 2],
  )
  t.is((await contents(log)).length, 2)
  await stage.engine.close()
})

test('two hundred logs are made with few syncs', async t => {
  const stage = await Stage.open(t)
  let syncs = 0
  stage.hook = call => {
    if (call.startsWith('sync')) syncs++
    return undefined
  }
  await Promise.all(Array.from({ length: 200 }, (_, partition) => createLog(stage.engine, {}, partition)))
  t.true(syncs <= 4, `${syncs} syncs`)
  const dataDir = stage.lost(path => {
    for (let partition = 0; partition < 200; partition++) rmSync(join(path, `t-${partition}`), { recursive: true })
  })
  await reopened(t, dataDir, async engine => {
    let count = 0
    for await (const _ of engine.logs('')) count++
    t.is(count, 200)
  })
  await stage.engine.close()
})

for (const where of ['.log', 'samsa.journal.0'] as const) {
  test(`a disk without space for ${where} refuses, leaves nothing, and takes a later append`, async t => {
    const stage = await Stage.open(t)
    const [log, other] = [await createLog(stage.engine, { segmentBytes: 350 }, 0), await createLog(stage.engine, {}, 1)]
    await fill(t, stage.engine, log, [batchAt(0)])
    const full = (call: Call, path: string): undefined => {
      if (call === 'write' && path.includes(where) && (where !== '.log' || path.includes('t-0')))
        throw systemError('ENOSPC')
      return undefined
    }
    stage.hook = full
    const refused = { ok: false, reason: 'full', end: 1 } as const
    const outcomes = await stage.engine.append([
      { log, batches: batchesFrom(1, {}, {}, {}, {}), expectedEnd: 1 },
      { log: other, batches: [batchAt(0)], expectedEnd: 0 },
    ])
    t.deepEqual(outcomes, [refused, where === '.log' ? { ok: true, end: 1 } : { ...refused, end: 0 }])
    t.deepEqual(await contents(log), [batchAt(0).bytes], 'reads go on')
    t.is(readFileSync(join(stage.dataDir, 't-0', FIRST)).length, 100)
    stage.hook = () => undefined
    const lost = stage.lost(() => {})
    await fill(t, stage.engine, log, batchesFrom(1, {}, {}))
    await reopened(t, lost, async engine => {
      t.is((await engine.log(id).bounds()).end, 1)
    })
    await stage.engine.close()
    t.deepEqual(stage.warnings, [])
  })
}

test('after a failed sync nothing is written until the engine is opened anew, and reads go on', async t => {
  const stage = await Stage.open(t)
  const { engine } = stage
  const log = await createLog(engine)
  await fill(t, engine, log, [batchAt(0)])
  stage.hook = call => {
    if (call === 'syncData') throw systemError('EIO')
    return undefined
  }
  await t.throwsAsync(append(engine, log, [batchAt(1)]), { message: /EIO/ })
  const changes: string[] = []
  stage.hook = (call, path) => {
    if (/write|truncate|rename|make|sync/i.test(call)) changes.push(`${call} ${path}`)
    return undefined
  }
  t.deepEqual(await append(engine, log, [batchAt(1)]), { ok: false, reason: 'failed', end: 1 })
  const refused = { any: true, name: 'KAFKA_STORAGE_ERROR' } as const
  await t.throwsAsync(log.trim(1), refused)
  await t.throwsAsync(log.roll(), refused)
  await t.throwsAsync(log.saveCheckpoint({ at: 1, parts: new Map() }), refused)
  await t.throwsAsync(createLog(engine, {}, 1), refused)
  await t.throwsAsync(engine.deleteLog(log.id), refused)
  t.deepEqual(await contents(log), [batchAt(0).bytes])
  await engine.close()
  t.deepEqual(changes, [])
  t.is(stage.warnings.length, 1)
  t.regex(stage.warnings[0]!, /nothing more is written to .* until the broker is started anew: .*EIO/)
  await reopened(t, stage.dataDir, async next => {
    t.deepEqual((await contents(next.log(id)))[0], batchAt(0).bytes)
    const { end } = await next.log(id).bounds()
    await fill(t, next, next.log(id), [batchAt(end)])
  })
})

test('the level of durability may change at every start', async t => {
  const dataDir = temporaryDirectory(t)
  let end = 0
  for (const [round, durability] of (['os', 'fsync', 'fsync', 'os', 'fsync', 'os'] as const).entries()) {
    const engine = createFileEngine({ dataDir, durability, warn: line => t.fail(line) })
    await engine.open()
    const log = await createLog(engine)
    t.is((await log.bounds()).end, end)
    await fill(t, engine, log, batchesFrom(end, {}, {}))
    end += 2
    if (round % 2 === 0) {
      await engine.close()
      continue
    }
    // As after a kill: its successor finds what the files hold.
    const copy = temporaryDirectory(t)
    cpSync(dataDir, copy, { recursive: true })
    await engine.close()
    rmSync(dataDir, { recursive: true })
    mkdirSync(dataDir)
    cpSync(copy, dataDir, { recursive: true })
    rmSync(join(dataDir, '.lock'))
  }
})
