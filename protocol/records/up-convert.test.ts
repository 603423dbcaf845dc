import test from 'ava'
import * as batch from './batch.ts'
import { codecOf } from './compression.ts'
import { messageSetFacts } from './facts.test.fixture.ts'
import { records } from './records.ts'
import { upConvert } from './up-convert.ts'
import { walkRecords } from './walk.ts'

const MAX_BYTES = 10 * 1024 * 1024

test('every message set that Kafka wrote becomes one batch of its records, codec and timestamps', t => {
  for (const { data, batches, what } of messageSetFacts) {
    const converted = upConvert(data, MAX_BYTES)!
    const expected = batches.flatMap(({ records }) => records)
    t.is(batch.batchEnd(converted, 0), converted.length)
    t.true(batch.checkCrc(converted, 0))
    t.is(batch.baseOffset(converted, 0), 0)
    t.is(batch.lastOffset(converted, 0), expected.length - 1)
    t.is(batch.recordCount(converted, 0), expected.length)
    t.is(batch.producerId(converted, 0), -1)
    t.is(batch.producerEpoch(converted, 0), -1)
    t.is(batch.baseSequence(converted, 0), -1)
    t.is(codecOf(batch.codec(converted, 0)), batches[0]!.compression)
    const isAppendTime = batches[0]!.timestampType === 'LogAppendTime'
    t.is(batch.timestampType(converted, 0), isAppendTime ? 'LogAppendTime' : 'CreateTime')
    t.is(batch.maxTimestamp(converted, 0), Math.max(...expected.map(({ timestamp }) => timestamp)))
    const seen = [...records(converted)].map(({ offset, timestamp, key, value, headers }) => ({
      offset,
      timestamp,
      key: key?.toString('base64') ?? null,
      value: value?.toString('base64') ?? null,
      headers,
    }))
    t.deepEqual(
      seen,
      expected.map((record, offset) => ({ ...record, offset, headers: [] })),
      what,
    )
    if (batch.codec(converted, 0) === 0)
      t.is(walkRecords(converted, batch.HEADER_SIZE, converted.length, expected.length, 0).maxTimestampIndex >= 0, true)
  }
})

test('an empty set is nothing', t => {
  t.is(upConvert(Buffer.alloc(0), MAX_BYTES), null)
})
