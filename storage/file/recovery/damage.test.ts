import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as header from '../../../protocol/records/batch.ts'
import { append, batchAt, batchesFrom, createLog, fill } from '../../conformance/suite.ts'
import { DamagedRange, type Engine, type Log } from '../../engine.ts'
import { createFileEngine } from '../engine.ts'
import { damagedLog } from '../testing/damaged-log.ts'
import { hookedDisk, systemError } from '../testing/faulty-disk.ts'
import { withKilledEngine } from '../testing/killed-engine.ts'
import { survey } from '../testing/survey.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

const flip = (bytes: Buffer, at: number, bits = 0x41): void => {
  bytes[at] = bytes[at]! ^ bits
}

const flipIn = (path: string, at: number, bits?: number): void => {
  const bytes = readFileSync(path)
  flip(bytes, at, bits)
  writeFileSync(path, bytes)
}

/** Runs `body` on the log of a directory between a start and a clean stop. Returns what was told. */
const withEngine = async (
  dataDir: string,
  body: (log: Log, engine: Engine, unclean: number) => Promise<void>,
): Promise<string[]> => {
  const warnings: string[] = []
  const engine = createFileEngine({ dataDir, warn: line => warnings.push(line) })
  const { unclean } = await engine.open()
  try {
    await body(await createLog(engine), engine, unclean.length)
  } finally {
    await engine.close()
  }
  return warnings
}

/** A log of three batches a segment that was closed cleanly. */
const closedLog = async (
  t: ExecutionContext,
  batches = 9,
): Promise<{ dataDir: string; path: (start: number, kind?: string) => string }> => {
  const made = await damagedLog(t, { batches, segmentBytes: 300, damage: () => {} })
  await withEngine(made.dataDir, async log => void (await log.bounds()))
  return made
}

test('damage in the middle stays, is told at each start, and what stands before and after is read', async t => {
  const { dataDir, path } = await damagedLog(t, { batches: 5, segmentBytes: 300, damage: bytes => flip(bytes, 170) })
  const before = readFileSync(path(0))
  for (let start = 1; start <= 3; start++) {
    const warnings = await withKilledEngine(dataDir, async engine => {
      const log = await createLog(engine)
      t.deepEqual(await survey(log), { offsets: [0, 2, 3, 4], damaged: [[1, 2]] })
      t.is((await log.bounds()).end, 5)
    })
    t.is(warnings.length, 1, `start ${start}`)
    t.regex(warnings[0]!, /offsets 1 to 1 can't be read, 100 bytes from byte 100 on: a batch with a wrong checksum/)
  }
  t.deepEqual(readFileSync(path(0)), before)
})

test('one flipped bit anywhere in the middle of a log hides one batch and no other', async t => {
  const some = Array.from({ length: 6 }, (_, index) => ({ timestamp: index, sizeBytes: 70 + index }))
  const batches = batchesFrom(0, ...some)
  const { dataDir, path } = await damagedLog(t, { batches, damage: () => {} })
  const sound = readFileSync(path(0))
  const at = batches.slice(0, 2).reduce((sum, { bytes }) => sum + bytes.length, 0)
  for (let bit = 0; bit < batches[2]!.bytes.length * 8; bit++) {
    const byte = bit >> 3
    // The leader epoch isn't under the checksum, and nothing shows that it is another.
    if (byte >= header.PARTITION_LEADER_EPOCH && byte < header.MAGIC) continue
    const bytes = Buffer.from(sound)
    flip(bytes, at + byte, 1 << (bit & 7))
    writeFileSync(path(0), bytes)
    rmSync(path(0, 'damaged'), { force: true })
    await withKilledEngine(dataDir, async engine => {
      const log = await createLog(engine)
      t.deepEqual(await survey(log), { offsets: [0, 1, 3, 4, 5], damaged: [[2, 3]] }, `byte ${byte}, bit ${bit & 7}`)
      t.is((await log.firstAtOrAfter(2))?.baseOffset, 3)
    })
    t.deepEqual(readFileSync(path(0)), bytes)
  }
})

test('the first batch of a segment, the last of a closed one, and both sides of a boundary may be damaged', async t => {
  const { dataDir, path } = await damagedLog(t, {
    batches: 9,
    segmentBytes: 300,
    segment: 3,
    damage: bytes => {
      flip(bytes, 8)
      flip(bytes, 270)
    },
  })
  flipIn(path(6), 16)
  const warnings = await withKilledEngine(dataDir, async engine => {
    const log = await createLog(engine)
    t.deepEqual(await survey(log), {
      offsets: [0, 1, 2, 4, 7, 8],
      damaged: [
        [3, 4],
        [5, 6],
        [6, 7],
      ],
    })
    t.deepEqual(
      (await log.segments()).segments.map(({ start, end }) => [start, end]),
      [
        [0, 3],
        [3, 6],
        [6, 9],
      ],
    )
  })
  t.is(warnings.length, 3)
})

test('a closed segment that lost half of its last batch has lost that batch', async t => {
  const { dataDir, path } = await damagedLog(t, { batches: 5, segmentBytes: 300, damage: () => {} })
  truncateSync(path(0), 240)
  await withKilledEngine(dataDir, async engine => {
    t.deepEqual(await survey(await createLog(engine)), { offsets: [0, 1, 3, 4], damaged: [[2, 3]] })
  })
  t.is(readFileSync(path(0)).length, 240)
})

test('the active segment goes on behind its damage', async t => {
  const { dataDir } = await damagedLog(t, { batches: 3, damage: bytes => flip(bytes, 20) })
  for (let base = 3; base < 6; base++)
    await withKilledEngine(dataDir, async engine => {
      const log = await createLog(engine)
      await fill(t, engine, log, [batchAt(base)])
      const sound = Array.from({ length: base }, (_, index) => index + 1)
      t.deepEqual(await survey(log), { offsets: sound, damaged: [[0, 1]] })
    })
})

test('a damaged batch before a torn tail is kept, and the tail cut', async t => {
  const { dataDir, path } = await damagedLog(t, { batches: 4, damage: bytes => flip(bytes, 150) })
  truncateSync(path(0), 370)
  await withKilledEngine(dataDir, async engine => {
    t.deepEqual(await survey(await createLog(engine)), { offsets: [0, 2], damaged: [[1, 2]] })
  })
  t.is(readFileSync(path(0)).length, 300)
})

test('of what is known to have been on the medium nothing is cut, also at the end of the log', async t => {
  const damages: readonly [string, (path: string) => void, number][] = [
    ['another magic in the last batch', path => flipIn(path, 216), 300],
    ['half of the last batch missing', path => truncateSync(path, 250), 250],
    ['the last two batches missing', path => truncateSync(path, 100), 100],
    ['nothing left', path => truncateSync(path, 0), 0],
  ]
  for (const [what, damage, sizeBytes] of damages) {
    const { dataDir, path } = await damagedLog(t, { batches: 3, damage: () => {} })
    writeFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), '0\n1\nt 0 3\n')
    damage(path(0))
    const lost = Math.min(2, sizeBytes / 100)
    const readable = [0, 1].slice(0, lost)
    const warnings = await withKilledEngine(dataDir, async engine => {
      const log = await createLog(engine)
      t.deepEqual(await survey(log), { offsets: readable, damaged: [[lost, 3]] }, what)
      await fill(t, engine, log, [batchAt(3)])
    })
    t.regex(warnings.join(), new RegExp(`offsets ${lost} to 2 can't be read`), what)
    t.is(readFileSync(path(0)).length, sizeBytes, what)
    await withKilledEngine(dataDir, async engine => {
      t.deepEqual(await survey(await createLog(engine)), { offsets: [...readable, 3], damaged: [[lost, 3]] }, what)
    })
  }
})

test('after a clean stop a log that was damaged at its end meanwhile keeps its end', async t => {
  const { dataDir, path } = await closedLog(t, 3)
  truncateSync(path(0), 250)
  for (let start = 1; start <= 2; start++) {
    const warnings = await withEngine(dataDir, async (log, _, unclean) => {
      t.is(unclean, 0)
      t.deepEqual(await survey(log), { offsets: [0, 1], damaged: [[2, 3]] })
    })
    t.is(warnings.length, start === 1 ? 2 : 1)
  }
})

test('a log whose segments are missing goes on where it ended', async t => {
  const { dataDir, path } = await closedLog(t, 3)
  for (const kind of ['log', 'index', 'timeindex']) rmSync(path(0, kind), { force: true })
  const warnings = await withEngine(dataDir, async (log, engine) => {
    t.deepEqual(await log.bounds(), { start: 3, committed: 3, end: 3 })
    await fill(t, engine, log, [batchAt(3)])
  })
  t.is(warnings.length, 1)
  t.regex(warnings[0]!, /t-0: its segments are missing; offsets go on at 3/)
})

test('what a live read finds damaged is CORRUPT_MESSAGE from then on, and the rest is read', async t => {
  const { dataDir, path } = await closedLog(t)
  // Size, magic, base offset: what headers alone show. A lower and a higher offset.
  for (const [at, bits] of [
    [8, 0x40],
    [11, 0x08],
    [16, 1],
    [7, 1],
    [7, 4],
    [3, 1],
  ] as const) {
    const sound = readFileSync(path(3))
    const warnings = await withEngine(dataDir, async (log, engine) => {
      t.deepEqual((await survey(log)).damaged, [])
      flipIn(path(3), 100 + at, bits)
      const expected = { offsets: [0, 1, 2, 3, 5, 6, 7, 8], damaged: [[4, 5]] }
      // A batch that only claims to be smaller shows in what follows it.
      if (at !== 11) t.deepEqual(await survey(log), expected as never, `byte ${at}`)
      else await survey(log)
      t.deepEqual(await survey(log), expected as never, `byte ${at}, again`)
      await t.throwsAsync(async () => log.read(4, { maxBytes: 1000 }), { any: true, instanceOf: DamagedRange })
      const [outcome] = [await append(engine, log, [batchAt(9)])]
      t.true(outcome.ok)
    })
    t.regex(warnings.join(), /offsets 4 to 4 can't be read/, `byte ${at}`)
    // Known without a scan, as this was a clean stop.
    const again = await withEngine(dataDir, async (log, _, unclean) => {
      t.is(unclean, 0)
      t.deepEqual((await survey(log)).damaged, [[4, 5]], `byte ${at}, after a restart`)
    })
    t.is(again.length, 1)
    writeFileSync(path(3), sound)
    rmSync(path(3, 'damaged'))
    truncateSync(path(6), 300)
    rmSync(path(9), { force: true })
    await withKilledEngine(dataDir, async () => {})
    writeFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), '0\n1\nt 0 9\n')
    await withEngine(dataDir, async log => void (await log.bounds()))
  }
})

test('what says where damage is goes with its segment', async t => {
  const { dataDir, path } = await damagedLog(t, {
    batches: 9,
    segmentBytes: 300,
    segment: 3,
    damage: bytes => flip(bytes, 80),
  })
  await withEngine(dataDir, async (log, engine) => {
    t.deepEqual((await survey(log)).damaged, [[3, 4]])
    t.true(existsSync(path(3, 'damaged')))
    await log.trim(4)
    t.true(existsSync(path(3, 'damaged')), 'the segment is still there')
    t.deepEqual((await survey(log)).damaged, [])
    await log.trim(6)
    t.false(existsSync(path(3, 'damaged')))
    await engine.deleteLog(log.id)
    await createLog(engine)
  })
  t.deepEqual(await withEngine(dataDir, async log => void (await log.bounds())), [])
})

test('a file that says where damage is, and is itself damaged, is told of and made anew when the damage is met', async t => {
  const { dataDir, path } = await damagedLog(t, {
    batches: 9,
    segmentBytes: 300,
    segment: 3,
    damage: bytes => flip(bytes, 116),
  })
  await withEngine(dataDir, async log => void (await survey(log)))
  const sound = readFileSync(path(3, 'damaged'))
  const contents = [Buffer.alloc(0), Buffer.from('0\n0\n'), sound.subarray(0, -1), Buffer.from(sound)]
  flip(contents[3]!, 5, 1)
  for (const content of contents) {
    writeFileSync(path(3, 'damaged'), content)
    const warnings = await withEngine(dataDir, async log => {
      t.deepEqual((await survey(log)).damaged, [[4, 5]])
    })
    t.is(warnings.length, 2)
    t.regex(warnings[0]!, /\.damaged can't be read/)
    t.deepEqual(readFileSync(path(3, 'damaged')), sound)
  }
  rmSync(path(3))
  await withEngine(dataDir, async log => void (await log.bounds()))
  t.false(existsSync(path(3, 'damaged')), 'its segment is gone')
})

test('compaction leaves segments with damage as they are, and shows what can be read of them', async t => {
  const { dataDir, path } = await damagedLog(t, {
    batches: 9,
    segmentBytes: 300,
    segment: 3,
    damage: bytes => flip(bytes, 170),
  })
  await withKilledEngine(dataDir, async engine => {
    const log = await createLog(engine)
    await log.roll()
    const before = readFileSync(path(3))
    const { generation } = await log.segments()
    const seen: number[] = []
    const done = await log.rewrite({ from: 0, to: 9, generation }, async batches => {
      for (const bytes of batches) seen.push(header.baseOffset(bytes, 0))
      return batches.filter(bytes => header.baseOffset(bytes, 0) % 3 === 0)
    })
    t.true(done)
    t.deepEqual(seen, [0, 1, 2, 3, 5, 6, 7, 8])
    t.deepEqual(await survey(log), { offsets: [0, 3, 5, 6], damaged: [[4, 5]] })
    t.deepEqual(readFileSync(path(3)), before)
  })
})

test('compaction finds damage that nobody knew of, and spreads none', async t => {
  const { dataDir, path } = await closedLog(t)
  await withEngine(dataDir, async log => {
    await log.roll()
    flipIn(path(3), 170)
    const before = await log.segments()
    const range = { from: 0, to: 9, generation: before.generation }
    t.false(await log.rewrite(range, async batches => batches))
    t.deepEqual((await survey(log)).damaged, [[4, 5]])
    const { generation } = await log.segments()
    t.true(await log.rewrite({ ...range, generation }, async batches => batches))
    t.deepEqual(await survey(log), { offsets: [0, 1, 2, 3, 5, 6, 7, 8], damaged: [[4, 5]] })
  })
})

test('a batch that lies in the records of another is not taken for one of the log', async t => {
  const inner = Buffer.concat(batchesFrom(1, {}, {}).map(({ bytes }) => bytes))
  const outer = batchAt(0, { sizeBytes: 61 + inner.length + 30 })
  inner.copy(outer.bytes, 61)
  header.writeCrc(outer.bytes, 0)
  const batches = [outer, batchAt(1), batchAt(2)]
  for (const at of [9, 30, outer.bytes.length - 1]) {
    const { dataDir } = await damagedLog(t, { batches, damage: bytes => flip(bytes, at) })
    await withKilledEngine(dataDir, async engine => {
      const found: Buffer[] = []
      const { damaged } = await survey(await createLog(engine), bytes => found.push(Buffer.from(bytes)))
      t.deepEqual(damaged, [[0, 1]])
      t.deepEqual(found, [batches[1]!.bytes, batches[2]!.bytes], `byte ${at}`)
    })
  }
  for (const sizeBytes of [100, 261, outer.bytes.length - 1]) {
    const { dataDir, path } = await damagedLog(t, { batches: [outer], damage: () => {} })
    truncateSync(path(0), sizeBytes)
    await withKilledEngine(dataDir, async engine => {
      t.is((await (await createLog(engine)).bounds()).end, 0, `torn at ${sizeBytes}`)
    })
  }
})

test('batches larger than what is read at once are checked too', async t => {
  const batches = batchesFrom(0, {}, { sizeBytes: 1_300_000 }, {}, { sizeBytes: 700_000 }, {})
  const { dataDir } = await damagedLog(t, { batches, segmentBytes: 10_000_000, damage: bytes => flip(bytes, 900_000) })
  await withKilledEngine(dataDir, async engine => {
    t.deepEqual(await survey(await createLog(engine)), { offsets: [0, 2, 3, 4], damaged: [[1, 2]] })
  })
})

test('a directory without damage has no file that tells of any', async t => {
  const dataDir = temporaryDirectory(t)
  await withEngine(dataDir, async (log, engine) => fill(t, engine, log, batchesFrom(0, {}, {})))
  t.false(existsSync(join(dataDir, 't-0', '00000000000000000000.damaged')))
})

test('damage that a full disk kept from being remembered is looked for again, not passed over', async t => {
  const { dataDir, path } = await damagedLog(t, { batches: 9, segmentBytes: 300, damage: bytes => flip(bytes, 170) })
  const full = hookedDisk((call, changed) => {
    if (call === 'open' && changed.endsWith('.damaged.tmp')) throw systemError('ENOSPC')
    return undefined
  })
  const told: string[] = []
  const engine = createFileEngine({ dataDir, disk: full, warn: line => told.push(line) })
  await engine.open()
  t.deepEqual(await survey(await createLog(engine)), { offsets: [0, 2, 3, 4, 5, 6, 7, 8], damaged: [[1, 2]] })
  await engine.close()
  t.true(told.some(line => /can't be recovered: .*ENOSPC/.test(line)))
  t.false(existsSync(join(dataDir, '.kafka_cleanshutdown')))
  t.regex(readFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), 'utf8'), /^0\n[01]\n(t 0 0\n)?$/)
  const warnings = await withEngine(dataDir, async log => {
    t.deepEqual(await survey(log), { offsets: [0, 2, 3, 4, 5, 6, 7, 8], damaged: [[1, 2]] })
  })
  t.regex(warnings.join('\n'), /offsets 1 to 1 can't be read/)
  t.true(existsSync(path(0, 'damaged')))
})
