import test from 'ava'
import { KafkaError } from '../errors.ts'
import * as batch from './batch.ts'
import { batchFacts } from './facts.test.fixture.ts'

test('every header that Kafka wrote reads as Kafka reads it, at any position', t => {
  t.true(batchFacts.length > 40)
  for (const { data, batches, what } of batchFacts) {
    const expected = batches[0]!
    const buffer = Buffer.concat([Buffer.alloc(3), data])
    const seen = {
      magic: batch.magic(buffer, 3),
      baseOffset: batch.baseOffset(buffer, 3),
      lastOffset: batch.lastOffset(buffer, 3),
      compression: ['none', 'gzip', 'snappy', 'lz4', 'zstd'][batch.codec(buffer, 3)],
      timestampType: batch.timestampType(buffer, 3),
      maxTimestamp: batch.maxTimestamp(buffer, 3),
      sizeInBytes: batch.sizeInBytes(buffer, 3),
      producerId: batch.producerId(buffer, 3),
      producerEpoch: batch.producerEpoch(buffer, 3),
      baseSequence: batch.baseSequence(buffer, 3),
      partitionLeaderEpoch: batch.leaderEpoch(buffer, 3),
      isTransactional: batch.isTransactional(buffer, 3),
      isControlBatch: batch.isControl(buffer, 3),
      crc: batch.crc(buffer, 3),
    }
    const { records, ...fields } = expected
    t.deepEqual(seen, fields as typeof seen, what)
    t.is(batch.recordCount(buffer, 3), records.length)
    t.is(batch.nextOffset(buffer, 3), expected.lastOffset + 1)
    t.true(batch.checkCrc(buffer, 3))
    t.false(batch.hasDeleteHorizon(buffer, 3))
    t.deepEqual([...batch.batches(data)], [0])
  }
})

test('stamping changes the base offset and the leader epoch and leaves the CRC true', t => {
  const data = Buffer.from(batchFacts[0]!.data)
  const offset = 2 ** 40 + 7
  batch.stamp(data, 0, offset, 12)
  t.is(batch.baseOffset(data, 0), offset)
  t.is(batch.leaderEpoch(data, 0), 12)
  t.true(batch.checkCrc(data, 0))
  t.deepEqual(data.subarray(batch.MAGIC), batchFacts[0]!.data.subarray(batch.MAGIC))
})

test('a wrong byte anywhere under the CRC is seen', t => {
  const data = Buffer.from(batchFacts[0]!.data)
  for (let at = batch.ATTRIBUTES; at < data.length; at++) {
    data[at]! ^= 0x10
    t.false(batch.checkCrc(data, 0))
    data[at]! ^= 0x10
  }
})

test('setting the append time sets the attribute, the greatest timestamp and the CRC, and can be undone', t => {
  const source = batchFacts.find(({ batches: [first] }) => first!.timestampType === 'CreateTime')!.data
  const data = Buffer.from(source)
  batch.setMaxTimestamp(data, 0, 'LogAppendTime', 1_800_000_000_123)
  t.is(batch.timestampType(data, 0), 'LogAppendTime')
  t.is(batch.maxTimestamp(data, 0), 1_800_000_000_123)
  t.true(batch.checkCrc(data, 0))
  batch.setMaxTimestamp(data, 0, 'CreateTime', batch.maxTimestamp(source, 0))
  t.deepEqual(data, source)
})

test('int64 fields keep every safe integer and saturate beyond', t => {
  const buffer = Buffer.alloc(8)
  const safe = [0, 1, -1, 255, 2 ** 31, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, 2 ** 53 - 1, -(2 ** 53) + 1]
  for (const value of safe) {
    batch.writeInt64(buffer, 0, value)
    t.is(buffer.readBigInt64BE(0), BigInt(value))
    t.is(batch.readInt64(buffer, 0), value)
  }
  for (const value of [2n ** 63n - 1n, 2n ** 53n, 2n ** 53n + 1n]) {
    buffer.writeBigInt64BE(value)
    t.is(batch.readInt64(buffer, 0), Number.MAX_SAFE_INTEGER)
    buffer.writeBigInt64BE(-value)
    t.is(batch.readInt64(buffer, 0), Number.MIN_SAFE_INTEGER)
  }
})

test('the last sequence goes from the greatest int32 on to 0, and is none where the first is none', t => {
  const data = Buffer.from(batchFacts.find(({ what }) => what === 'idempotent')!.data)
  const delta = batch.lastOffsetDelta(data, 0)
  data.writeInt32BE(2 ** 31 - 1 - delta, batch.BASE_SEQUENCE)
  t.is(batch.lastSequence(data, 0), 2 ** 31 - 1)
  data.writeInt32BE(2 ** 31 - delta, batch.BASE_SEQUENCE)
  t.is(batch.lastSequence(data, 0), 0)
  data.writeInt32BE(2 ** 31 - 1, batch.BASE_SEQUENCE)
  t.is(batch.lastSequence(data, 0), delta - 1)
  data.writeInt32BE(-1, batch.BASE_SEQUENCE)
  t.is(batch.lastSequence(data, 0), -1)
})

test('iteration finds every batch, and says CORRUPT_MESSAGE where bytes are missing, left over or of another magic', t => {
  const [a, b, c] = [batchFacts[0]!.data, batchFacts[1]!.data, batchFacts[2]!.data]
  const all = Buffer.concat([a, b, c])
  t.deepEqual([...batch.batches(all)], [0, a.length, a.length + b.length])
  t.deepEqual([...batch.batches(all, a.length, a.length + b.length)], [a.length])
  t.deepEqual([...batch.batches(Buffer.alloc(0))], [])
  const broken = (change: (data: Buffer) => void) => {
    const data = Buffer.from(all)
    change(data)
    return data
  }
  const cases = {
    cut: all.subarray(0, all.length - 1),
    'cut in a header': all.subarray(0, a.length + 60),
    'left over': Buffer.concat([all, Buffer.alloc(1)]),
    'too long': broken(data => data.writeInt32BE(2 ** 31 - 1, a.length + batch.BATCH_LENGTH)),
    'too short': broken(data => data.writeInt32BE(48, a.length + batch.BATCH_LENGTH)),
    negative: broken(data => data.writeInt32BE(-13, a.length + batch.BATCH_LENGTH)),
    magic: broken(data => data.writeInt8(1, a.length + batch.MAGIC)),
  }
  for (const [name, data] of Object.entries(cases)) {
    const error = t.throws(() => [...batch.batches(data)], { any: true }) as unknown
    t.true(error instanceof KafkaError && error.name === 'CORRUPT_MESSAGE', name)
  }
})
