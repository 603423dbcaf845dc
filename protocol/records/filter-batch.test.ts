import test from 'ava'
import * as batch from './batch.ts'
import { buildBatch } from './build.ts'
import { ready } from './compression.ts'
import { batchFacts } from './facts.test.fixture.ts'
import { emptied, filterBatch } from './filter-batch.ts'
import { records } from './records.ts'

test.before(() => ready('zstd'))

const everyOther = (): ((record: { offset: number }) => boolean) => {
  let index = 0
  return () => index++ % 2 === 1
}

test('the kept records of a batch stay as they were, and so do its offsets, producer and codec', t => {
  for (const { data } of batchFacts) {
    const all = [...records(data)]
    const kept = all.filter(everyOther())
    if (kept.length === 0) continue
    const filtered = filterBatch(data, 0, everyOther())
    t.true(batch.checkCrc(filtered, 0))
    t.is(batch.batchEnd(filtered, 0), filtered.length)
    t.deepEqual([...records(filtered)], kept)
    t.is(batch.recordCount(filtered, 0), kept.length)
    for (const field of [
      batch.baseOffset,
      batch.lastOffset,
      batch.leaderEpoch,
      batch.attributes,
      batch.baseTimestamp,
      batch.producerId,
      batch.producerEpoch,
      batch.baseSequence,
      batch.lastSequence,
    ])
      t.is(field(filtered, 0), field(data, 0), field.name)
    t.is(batch.maxTimestamp(filtered, 0), Math.max(...kept.map(record => record.timestamp)))
  }
})

test('a batch of which all is kept is given back itself', t => {
  const { data } = batchFacts[0]!
  const buffer = Buffer.concat([Buffer.alloc(5), data, Buffer.alloc(5)])
  const same = filterBatch(buffer, 5, () => true)
  t.deepEqual(same, data)
  t.is(same.buffer, buffer.buffer)
})

test('a batch of which nothing is kept remains as its producer fields and offsets', t => {
  for (const { data } of batchFacts) {
    const filtered = filterBatch(data, 0, () => false)
    t.deepEqual(filtered, emptied(data, 0))
    t.is(filtered.length, batch.HEADER_SIZE)
    t.is(batch.batchEnd(filtered, 0), filtered.length)
    t.true(batch.checkCrc(filtered, 0))
    t.deepEqual([...records(filtered)], [])
    for (const field of [
      batch.baseOffset,
      batch.lastOffset,
      batch.producerId,
      batch.producerEpoch,
      batch.lastSequence,
      batch.maxTimestamp,
      batch.isTransactional,
      batch.isControl,
    ])
      t.is(field(filtered, 0), field(data, 0), field.name)
    t.deepEqual(
      filterBatch(filtered, 0, () => false),
      filtered,
    )
  }
})

test('a delete horizon is set once, and every timestamp stays', t => {
  for (const { data, batches } of batchFacts) {
    const all = [...records(data)]
    const marked = filterBatch(data, 0, () => true, { deleteHorizonMs: 1_900_000_000_000 })
    t.true(batch.checkCrc(marked, 0))
    t.true(batch.hasDeleteHorizon(marked, 0))
    t.is(batch.baseTimestamp(marked, 0), 1_900_000_000_000)
    t.deepEqual([...records(marked)], all)
    t.is(batch.timestampType(marked, 0), batches[0]!.timestampType as batch.TimestampType)
    t.deepEqual(
      filterBatch(marked, 0, () => true, { deleteHorizonMs: 5 }),
      marked,
    )
  }
})

test('timestamps beyond 2^53 keep their bits through a rewrite', t => {
  const data = buildBatch({ records: [{ timestamp: 7, value: Buffer.from('a') }, { timestamp: 9 }] })
  data.writeBigInt64BE(2n ** 63n - 9n, batch.BASE_TIMESTAMP)
  data.writeBigInt64BE(2n ** 63n - 7n, batch.MAX_TIMESTAMP)
  const horizon = 1_700_000_000_000
  const marked = filterBatch(data, 0, () => true, { deleteHorizonMs: horizon })
  t.is(marked.readBigInt64BE(batch.MAX_TIMESTAMP), 2n ** 63n - 7n)
  marked.writeInt16BE(0, batch.ATTRIBUTES)
  // Set back onto the old base the deltas are the old ones: nothing was rounded.
  const back = filterBatch(marked, 0, () => true, { deleteHorizonMs: 0 })
  t.is(back.readBigInt64BE(batch.BASE_TIMESTAMP), 0n)
  t.is(back.readBigInt64BE(batch.MAX_TIMESTAMP), 2n ** 63n - 7n)
  t.deepEqual(
    [...records(back)].map(record => record.timestamp),
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  )
})
