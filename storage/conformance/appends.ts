/** Appends: the expected end, all or nothing, many logs in one call. */
import { allOutcomes } from '../engine.ts'
import { append, batchAt, batchesFrom, bytesOf, contents, createLog, fill, type Suite } from './suite.ts'

/** What `Engine.append` promises. */
export const appends = (test: Suite): void => {
  test('a new log is empty and starts at 0', async (t, engine) => {
    const log = await createLog(engine)
    t.deepEqual(await log.bounds(), { start: 0, committed: 0, end: 0 })
    t.is(await log.sizeBytes(), 0)
    t.deepEqual(await contents(log), [])
  })

  test('an append at the end raises the end to the offset after its last batch', async (t, engine) => {
    const log = await createLog(engine)
    t.deepEqual(await append(engine, log, batchesFrom(0, { offsets: 3 }, { offsets: 4 })), { ok: true, end: 7 })
    t.deepEqual(await log.bounds(), { start: 0, committed: 7, end: 7 })
    t.is(await log.sizeBytes(), 200)
  })

  test('an append elsewhere than at the end is a conflict and writes nothing', async (t, engine) => {
    const log = await createLog(engine)
    const first = batchAt(0, { offsets: 3 })
    await fill(t, engine, log, [first])
    for (const expectedEnd of [0, 2, 4])
      t.deepEqual(await append(engine, log, [batchAt(expectedEnd)]), { ok: false, reason: 'conflict', end: 3 })
    t.deepEqual(await contents(log), [first.bytes])
  })

  test('stored bytes are the bytes given', async (t, engine) => {
    const log = await createLog(engine)
    const batches = batchesFrom(0, { sizeBytes: 61 }, { sizeBytes: 70_000, offsets: 100 }, { sizeBytes: 300 })
    await append(engine, log, batches)
    t.deepEqual(await contents(log), bytesOf(batches))
  })

  test('batches that are slices of a larger buffer keep their bytes', async (t, engine) => {
    const log = await createLog(engine)
    const batches = batchesFrom(0, ...Array.from({ length: 20 }, () => ({ sizeBytes: 150 })))
    const frame = Buffer.concat([Buffer.alloc(500_000, 1), ...bytesOf(batches)])
    const slices = batches.map((batch, index) => {
      const at = 500_000 + index * 150
      return { ...batch, bytes: frame.subarray(at, at + 150) }
    })
    await append(engine, log, slices)
    t.deepEqual(await contents(log), bytesOf(batches))
  })

  test('one call appends to many logs, each with an outcome of its own in the order of the requests', async (t, engine) => {
    const [first, second, third] = [
      await createLog(engine, {}, 0),
      await createLog(engine, {}, 1),
      await createLog(engine, {}, 2),
    ]
    await fill(t, engine, second, [batchAt(0)])
    const outcomes = await allOutcomes(
      engine.append([
        { log: third, batches: batchesFrom(0, {}, {}), expectedEnd: 0 },
        { log: second, batches: [batchAt(0)], expectedEnd: 0 },
        { log: engine.log('data/nowhere/0'), batches: [batchAt(0)], expectedEnd: 0 },
        { log: first, batches: [batchAt(0)], expectedEnd: 0 },
      ]),
    )
    t.deepEqual(outcomes, [
      { ok: true, end: 2 },
      { ok: false, reason: 'conflict', end: 1 },
      { ok: false, reason: 'gone', end: 0 },
      { ok: true, end: 1 },
    ])
    t.is((await first.bounds()).end, 1)
    t.is((await second.bounds()).end, 1)
    t.is((await third.bounds()).end, 2)
  })

  test('batches that do not follow one another are refused as a bug, and nothing of the call is written', async (t, engine) => {
    const [first, second] = [await createLog(engine, {}, 0), await createLog(engine, {}, 1)]
    const good = { log: first, batches: [batchAt(0)], expectedEnd: 0 }
    for (const batches of [[batchAt(0), batchAt(2)], [batchAt(1)], []])
      await t.throwsAsync(async () => engine.append([good, { log: second, batches, expectedEnd: 0 }]), {
        instanceOf: RangeError,
      })
    t.is((await first.bounds()).end, 0)
    t.is((await second.bounds()).end, 0)
  })

  test('an append that passes the end of a segment is whole', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 350 })
    const batches = batchesFrom(0, {}, {}, {}, {}, {}, {}, {}, { sizeBytes: 1000 }, {}, {})
    t.deepEqual(await append(engine, log, batches), { ok: true, end: 10 })
    t.deepEqual(await contents(log), bytesOf(batches))
    const { segments } = await log.segments()
    t.deepEqual(
      segments.map(segment => segment.sizeBytes),
      [300, 300, 100, 1000, 200],
    )
  })

  test('offsets beyond 32 bits are kept', async (t, engine) => {
    const log = await createLog(engine)
    const wide = batchesFrom(0, ...Array.from({ length: 6 }, () => ({ offsets: 2 ** 31 - 1 })))
    await fill(t, engine, log, wide)
    const last = wide[5]!
    const slice = await log.read(last.lastOffset, { maxBytes: 1000 })
    t.deepEqual(Buffer.concat(slice.chunks), last.bytes)
    slice.release()
    t.deepEqual(await contents(log), bytesOf(wide))
  })
}
