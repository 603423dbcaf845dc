/** Reads: whole batches, where they begin and where they end, and search by time. */
import { append, batchAt, batchesFrom, batchesOf, contents, createLog, fill, offsetsOf, type Suite } from './suite.ts'
import type { Log, Offset, ReadOptions } from '../engine.ts'

/** Base offsets of the batches that a read returns, and its `next`. */
const readOffsets = async (log: Log, from: Offset, options: ReadOptions): Promise<[Offset[], Offset]> => {
  const slice = await log.read(from, options)
  const found = offsetsOf(batchesOf(slice.chunks))
  const sizeBytes = slice.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  if (sizeBytes !== slice.sizeBytes) throw new Error(`sizeBytes ${slice.sizeBytes} of ${sizeBytes}`)
  const { next } = slice
  slice.release()
  return [found, next]
}

/** What `Log.read` and `firstAtOrAfter` promise. */
export const reads = (test: Suite): void => {
  test('a read inside a batch begins with that batch', async (t, engine) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, { offsets: 10 }, { offsets: 10 }, { offsets: 10 }))
    for (const from of [10, 15, 19]) t.deepEqual(await readOffsets(log, from, { maxBytes: 1000 }), [[10, 20], 30])
  })

  test('a read at or beyond the end is empty, and its next offset is the one asked for', async (t, engine) => {
    const log = await createLog(engine)
    t.deepEqual(await readOffsets(log, 0, { maxBytes: 1000, atLeastOne: true }), [[], 0])
    await fill(t, engine, log, [batchAt(0)])
    t.deepEqual(await readOffsets(log, 1, { maxBytes: 1000, atLeastOne: true }), [[], 1])
    t.deepEqual(await readOffsets(log, 9, { maxBytes: 1000, atLeastOne: true }), [[], 9])
  })

  test('a read returns whole batches while they fit', async (t, engine) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, {}, {}, {}))
    t.deepEqual(await readOffsets(log, 0, { maxBytes: 300 }), [[0, 1, 2], 3])
    t.deepEqual(await readOffsets(log, 0, { maxBytes: 299 }), [[0, 1], 2])
    t.deepEqual(await readOffsets(log, 1, { maxBytes: 100 }), [[1], 2])
    t.deepEqual(await readOffsets(log, 1, { maxBytes: 99 }), [[], 1])
    t.deepEqual(await readOffsets(log, 1, { maxBytes: 0 }), [[], 1])
  })

  test('with atLeastOne the first batch comes whatever its size, and no other beyond the limit', async (t, engine) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, { sizeBytes: 9000 }, { sizeBytes: 100 }, { sizeBytes: 70_000 }))
    t.deepEqual(await readOffsets(log, 0, { maxBytes: 0, atLeastOne: true }), [[0], 1])
    t.deepEqual(await readOffsets(log, 0, { maxBytes: 1000, atLeastOne: true }), [[0], 1])
    t.deepEqual(await readOffsets(log, 0, { maxBytes: 9100, atLeastOne: true }), [[0, 1], 2])
    t.deepEqual(await readOffsets(log, 1, { maxBytes: 100, atLeastOne: true }), [[1], 2])
    t.deepEqual(await readOffsets(log, 2, { maxBytes: 1, atLeastOne: true }), [[2], 3])
  })

  test('only batches whose base offset is below `before` are returned', async (t, engine) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, { offsets: 5 }, { offsets: 5 }, { offsets: 5 }))
    t.deepEqual(await readOffsets(log, 0, { maxBytes: 1000, before: 5 }), [[0], 5])
    t.deepEqual(await readOffsets(log, 0, { maxBytes: 1000, before: 6 }), [[0, 5], 10])
    t.deepEqual(await readOffsets(log, 5, { maxBytes: 1000, before: 5, atLeastOne: true }), [[], 5])
    t.deepEqual(await readOffsets(log, 0, { maxBytes: 1000, before: 0, atLeastOne: true }), [[], 0])
  })

  test('a read goes on from one segment to the next', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 250 })
    await fill(t, engine, log, batchesFrom(0, {}, {}, {}, {}, {}, {}, {}))
    t.deepEqual(await readOffsets(log, 1, { maxBytes: 500 }), [[1, 2, 3, 4, 5], 6])
    t.deepEqual(await readOffsets(log, 2, { maxBytes: 10_000 }), [[2, 3, 4, 5, 6], 7])
  })

  test('a read goes on from where the last one ended', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 2000 })
    const sizes = Array.from({ length: 60 }, (_, index) => ({
      sizeBytes: 61 + ((index * 37) % 400),
      offsets: 1 + (index % 3),
    }))
    const batches = batchesFrom(0, ...sizes)
    await fill(t, engine, log, batches)
    t.deepEqual(
      offsetsOf(await contents(log)),
      batches.map(batch => batch.baseOffset),
    )
    for (const { baseOffset, lastOffset } of batches)
      t.is((await readOffsets(log, lastOffset, { maxBytes: 0, atLeastOne: true }))[0][0], baseOffset)
  })

  test('a slice keeps its bytes while others are appended and read, until it is released', async (t, engine) => {
    const log = await createLog(engine)
    const [first, second] = batchesFrom(0, { sizeBytes: 5000 }, { sizeBytes: 5000, fill: 9 }) as [
      ReturnType<typeof batchAt>,
      ReturnType<typeof batchAt>,
    ]
    await fill(t, engine, log, [first])
    const slice = await log.read(0, { maxBytes: 10_000 })
    await fill(t, engine, log, [second])
    const other = await log.read(1, { maxBytes: 10_000 })
    t.deepEqual(Buffer.concat(slice.chunks), first.bytes)
    t.deepEqual(Buffer.concat(other.chunks), second.bytes)
    slice.release()
    t.deepEqual(Buffer.concat(other.chunks), second.bytes)
    other.release()
  })

  test('the first batch at or after a timestamp is found', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 350 })
    const timestamps = [100, 300, 200, 300, 500, 400, -1, 700, 600]
    const batches = batchesFrom(0, ...timestamps.map(timestamp => ({ timestamp, offsets: 2 })))
    await fill(t, engine, log, batches)
    const found = async (timestamp: number) => (await log.firstAtOrAfter(timestamp))?.baseOffset
    t.is(await found(0), 0)
    t.is(await found(100), 0)
    t.is(await found(101), 2)
    t.is(await found(300), 2)
    t.is(await found(301), 8)
    t.is(await found(501), 14)
    t.is(await found(700), 14)
    t.is(await log.firstAtOrAfter(701), null)
    t.deepEqual(await log.firstAtOrAfter(301), batches[4]!)
  })

  test('search by time begins at the start of the log', async (t, engine) => {
    const log = await createLog(engine)
    await fill(
      t,
      engine,
      log,
      batchesFrom(0, { timestamp: 900, offsets: 2 }, { timestamp: 100, offsets: 2 }, { timestamp: 500 }),
    )
    await log.trim(1)
    t.is((await log.firstAtOrAfter(300))?.baseOffset, 0, 'the batch that contains the start counts')
    await log.trim(2)
    t.is((await log.firstAtOrAfter(300))?.baseOffset, 4)
    t.is((await log.firstAtOrAfter(50))?.baseOffset, 2)
    t.is(await log.firstAtOrAfter(501), null)
  })

  test('search by time goes through many batches', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 20_000 })
    const batches = batchesFrom(
      0,
      ...Array.from({ length: 500 }, (_, index) => ({ timestamp: 1000 + ((index * 7919) % 500) })),
    )
    await fill(t, engine, log, batches)
    for (let timestamp = 990; timestamp <= 1500; timestamp += 10) {
      const expected = batches.find(batch => batch.maxTimestamp >= timestamp)
      t.is((await log.firstAtOrAfter(timestamp))?.baseOffset, expected?.baseOffset)
    }
  })
}
