import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
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
import { createFileEngine } from './engine.ts'
import { FsyncStage, reopened } from './testing/fsync-stage.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

const FIRST = '00000000000000000000.log'
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
      const stage = await FsyncStage.open(t)
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
  const stage = await FsyncStage.open(t)
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
  const stage = await FsyncStage.open(t)
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
  const stage = await FsyncStage.open(t, { journal: { fileBytes: 8192, maxBytes: 80_000 } })
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
  const stage = await FsyncStage.open(t)
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
  const stage = await FsyncStage.open(t)
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
  const stage = await FsyncStage.open(t)
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
  const stage = await FsyncStage.open(t)
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
  const stage = await FsyncStage.open(t)
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

test('a checkpoint rests on a directory whose name is on the medium', async t => {
  const stage = await FsyncStage.open(t)
  const log = await createLog(stage.engine)
  const synced: string[] = []
  stage.hook = (call, path) => {
    if (call === 'syncDirectory') synced.push(path)
    return undefined
  }
  await log.saveCheckpoint({ at: 0, parts: new Map([['.snapshot', Buffer.from('state')]]) })
  t.true(synced.includes(stage.dataDir))
  synced.length = 0
  await log.saveCheckpoint({ at: 0, parts: new Map([['.snapshot', Buffer.from('state 2')]]) })
  t.deepEqual(synced, [join(stage.dataDir, 't-0')])
  await stage.engine.close()
})

test('two hundred logs are made with few syncs', async t => {
  const stage = await FsyncStage.open(t)
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
