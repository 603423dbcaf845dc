import test from 'ava'
import type { Segment } from '../../../storage/engine.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { retentionStart } from './retention.ts'
import { batchOf, Stage } from '../testing/stage.ts'

const NOW = 1_000_000

/** Segments of ten offsets each: `[bytes, age of its newest record in ms]`. */
const segmentsOf = (...sizes: readonly (readonly [sizeBytes: number, ageMs: number])[]): Segment[] =>
  sizes.map(([sizeBytes, ageMs], index) => ({
    start: index * 10,
    end: index * 10 + 10,
    sizeBytes,
    maxTimestamp: NOW - ageMs,
    maxTimestampOffset: index * 10 + 9,
    modifiedMs: NOW,
  }))

const settings = (retentionMs: number, retentionBytes: number, cleanupDelete = true) => ({
  cleanupDelete,
  retentionMs,
  retentionBytes,
})

test('segments go by age from the oldest on, up to the first that is young', t => {
  const segments = segmentsOf([100, 900], [100, 800], [100, 100], [100, 900], [100, 0])
  t.is(retentionStart(segments, 50, settings(500, -1), NOW), 20)
  t.is(retentionStart(segments, 50, settings(-1, -1), NOW), -1)
  t.is(retentionStart(segments, 50, settings(850, -1), NOW), 10)
  t.is(retentionStart(segments, 50, settings(850, -1, false), NOW), -1)
})

test('a segment without timestamps is as old as its last append', t => {
  const undated = segmentsOf([100, 0], [100, 0], [100, 0]).map((segment, index) => ({
    ...segment,
    maxTimestamp: -1,
    maxTimestampOffset: -1,
    modifiedMs: NOW - 900 + 300 * index,
  }))
  t.is(retentionStart(undated, 30, settings(500, -1), NOW), 20)
  t.is(retentionStart(undated, 30, settings(900, -1), NOW), -1)
})

test('segments go by size while the log stays at least as large as allowed', t => {
  const segments = segmentsOf([100, 0], [100, 0], [100, 0])
  t.is(retentionStart(segments, 30, settings(-1, 300), NOW), -1)
  t.is(retentionStart(segments, 30, settings(-1, 201), NOW), -1)
  t.is(retentionStart(segments, 30, settings(-1, 200), NOW), 10)
  t.is(retentionStart(segments, 30, settings(-1, 0), NOW), 30)
})

test('nothing at or beyond the high watermark goes', t => {
  const segments = segmentsOf([100, 900], [100, 900])
  t.is(retentionStart(segments, 19, settings(1, -1), NOW), 10)
})

test('whatever goes, what stays is young or within the size (many logs)', t => {
  const random = new SeededRandom(11)
  for (let round = 0; round < 2000; round++) {
    const count = 1 + random.integer(6)
    const segments = segmentsOf(
      ...Array.from({ length: count }, () => [1 + random.integer(100), random.integer(1000)] as const),
    )
    const rules = settings(random.integer(1000), random.integer(300))
    const start = Math.max(0, retentionStart(segments, count * 10, rules, NOW))
    const bytesFrom = (from: number): number =>
      segments.reduce((sum, segment) => sum + (segment.start >= from ? segment.sizeBytes : 0), 0)
    const kept = segments.filter(segment => segment.start >= start)
    if (kept[0] !== undefined) {
      t.true(NOW - kept[0].maxTimestamp <= rules.retentionMs)
      t.true(bytesFrom(start) - kept[0].sizeBytes < rules.retentionBytes)
    }
    for (const segment of segments.filter(each => each.start < start))
      t.true(NOW - segment.maxTimestamp > rules.retentionMs || bytesFrom(segment.end) >= rules.retentionBytes)
  }
})

test('old segments are trimmed on the broker’s clock, the active one too', async t => {
  const stage = new Stage({ 'log.retention.check.interval.ms': '1000' })
  await stage.create('t', { 'segment.bytes': '200', 'retention.ms': '60000' })
  for (let index = 0; index < 6; index++) await stage.produce(batchOf(2))
  stage.partitions.start()
  const partition = await stage.partition()
  await stage.clock.advance(59_000)
  t.is(partition.logStartOffset, 0)
  await stage.clock.advance(3000)
  t.is(partition.logStartOffset, 12)
  t.is(partition.logEndOffset, 12)
  t.is(await partition.log.sizeBytes(), 0)
  t.like(await stage.produce(batchOf(1)), { errorCode: 0, baseOffset: 12 })
  await stage.partitions.close()
  t.is(stage.clock.pending, 0)
})

test('the cleaner trims topics of both policies on its own, shorter period', async t => {
  const stage = new Stage({ 'log.retention.check.interval.ms': '300000', 'log.cleaner.backoff.ms': '1000' })
  await stage.create('t', { 'cleanup.policy': 'compact,delete', 'retention.ms': '60000' })
  for (let index = 0; index < 3; index++) await stage.produce(batchOf(2))
  stage.partitions.start()
  const partition = await stage.partition()
  await stage.clock.advance(59_000)
  t.is(partition.logStartOffset, 0)
  await stage.clock.advance(3000)
  t.is(partition.logStartOffset, 6)
  await stage.partitions.close()
})

test('retention by size, on demand and for partitions that nobody used yet', async t => {
  const stage = new Stage()
  await stage.create('t', { 'segment.bytes': '200', 'retention.bytes': '300', 'retention.ms': '-1' }, 2)
  for (let index = 0; index < 6; index++) await stage.produce(batchOf(2), { index: 1 })
  await stage.restart()
  await stage.partitions.applyRetention()
  const partition = await stage.partition('t', 1)
  t.true(partition.logStartOffset > 0)
  t.true((await partition.log.sizeBytes()) >= 300)
})

test('silent producers are forgotten after producer.id.expiration.ms', async t => {
  const stage = new Stage({ 'producer.id.expiration.ms': '5000', 'log.retention.check.interval.ms': '1000' })
  await stage.create('t', { 'retention.ms': '-1' })
  await stage.produce(batchOf(1, { producerId: 5, producerEpoch: 0, baseSequence: 0 }))
  stage.partitions.start()
  const partition = await stage.partition()
  t.is(partition.producers.size, 1)
  await stage.clock.advance(31_000)
  t.is(partition.producers.size, 0)
  await stage.partitions.close()
})
