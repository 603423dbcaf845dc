import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  appendFileSync,
} from 'node:fs'
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
} from '../../conformance/suite.ts'
import type { Batch, Engine } from '../../engine.ts'
import { createFileEngine } from '../engine.ts'
import { hookedDisk } from '../testing/faulty-disk.ts'
import { withKilledEngine } from '../testing/killed-engine.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

/** A directory of one log with these batches, left by a killed engine (or, `clean`, by a closed one). */
const directoryWith = async (
  t: ExecutionContext,
  batches: readonly Batch[],
  options = {},
  clean = false,
): Promise<{ dataDir: string; logDir: string }> => {
  const dataDir = temporaryDirectory(t)
  const write = async (engine: Engine): Promise<void> => fill(t, engine, await createLog(engine, options), batches)
  if (clean) {
    const engine = createFileEngine({ dataDir })
    await engine.open()
    await write(engine)
    await engine.close()
  } else {
    await withKilledEngine(dataDir, write)
  }
  return { dataDir, logDir: join(dataDir, 't-0') }
}

const LOG = '00000000000000000000.log'

test('after a kill every log is unclean, and all that was acknowledged is there', async t => {
  const batches = batchesFrom(0, ...Array.from({ length: 40 }, (_, index) => ({ timestamp: index, sizeBytes: 150 })))
  const { dataDir } = await directoryWith(t, batches, { segmentBytes: 1000 })
  const warnings = await withKilledEngine(dataDir, async (engine, unclean) => {
    const log = await createLog(engine)
    t.deepEqual(unclean, [log.id])
    t.deepEqual(await contents(log), bytesOf(batches))
    t.is((await log.firstAtOrAfter(17))?.baseOffset, 17)
  })
  t.deepEqual(warnings, [])
})

test('a torn last batch is cut off, wherever it is torn', async t => {
  const batches = batchesFrom(0, {}, {}, { sizeBytes: 180 })
  const { dataDir, logDir } = await directoryWith(t, batches)
  const whole = readFileSync(join(logDir, LOG))
  for (let bytes = 201; bytes < 380; bytes++) {
    writeFileSync(join(logDir, LOG), whole.subarray(0, bytes))
    const warnings = await withKilledEngine(dataDir, async engine => {
      const log = await createLog(engine)
      t.is((await log.bounds()).end, 2)
      if (bytes % 20 === 0) {
        await fill(t, engine, log, batches.slice(2))
        t.deepEqual(await contents(log), bytesOf(batches))
      }
    })
    t.is(warnings.length, 1, `${bytes} bytes`)
    t.regex(warnings[0]!, new RegExp(`${bytes - 200} bytes dropped from byte 200 \\(offset 2\\) on`))
  }
})

test('a last batch with a wrong byte is cut off', async t => {
  const batches = batchesFrom(0, {}, { sizeBytes: 150 })
  const { dataDir, logDir } = await directoryWith(t, batches)
  const whole = readFileSync(join(logDir, LOG))
  // From the length on: base offset and leader epoch are outside the checksum, and an offset that is too large is only odd.
  for (const at of [8, 9, 10, 11, 16, 17, 20, 21, 26, 30, 50, 61, 100, 149]) {
    const wrong = Buffer.from(whole)
    wrong[100 + at] = wrong[100 + at]! ^ 0x41
    writeFileSync(join(logDir, LOG), wrong)
    const warnings = await withKilledEngine(dataDir, async engine => {
      t.is((await (await createLog(engine)).bounds()).end, 1, `byte ${at}`)
    })
    t.is(warnings.length, 1, `byte ${at}`)
  }
})

test('zeros behind the last batch, as a loss of power leaves them, are cut off', async t => {
  const { dataDir, logDir } = await directoryWith(t, batchesFrom(0, {}, {}))
  truncateSync(join(logDir, LOG), 5000)
  const warnings = await withKilledEngine(dataDir, async engine => {
    t.is((await (await createLog(engine)).bounds()).end, 2)
  })
  t.regex(warnings[0]!, /4800 bytes dropped/)
  t.is(readFileSync(join(logDir, LOG)).length, 200)
})

test('segments below the recovery point are not read', async t => {
  const { dataDir, logDir } = await directoryWith(t, batchesFrom(0, {}, {}, {}, {}, {}), { segmentBytes: 200 })
  writeFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), '0\n1\nt 0 4\n')
  const first = join(logDir, LOG)
  const damaged = readFileSync(first)
  damaged[170] = 0xff
  writeFileSync(first, damaged)
  const warnings = await withKilledEngine(dataDir, async engine => {
    t.is((await (await createLog(engine)).bounds()).end, 5)
  })
  t.deepEqual(warnings, [])
})

test('closed segments are synced in the background and raise the recovery point', async t => {
  const { dataDir } = await directoryWith(t, batchesFrom(0, {}, {}, {}, {}, {}), { segmentBytes: 200 }, true)
  const engine = createFileEngine({ dataDir })
  await engine.open()
  const log = await createLog(engine, { segmentBytes: 200 })
  await fill(t, engine, log, batchesFrom(5, {}, {}))
  await log.roll()
  const path = join(dataDir, 'recovery-point-offset-checkpoint')
  while (!readFileSync(path, 'utf8').includes('t 0 7')) await new Promise(resolve => setImmediate(resolve))
  await engine.close()
  t.is(readFileSync(path, 'utf8'), '0\n1\nt 0 7\n')
})

test('segments that were closed before a kill are synced before the recovery point passes them', async t => {
  const { dataDir, logDir } = await directoryWith(t, batchesFrom(0, {}, {}, {}, {}, {}), { segmentBytes: 200 })
  const path = join(dataDir, 'recovery-point-offset-checkpoint')
  writeFileSync(path, '0\n1\nt 0 2\n')
  const synced: string[] = []
  const disk = hookedDisk((call, path) => {
    if (call === 'sync') synced.push(path)
    return undefined
  })
  const engine = createFileEngine({ dataDir, disk })
  await engine.open()
  while (!readFileSync(path, 'utf8').includes('t 0 5')) await new Promise(resolve => setImmediate(resolve))
  t.true(synced.includes(join(logDir, '00000000000000000002.log')))
  t.false(synced.includes(join(logDir, LOG)), 'it lies below the recovery point')
  await engine.close()
})

test('what a refused append left in a segment that was closed after it is cut off', async t => {
  const batches = batchesFrom(0, {}, {}, {}, {})
  const { dataDir, logDir } = await directoryWith(t, batches, { segmentBytes: 200 })
  writeFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), '0\n1\nt 0 2\n')
  appendFileSync(join(logDir, LOG), Buffer.concat(bytesOf(batchesFrom(2, { fill: 9 }, { fill: 9 }))))
  await withKilledEngine(dataDir, async engine => {
    const log = await createLog(engine, { segmentBytes: 200 })
    t.deepEqual(await contents(log), bytesOf(batches))
    t.deepEqual(
      (await log.segments()).segments.map(({ start, end, sizeBytes }) => [start, end, sizeBytes]),
      [
        [0, 2, 200],
        [2, 4, 200],
      ],
    )
  })
})

for (const clean of [true, false]) {
  const stop = clean ? 'a clean stop' : 'a kill'
  test(`indexes that are missing or damaged after ${stop} are built anew`, async t => {
    const batches = batchesFrom(
      0,
      ...Array.from({ length: 100 }, (_, index) => ({ timestamp: 1000 + index * 3, sizeBytes: 2000 })),
    )
    const { dataDir, logDir } = await directoryWith(
      t,
      batches,
      { segmentBytes: 50_000, indexIntervalBytes: 4096 },
      clean,
    )
    const indexes = readdirSync(logDir).filter(name => name.endsWith('index'))
    const sound = new Map(indexes.map(name => [name, readFileSync(join(logDir, name))]))
    const damages: readonly ((path: string) => void)[] = [
      path => rmSync(path),
      path => writeFileSync(path, 'odd'),
      path => writeFileSync(path, Buffer.alloc(240, 0xee)),
    ]
    for (const damage of damages) {
      for (const name of indexes) damage(join(logDir, name))
      await withKilledEngine(dataDir, async engine => {
        const log = await createLog(engine, { segmentBytes: 50_000, indexIntervalBytes: 4096 })
        t.deepEqual(await contents(log), bytesOf(batches))
        for (const timestamp of [0, 1010, 1100, 1250, 1297])
          t.is(
            (await log.firstAtOrAfter(timestamp))?.maxTimestamp,
            Math.max(1000, 1000 + Math.ceil((timestamp - 1000) / 3) * 3),
          )
      })
    }
    // A last clean stop leaves them as they were written first.
    const engine = createFileEngine({ dataDir })
    await engine.open()
    await contents(await createLog(engine, { indexIntervalBytes: 4096 }))
    await engine.close()
    for (const [name, bytes] of sound) t.deepEqual(readFileSync(join(logDir, name)), bytes, name)
  })
}

test('files on their way out or in are finished or removed', async t => {
  const batches = batchesFrom(0, {}, {}, {}, {}, {}, {}, {})
  const { dataDir, logDir } = await directoryWith(t, batches, { segmentBytes: 200 })
  const leftovers = [
    '00000000000000000000.log.deleted',
    '00000000000000000000.log.cleaned',
    '00000000000000000000.index.cleaned',
    '00000000000000000004.timeindex.swap',
    'leader-epoch-checkpoint.tmp',
    '00000000000000000099.index',
  ]
  for (const name of leftovers) writeFileSync(join(logDir, name), 'left over')
  // The output of a compaction of the segments at 0 and 2, complete.
  writeFileSync(join(logDir, '00000000000000000000.log.swap'), Buffer.concat([batches[1]!.bytes, batches[3]!.bytes]))
  writeFileSync(join(logDir, '00000000000000000000.index.swap'), '')
  writeFileSync(join(logDir, '00000000000000000000.timeindex.swap'), '')
  await withKilledEngine(dataDir, async engine => {
    const log = await createLog(engine)
    t.deepEqual(offsetsOf(await contents(log)), [1, 3, 4, 5, 6])
    t.deepEqual(
      (await log.segments()).segments.map(segment => segment.start),
      [0, 4, 6],
    )
  })
  const names = readdirSync(logDir)
  for (const name of leftovers) t.false(names.includes(name), name)
  t.false(names.some(name => name.endsWith('.swap')))
})

test('directories of deleted and of half created logs are removed', async t => {
  const { dataDir } = await directoryWith(t, batchesFrom(0, {}), {}, true)
  const gone = ['t-1.0123456789abcdef0123456789abcdef-delete', '.create-0123456789abcdef']
  for (const name of gone) {
    mkdirSync(join(dataDir, name))
    writeFileSync(join(dataDir, name, LOG), 'bytes')
  }
  const engine = createFileEngine({ dataDir })
  await engine.open()
  const ids: string[] = []
  for await (const id of engine.logs('')) ids.push(id)
  t.is(ids.length, 1)
  await engine.close()
  for (const name of gone) t.false(existsSync(join(dataDir, name)))
})

test('a directory that does not say which log it holds is left alone, and moved aside where its name is wanted', async t => {
  const { dataDir, logDir } = await directoryWith(t, batchesFrom(0, {}), {}, true)
  rmSync(join(logDir, 'partition.metadata'))
  const warnings = await withKilledEngine(dataDir, async engine => {
    for await (const id of engine.logs('')) t.fail(id)
    t.true(existsSync(join(logDir, LOG)))
    await createLog(engine)
  })
  t.regex(warnings[0]!, /t-0 has neither partition\.metadata nor samsa\.log/)
  const stray = readdirSync(dataDir).filter(name => name.endsWith('-stray'))
  t.is(stray.length, 1)
  t.true(existsSync(join(dataDir, stray[0]!, LOG)))
})

test('what was trimmed stays trimmed, even when all that followed was lost', async t => {
  const { dataDir, logDir } = await directoryWith(t, [])
  await withKilledEngine(dataDir, async engine => {
    const log = await createLog(engine)
    await fill(t, engine, log, batchesFrom(0, {}, {}, {}, {}))
    await log.saveCheckpoint({ at: 4, parts: new Map([['.snapshot', Buffer.from('state')]]) })
    await log.trim(3)
  })
  await withKilledEngine(dataDir, async engine => {
    const log = await createLog(engine)
    t.deepEqual(await log.bounds(), { start: 3, committed: 4, end: 4 })
  })
  truncateSync(join(logDir, LOG), 150)
  await withKilledEngine(dataDir, async engine => {
    const log = await createLog(engine)
    t.deepEqual(await log.bounds(), { start: 3, committed: 3, end: 3 })
    t.is(await log.loadCheckpoint(), null, 'a checkpoint beyond the end is of a tail that was lost')
    t.deepEqual(await append(engine, log, [batchAt(3)]), { ok: true, end: 4 })
    t.deepEqual(offsetsOf(await contents(log)), [3])
    t.is(await log.loadCheckpoint(), null, 'also when the end has come there again')
  })
})

test('a checkpoint file that cannot be read counts as empty', async t => {
  const { dataDir } = await directoryWith(t, batchesFrom(0, {}, {}))
  for (const name of ['log-start-offset-checkpoint', 'recovery-point-offset-checkpoint'])
    writeFileSync(join(dataDir, name), '0\n7\nt 0 1\n')
  const warnings = await withKilledEngine(dataDir, async engine => {
    t.deepEqual(await (await createLog(engine)).bounds(), { start: 0, committed: 2, end: 2 })
  })
  t.is(warnings.length, 2)
})

test('offsets checkpointed for a log that is gone are forgotten', async t => {
  const { dataDir, logDir } = await directoryWith(t, [])
  writeFileSync(join(dataDir, 'log-start-offset-checkpoint'), '0\n2\nt 0 0\ngone 3 500\n')
  rmSync(logDir, { recursive: true })
  await withKilledEngine(dataDir, async engine => {
    await engine.createLog('data/bmV3LXRvcGljLXdpdGgtaQ/3', logOptions('gone-3'))
    t.is((await engine.log('data/bmV3LXRvcGljLXdpdGgtaQ/3').bounds()).start, 0)
  })
  t.is(readFileSync(join(dataDir, 'log-start-offset-checkpoint'), 'utf8'), '0\n0\n')
})
