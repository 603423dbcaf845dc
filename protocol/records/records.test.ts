import test from 'ava'
import { KafkaError } from '../errors.ts'
import * as batch from './batch.ts'
import { buildBatch } from './build.ts'
import { codecOf, ready } from './compression.ts'
import { batchFacts, type FactRecord } from './facts.test.fixture.ts'
import type { KafkaRecord } from './record-reader.ts'
import { records } from './records.ts'

test.before(() => ready('zstd'))

const base64 = (bytes: Buffer | null): string | null => bytes?.toString('base64') ?? null

const asFact = ({ offset, timestamp, key, value, headers }: KafkaRecord): FactRecord => ({
  offset,
  timestamp,
  key: base64(key),
  value: base64(value),
  headers: headers.map(header => [header.key, base64(header.value)] as const),
})

test('the records of every batch that Kafka wrote, in every codec, read as Kafka reads them', t => {
  const seen = new Set<string>()
  for (const { data, batches, what } of batchFacts) {
    t.deepEqual([...records(data)].map(asFact), batches[0]!.records as FactRecord[], what)
    seen.add(batches[0]!.compression)
  }
  t.deepEqual([...seen].sort(), ['gzip', 'lz4', 'none', 'snappy', 'zstd'])
})

test('every uncompressed batch of create times that Kafka wrote is built again byte for byte', t => {
  let built = 0
  for (const { data, batches } of batchFacts) {
    const [expected] = batches
    if (expected!.compression !== 'none' || expected!.timestampType !== 'CreateTime') continue
    const copy = buildBatch({
      records: [...records(data)],
      baseOffset: expected!.baseOffset,
      leaderEpoch: expected!.partitionLeaderEpoch!,
      producerId: expected!.producerId!,
      producerEpoch: expected!.producerEpoch!,
      baseSequence: expected!.baseSequence!,
      transactional: expected!.isTransactional!,
      control: expected!.isControlBatch!,
    })
    t.deepEqual(copy, data)
    built++
  }
  t.true(built > 5)
})

test('a batch of append times is built byte for byte from its create times', t => {
  for (const { data, batches } of batchFacts) {
    const [expected] = batches
    if (expected!.compression !== 'none' || expected!.timestampType !== 'LogAppendTime') continue
    const created = Buffer.from(data)
    batch.setMaxTimestamp(created, 0, 'CreateTime', 0)
    const { baseOffset, maxTimestamp: appendTime, partitionLeaderEpoch: leaderEpoch } = expected!
    const copy = buildBatch({ records: [...records(created)], baseOffset, leaderEpoch: leaderEpoch!, appendTime })
    t.deepEqual(copy, data)
  }
})

test('what is built with a codec reads back the same', t => {
  const source = batchFacts.find(({ batches: [first] }) => first!.records.length === 200)!.data
  const all = [...records(source)]
  for (let number = 0; number <= 4; number++) {
    const compression = codecOf(number)
    const built = buildBatch({ records: all, baseOffset: all[0]!.offset, compression })
    t.true(batch.checkCrc(built, 0))
    t.is(batch.codec(built, 0), number)
    t.is(batch.batchEnd(built, 0), built.length)
    t.deepEqual([...records(built)], all)
    t.true(number === 0 || built.length < source.length)
  }
})

test('a record keeps what is null, what is empty, and headers of the same key', t => {
  const built = buildBatch({
    baseOffset: 2 ** 52,
    records: [
      { key: null, value: null, timestamp: 0 },
      { key: Buffer.alloc(0), value: Buffer.alloc(0), timestamp: 1, offset: 2 ** 52 + 9 },
      {
        headers: [
          { key: 'ü', value: null },
          { key: 'ü', value: Buffer.alloc(0) },
        ],
        timestamp: 2 ** 45,
        offset: 2 ** 52 + 10,
      },
    ],
  })
  const empty = Buffer.alloc(0)
  t.deepEqual(
    [...records(built)],
    [
      { offset: 2 ** 52, timestamp: 0, key: null, value: null, headers: [] },
      { offset: 2 ** 52 + 9, timestamp: 1, key: empty, value: empty, headers: [] },
      {
        offset: 2 ** 52 + 10,
        timestamp: 2 ** 45,
        key: null,
        value: null,
        headers: [
          { key: 'ü', value: null },
          { key: 'ü', value: empty },
        ],
      },
    ],
  )
})

test('keys and values are slices of the batch', t => {
  const built = buildBatch({ records: [{ value: Buffer.from('abc') }] })
  const [record] = [...records(built)]
  t.is(record!.value!.buffer, built.buffer)
  t.is(record!.value!.byteOffset, built.byteOffset + built.indexOf('abc'))
})

test('malformed records and an unknown codec are refused', t => {
  const refusal = (data: Buffer): string => {
    const error = t.throws(() => [...records(data)], { any: true }) as unknown
    return error instanceof KafkaError ? error.name : String(error)
  }
  const change = (write: (data: Buffer) => void): Buffer => {
    const data = buildBatch({ records: [{ value: Buffer.from('v') }, { value: Buffer.from('w') }] })
    write(data)
    return data
  }
  t.is(refusal(change(data => data.writeInt32BE(3, batch.RECORD_COUNT))), 'INVALID_RECORD')
  t.is(refusal(change(data => data.writeInt32BE(1, batch.RECORD_COUNT))), 'INVALID_RECORD')
  t.is(refusal(change(data => data.writeInt32BE(-1, batch.RECORD_COUNT))), 'INVALID_RECORD')
  t.is(refusal(change(data => data.writeInt8(0, batch.HEADER_SIZE + 3 + 8))), 'INVALID_RECORD')
  t.is(refusal(change(data => data.writeInt16BE(7, batch.ATTRIBUTES))), 'UNSUPPORTED_COMPRESSION_TYPE')
  t.is(refusal(change(data => data.writeInt16BE(1, batch.ATTRIBUTES))), 'CORRUPT_MESSAGE')
})
