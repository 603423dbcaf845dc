/** Segments: when they roll, what is told of them, trimming. */
import { append, batchAt, batchesFrom, contents, createLog, fill, logOptions, offsetsOf, type Suite } from './suite.ts'

/** What `segments`, `roll` and `trim` promise. */
export const segments = (test: Suite): void => {
  test('a log has one empty active segment at first', async (t, engine) => {
    const log = await createLog(engine)
    const { segments } = await log.segments()
    t.is(segments.length, 1)
    t.like(segments[0], { start: 0, end: 0, sizeBytes: 0, maxTimestamp: -1, maxTimestampOffset: -1 })
  })

  test('a segment is rolled when the next batch would pass segmentBytes', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 300 })
    await fill(
      t,
      engine,
      log,
      batchesFrom(0, { offsets: 2 }, { offsets: 2 }, { offsets: 2 }, {}, { sizeBytes: 900 }, {}),
    )
    const { segments } = await log.segments()
    t.deepEqual(
      segments.map(({ start, end, sizeBytes }) => [start, end, sizeBytes]),
      [
        [0, 6, 300],
        [6, 7, 100],
        [7, 8, 900],
        [8, 9, 100],
      ],
    )
  })

  test('a segment is rolled when its first batch is older than segmentMs', async (t, engine) => {
    const log = await createLog(engine, { segmentMs: 1000 })
    await fill(
      t,
      engine,
      log,
      batchesFrom(0, { timestamp: 5000 }, { timestamp: 6000 }, { timestamp: 6001 }, { timestamp: 5500 }),
    )
    const { segments } = await log.segments()
    t.deepEqual(
      segments.map(({ start, end }) => [start, end]),
      [
        [0, 2],
        [2, 4],
      ],
    )
  })

  test('a segment tells its greatest timestamp and the end of the first batch that has it', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 500 })
    const timestamps = [10, 30, 20, 30, 25, -1, -1, -1, -1, -1, 7]
    await fill(t, engine, log, batchesFrom(0, ...timestamps.map(timestamp => ({ timestamp, offsets: 2 }))))
    const { segments } = await log.segments()
    t.deepEqual(
      segments.map(({ maxTimestamp, maxTimestampOffset }) => [maxTimestamp, maxTimestampOffset]),
      [
        [30, 3],
        [-1, -1],
        [7, 21],
      ],
    )
  })

  test('a segment tells when it was last appended to, after compaction too', async (t, engine) => {
    const began = Date.now()
    const log = await createLog(engine, { segmentBytes: 200 })
    await fill(t, engine, log, batchesFrom(0, {}, {}, {}, {}, {}))
    const before = await log.segments()
    for (const { modifiedMs } of before.segments) t.true(modifiedMs >= began && modifiedMs <= Date.now())
    const { generation } = before
    await log.rewrite({ from: 0, to: 4, generation }, async batches => batches)
    const after = await log.segments()
    t.deepEqual(
      after.segments.map(({ modifiedMs }) => modifiedMs),
      before.segments.map(({ modifiedMs }) => modifiedMs),
    )
  })

  test('roll closes a segment that has batches, and only that', async (t, engine) => {
    const log = await createLog(engine)
    await log.roll()
    t.is((await log.segments()).segments.length, 1)
    await fill(t, engine, log, [batchAt(0)])
    await log.roll()
    await log.roll()
    t.deepEqual(
      (await log.segments()).segments.map(({ start, end }) => [start, end]),
      [
        [0, 1],
        [1, 1],
      ],
    )
    await fill(t, engine, log, [batchAt(1)])
    t.deepEqual(offsetsOf(await contents(log)), [0, 1])
    t.is((await log.segments()).segments.length, 2)
  })

  test('configure changes when the next segment is rolled', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 100 })
    await fill(t, engine, log, batchesFrom(0, {}, {}))
    log.configure(logOptions('t-0', { segmentBytes: 1000 }))
    await fill(t, engine, log, batchesFrom(2, {}, {}))
    t.deepEqual(
      (await log.segments()).segments.map(({ start }) => start),
      [0, 1],
    )
  })

  test('trim raises the start, to no more than the end, and never lowers it', async (t, engine) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, { offsets: 10 }, { offsets: 10 }))
    t.deepEqual(await log.trim(5), { start: 5, committed: 20, end: 20 })
    t.deepEqual(await log.trim(3), { start: 5, committed: 20, end: 20 })
    t.deepEqual(await log.trim(15), { start: 15, committed: 20, end: 20 })
    t.deepEqual(await log.trim(100), { start: 20, committed: 20, end: 20 })
    t.deepEqual(await log.bounds(), { start: 20, committed: 20, end: 20 })
    t.deepEqual(await append(engine, log, [batchAt(20)]), { ok: true, end: 21 })
    t.deepEqual(offsetsOf(await contents(log)), [20])
  })

  test('a read below the start reads from the start', async (t, engine) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, { offsets: 10 }, { offsets: 10 }, { offsets: 10 }))
    await log.trim(15)
    const slice = await log.read(2, { maxBytes: 1000 })
    t.is(slice.next, 30)
    t.is(slice.sizeBytes, 200)
    slice.release()
  })

  test('trim removes the closed segments that end at or below the start', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 200 })
    await fill(t, engine, log, batchesFrom(0, {}, {}, {}, {}, {}, {}))
    const before = await log.segments()
    await log.trim(1)
    t.deepEqual(await log.segments(), before)
    await log.trim(4)
    const after = await log.segments()
    t.deepEqual(after.segments, before.segments.slice(2))
    t.not(after.generation, before.generation)
    t.is(await log.sizeBytes(), 200)
    await log.trim(6)
    t.is((await log.segments()).segments.length, 1, 'the active segment stays')
    await log.roll()
    await log.trim(6)
    t.is((await log.segments()).segments.length, 1, 'a trim that raises nothing removes what was closed since')
  })

  test('a whole log is freed by a roll and a trim to the end', async (t, engine) => {
    const log = await createLog(engine)
    await fill(t, engine, log, batchesFrom(0, {}, {}, {}))
    await log.roll()
    t.deepEqual(await log.trim(3), { start: 3, committed: 3, end: 3 })
    t.is(await log.sizeBytes(), 0)
    await fill(t, engine, log, [batchAt(3)])
    t.deepEqual(offsetsOf(await contents(log)), [3])
  })

  test('the generation does not move when a segment is added', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 200 })
    await fill(t, engine, log, batchesFrom(0, {}, {}))
    const { generation } = await log.segments()
    await fill(t, engine, log, batchesFrom(2, {}, {}, {}))
    await log.roll()
    t.is((await log.segments()).generation, generation)
  })
}
