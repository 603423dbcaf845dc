import test from 'ava'
import { KafkaError } from '../errors.ts'
import * as batch from './batch.ts'
import { buildBatch, type NewRecord } from './build.ts'
import { batchFacts } from './facts.test.fixture.ts'
import { walkRecords } from './walk.ts'

const walkBatch = (buffer: Buffer) =>
  walkRecords(buffer, batch.HEADER_SIZE, buffer.length, batch.recordCount(buffer, 0), batch.baseTimestamp(buffer, 0))

const refusal = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof KafkaError) return error.toString()
    throw error
  }
  return 'accepted'
}

test('the uncompressed batches that Kafka wrote are walked to their ends, and their greatest timestamps agree', t => {
  for (const { data, batches } of batchFacts) {
    const [expected] = batches
    if (expected!.compression !== 'none') continue
    const walk = walkBatch(data)
    t.is(
      walk.keylessIndex,
      expected!.records.findIndex(record => record.key === null),
    )
    if (expected!.timestampType !== 'CreateTime') continue
    const timestamps = expected!.records.map(record => record.timestamp)
    t.is(walk.maxTimestamp, expected!.maxTimestamp)
    t.is(walk.maxTimestampIndex, timestamps.indexOf(Math.max(...timestamps)))
    t.is(walk.minTimestamp, Math.min(...timestamps))
    t.is(walk.minTimestampIndex, timestamps.indexOf(Math.min(...timestamps)))
  }
})

const plain: readonly NewRecord[] = [
  { timestamp: 1000, key: Buffer.from('a'), value: Buffer.alloc(100) },
  { timestamp: 900, value: null },
  {
    timestamp: 2 ** 40,
    key: Buffer.from(''),
    headers: [
      { key: 'h', value: null },
      { key: '', value: Buffer.from('v') },
    ],
  },
]

test('a walk tells the timestamps and the first record without a key', t => {
  t.deepEqual(walkBatch(buildBatch({ records: plain })), {
    maxTimestamp: 2 ** 40,
    maxTimestampIndex: 2,
    minTimestamp: 900,
    minTimestampIndex: 1,
    keylessIndex: 1,
  })
  t.deepEqual(walkRecords(Buffer.alloc(0), 0, 0, 0, 5), {
    maxTimestamp: -1,
    maxTimestampIndex: -1,
    minTimestamp: -1,
    minTimestampIndex: -1,
    keylessIndex: -1,
  })
})

test('a wrong count, a cut and leftovers are refused', t => {
  const data = buildBatch({ records: plain })
  const body = data.subarray(batch.HEADER_SIZE)
  t.is(
    refusal(() => walkRecords(body, 0, body.length, 3, 0)),
    'accepted',
  )
  t.regex(
    refusal(() => walkRecords(body, 0, body.length, 2, 0)),
    /^INVALID_RECORD: record 2: \d+ bytes are left/,
  )
  t.regex(
    refusal(() => walkRecords(body, 0, body.length, 4, 0)),
    /^INVALID_RECORD/,
  )
  t.regex(
    refusal(() => walkRecords(body, 0, body.length, -1, 0)),
    /^INVALID_RECORD: -1 records/,
  )
  t.regex(
    refusal(() => walkRecords(body, 0, body.length, 2 ** 31 - 1, 0)),
    /^INVALID_RECORD: \d+ records can't be/,
  )
  for (let end = 0; end < body.length; end++)
    t.regex(
      refusal(() => walkRecords(body, 0, end, 3, 0)),
      /^INVALID_RECORD/,
      `${end}`,
    )
})

test('each field of a record that is wrong is refused, naming the record', t => {
  // Two records of 8 bytes: size 7, attributes, timestamp delta, offset delta, key of 1 byte, null value, no headers.
  const records: readonly NewRecord[] = [{ key: Buffer.from('k') }, { key: Buffer.from('l') }]
  const wrong = (at: number, byte: number): string => {
    const data = buildBatch({ records })
    data[batch.HEADER_SIZE + at] = byte
    return refusal(() => walkBatch(data))
  }
  t.is(wrong(1, 0x7f), 'accepted', 'attributes are unused')
  t.regex(wrong(0, 0x01), /record 0: its size -1/)
  t.regex(wrong(8, 0x7e), /record 1: its size 63 goes beyond/)
  t.regex(wrong(0, 14 - 2), /record 0: its fields end at 1 bytes/)
  t.regex(wrong(11, 0), /record 1: its offset delta is 0/)
  t.regex(wrong(3, 2), /record 0: its offset delta is 1/)
  t.regex(wrong(4, 0x40), /record 0|no end/)
  t.regex(wrong(14, 0x40), /record 1|no end/)
  t.regex(wrong(7, 2), /record 0: it claims 1 headers/)
  t.regex(wrong(15, 1), /record 1: it claims -1 headers/)
})

test('a header with a null key is refused, with a null value it is not', t => {
  const data = buildBatch({ records: [{ headers: [{ key: 'k', value: null }] }] })
  t.is(
    refusal(() => walkBatch(data)),
    'accepted',
  )
  data[data.length - 3] = 1
  t.regex(
    refusal(() => walkBatch(data)),
    /record 0: the key of its header 0 is null/,
  )
})
