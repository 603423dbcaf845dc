import test from 'ava'
import { append, batchAt, batchesFrom, bytesOf, contents, createLog, fill } from '../conformance/suite.ts'
import { Blocks, worthReferencing } from './blocks.ts'
import { createMemoryEngine } from './engine.ts'

test('appends beyond maxBytes answer `full`, of all logs together, until space comes back', async t => {
  const engine = createMemoryEngine({ maxBytes: 1000 })
  const [first, second] = [await createLog(engine, { segmentBytes: 300 }, 0), await createLog(engine, {}, 1)]
  await fill(t, engine, first, batchesFrom(0, {}, {}, {}, {}, {}, {}))
  await fill(t, engine, second, batchesFrom(0, {}, {}, {}))
  t.deepEqual(await append(engine, second, batchesFrom(3, {}, {})), { ok: false, reason: 'full', end: 3 })
  t.deepEqual(await append(engine, second, [batchAt(3)]), { ok: true, end: 4 })
  t.is((await engine.location()).usableBytes, 0)
  await first.trim(3)
  t.is((await engine.location()).usableBytes, 300)
  const { generation } = await second.segments()
  await second.roll()
  await second.rewrite({ from: 0, to: 4, generation }, async batches => batches.slice(2))
  t.is((await engine.location()).usableBytes, 500)
  await engine.deleteLog(first.id)
  t.is((await engine.location()).usableBytes, 800)
})

test('nothing survives close', async t => {
  const engine = createMemoryEngine()
  const log = await createLog(engine)
  await fill(t, engine, log, [batchAt(0)])
  await engine.close()
  await engine.open()
  for await (const id of engine.logs('')) t.fail(id)
  await createLog(engine)
  t.deepEqual(await log.bounds(), { start: 0, committed: 0, end: 0 })
})

test('a batch is kept by reference only if its buffer is about all its own', t => {
  t.true(worthReferencing(Buffer.alloc(10_000)))
  t.true(worthReferencing(Buffer.alloc(20_000).subarray(5_000, 15_000)))
  t.false(worthReferencing(Buffer.alloc(20_000).subarray(5_000, 14_999)))
  t.false(worthReferencing(Buffer.alloc(100)))
})

test('small batches share blocks, so that neighbours are one chunk, and none pins the frame it came in', async t => {
  const engine = createMemoryEngine()
  const log = await createLog(engine)
  const frame = Buffer.alloc(1_000_000)
  const batches = batchesFrom(0, ...Array.from({ length: 100 }, () => ({ sizeBytes: 200 }))).map((batch, index) => {
    batch.bytes.copy(frame, index * 200)
    return { ...batch, bytes: frame.subarray(index * 200, index * 200 + 200) }
  })
  await append(engine, log, batches)
  const slice = await log.read(0, { maxBytes: 1_000_000 })
  t.true(slice.chunks.length < 10, `${slice.chunks.length} chunks`)
  t.true(slice.chunks.every(chunk => chunk.buffer.byteLength <= 64 * 1024))
  t.deepEqual(Buffer.concat(slice.chunks), Buffer.concat(bytesOf(batches)))
  t.is((await contents(log)).length, 100)
})

test('blocks start small and take batches larger than themselves', t => {
  const blocks = new Blocks()
  t.is(blocks.place(Buffer.alloc(100)).block.length, 1024)
  t.is(blocks.place(Buffer.alloc(5000)).block.length, 5000)
  const frame = Buffer.alloc(1_000_000)
  const large = blocks.place(frame.subarray(0, 100_000))
  t.is(large.block.length, 100_000)
  t.not(large.block.buffer, frame.buffer)
  const own = Buffer.alloc(100_000)
  t.is(blocks.place(own).block, own)
})

test('age rolls segments by the clock where batches have no timestamps', async t => {
  let now = 0
  const engine = createMemoryEngine({ now: () => now })
  const log = await createLog(engine, { segmentMs: 1000 })
  await fill(t, engine, log, [batchAt(0)])
  now = 1000
  await fill(t, engine, log, [batchAt(1)])
  now = 1001
  await fill(t, engine, log, [batchAt(2)])
  t.deepEqual(
    (await log.segments()).segments.map(({ start }) => start),
    [0, 2],
  )
})
