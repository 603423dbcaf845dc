/** Rewriting of closed segments, which compaction is made of. */
import * as header from '../../protocol/records/batch.ts'
import type { Engine, Log, Segments } from '../engine.ts'
import {
  append,
  batchAt,
  batchesFrom,
  batchesOf,
  bytesOf,
  contents,
  createLog,
  fill,
  offsetsOf,
  type Suite,
} from './suite.ts'
import type { ExecutionContext } from 'ava'

/** A log of batches at 0, 1, 2, ..., three a segment. */
const segmented = async (t: ExecutionContext, engine: Engine, count: number): Promise<Log> => {
  const log = await createLog(engine, { segmentBytes: 300 })
  await fill(
    t,
    engine,
    log,
    batchesFrom(0, ...Array.from({ length: count }, (_, index) => ({ timestamp: 1000 + index }))),
  )
  return log
}

const closedRange = ({ generation, segments }: Segments) => ({
  from: segments[0]!.start,
  to: segments[segments.length - 1]!.start,
  generation,
})

const keepAll = async (batches: readonly Buffer[]): Promise<readonly Buffer[]> => batches
const keepEven = async (batches: readonly Buffer[]): Promise<readonly Buffer[]> =>
  batches.filter(bytes => header.baseOffset(bytes, 0) % 2 === 0)

/** What `Log.rewrite` promises. */
export const rewrites = (test: Suite): void => {
  test('a rewrite keeps what keep returns, and the rest of the log', async (t, engine) => {
    const log = await segmented(t, engine, 11)
    const bounds = await log.bounds()
    const before = await log.segments()
    t.true(await log.rewrite(closedRange(before), keepEven))
    t.deepEqual(offsetsOf(await contents(log)), [0, 2, 4, 6, 8, 9, 10])
    t.deepEqual(await log.bounds(), bounds)
    const after = await log.segments()
    t.not(after.generation, before.generation)
    t.is(await log.sizeBytes(), 700)
    t.is(after.segments[0]!.start, 0)
    t.deepEqual(after.segments.at(-1), before.segments.at(-1))
    for (const [index, segment] of after.segments.entries()) {
      t.true(segment.sizeBytes <= 300)
      t.is(segment.end, after.segments[index + 1]?.start ?? 11)
    }
  })

  test('what is left of small segments is merged, at the latest by the next rewrite', async (t, engine) => {
    const log = await segmented(t, engine, 19)
    await log.rewrite(closedRange(await log.segments()), keepEven)
    await log.rewrite(closedRange(await log.segments()), keepAll)
    const { segments } = await log.segments()
    t.true(segments.length < 7, `${segments.length} segments`)
    t.deepEqual(offsetsOf(await contents(log)), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
  })

  test('a read inside a gap returns the next batch', async (t, engine) => {
    const log = await segmented(t, engine, 10)
    await log.rewrite(closedRange(await log.segments()), async batches =>
      batches.filter(bytes => header.baseOffset(bytes, 0) === 7),
    )
    for (const from of [0, 3, 6, 7]) {
      const slice = await log.read(from, { maxBytes: 100 })
      t.deepEqual(offsetsOf(slice.chunks.slice()), [7])
      t.is(slice.next, 8)
      slice.release()
    }
    const slice = await log.read(8, { maxBytes: 100 })
    t.deepEqual(offsetsOf(slice.chunks.slice()), [9])
    slice.release()
  })

  test('readers go on where they were after a rewrite', async (t, engine) => {
    const log = await segmented(t, engine, 15)
    const places: number[] = []
    for (const from of [0, 2, 4, 6]) {
      const slice = await log.read(from, { maxBytes: 100 })
      places.push(slice.next)
      slice.release()
    }
    await log.rewrite(closedRange(await log.segments()), keepEven)
    for (const place of places) {
      const slice = await log.read(place, { maxBytes: 200 })
      t.deepEqual(offsetsOf(batchesOf(slice.chunks)), [place + 1, place + 3], `at ${place}`)
      slice.release()
    }
  })

  test('segments may lose all of their batches', async (t, engine) => {
    const log = await segmented(t, engine, 10)
    t.true(await log.rewrite(closedRange(await log.segments()), async () => []))
    t.deepEqual(offsetsOf(await contents(log)), [9])
    t.deepEqual(await log.bounds(), { start: 0, committed: 10, end: 10 })
    t.is(await log.sizeBytes(), 100)
    t.deepEqual(await append(engine, log, [batchAt(10)]), { ok: true, end: 11 })
  })

  test('new batches may take the place of old ones', async (t, engine) => {
    const log = await segmented(t, engine, 7)
    const smaller = await log.segments()
    await log.rewrite(closedRange(smaller), async batches =>
      batches.map(bytes => batchAt(header.baseOffset(bytes, 0), { sizeBytes: 70, timestamp: 5000 }).bytes),
    )
    const found = await contents(log)
    t.deepEqual(
      found.slice(0, 6),
      bytesOf(batchesFrom(0, ...Array.from({ length: 6 }, () => ({ sizeBytes: 70, timestamp: 5000 })))),
    )
    const { segments } = await log.segments()
    t.is(segments[0]!.maxTimestamp, 5000)
    t.is(segments[0]!.maxTimestampOffset, 0)
    t.is((await log.firstAtOrAfter(2000))?.baseOffset, 0)
  })

  test('only the segments of the range are given to keep, all of them and in order', async (t, engine) => {
    const log = await segmented(t, engine, 14)
    const { generation, segments } = await log.segments()
    const seen: number[] = []
    await log.rewrite({ from: segments[1]!.start, to: segments[3]!.start, generation }, async batches => {
      seen.push(...offsetsOf(batches))
      return batches
    })
    t.deepEqual(seen, [3, 4, 5, 6, 7, 8])
    t.deepEqual(offsetsOf(await contents(log)), [...Array(14).keys()])
  })

  test('keep sees large segments in portions', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 8_000_000 })
    const batches = batchesFrom(0, ...Array.from({ length: 60 }, () => ({ sizeBytes: 100_000 })))
    await append(engine, log, batches)
    await log.roll()
    let largest = 0
    t.true(
      await log.rewrite(closedRange(await log.segments()), async portion => {
        largest = Math.max(largest, portion.length)
        return portion
      }),
    )
    t.true(largest <= 30, `${largest} batches in a portion`)
    t.deepEqual(offsetsOf(await contents(log)), offsetsOf(bytesOf(batches)))
  })

  test('a rewrite of another generation, or whose bounds are no starts of segments, changes nothing', async (t, engine) => {
    const log = await segmented(t, engine, 10)
    const before = await log.segments()
    const { generation } = before
    t.false(await log.rewrite({ from: 0, to: 6, generation: generation + 1 }, keepEven))
    t.false(await log.rewrite({ from: 1, to: 6, generation }, keepEven))
    t.false(await log.rewrite({ from: 0, to: 7, generation }, keepEven))
    t.false(await log.rewrite({ from: 3, to: 3, generation }, keepEven))
    t.false(await log.rewrite({ from: 0, to: 10, generation }, keepEven))
    t.deepEqual(await log.segments(), before)
    t.deepEqual(offsetsOf(await contents(log)), [...Array(10).keys()])
  })

  test('appends and reads go on during a rewrite', async (t, engine) => {
    const log = await segmented(t, engine, 10)
    const done = await log.rewrite(closedRange(await log.segments()), async batches => {
      const { end } = await log.bounds()
      await fill(t, engine, log, batchesFrom(end, {}, {}, {}, {}))
      const seen = offsetsOf(await contents(log))
      t.is(seen.at(-1), end + 3)
      return keepEven(batches)
    })
    t.true(done)
    const { end } = await log.bounds()
    t.true(end > 10)
    const odd = [...Array(9).keys()].filter(offset => offset % 2 === 1)
    t.deepEqual(
      offsetsOf(await contents(log)),
      [...Array(end).keys()].filter(offset => !odd.includes(offset)),
    )
  })

  test('a rewrite ends without harm when its segments are trimmed meanwhile', async (t, engine) => {
    const log = await segmented(t, engine, 10)
    const done = await log.rewrite(closedRange(await log.segments()), async batches => {
      await log.trim(9)
      return keepEven(batches)
    })
    t.false(done)
    t.deepEqual(offsetsOf(await contents(log)), [9])
  })

  test('a second rewrite during the first is refused', async (t, engine) => {
    const log = await segmented(t, engine, 10)
    const range = closedRange(await log.segments())
    const seconds: boolean[] = []
    t.true(
      await log.rewrite(range, async batches => {
        seconds.push(await log.rewrite(range, keepEven))
        return batches
      }),
    )
    t.true(seconds.length > 0 && !seconds.includes(true))
    t.deepEqual(offsetsOf(await contents(log)), [...Array(10).keys()])
  })

  test('a keep that fails leaves the log as it was', async (t, engine) => {
    const log = await segmented(t, engine, 10)
    const before = await log.segments()
    const failing = async (): Promise<readonly Buffer[]> => {
      throw new Error('no')
    }
    await t.throwsAsync(log.rewrite(closedRange(before), failing), { message: 'no' })
    t.deepEqual(await log.segments(), before)
    t.deepEqual(offsetsOf(await contents(log)), [...Array(10).keys()])
    t.true(await log.rewrite(closedRange(before), keepEven))
  })
}
