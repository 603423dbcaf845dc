import test from 'ava'
import { KafkaError } from '../errors.ts'
import * as batch from './batch.ts'
import { type NewBatch, buildBatch } from './build.ts'
import { buildMarker } from './control.ts'
import { downConvert } from './down-convert.ts'
import { batchFacts, messageSetFacts } from './facts.test.fixture.ts'
import { emptied } from './filter-batch.ts'
import * as message from './message.ts'
import { MessageReader } from './message-reader.ts'
import { records } from './records.ts'

const read = (set: Buffer) => {
  const reader = new MessageReader(set, 10 * 1024 * 1024)
  const seen = []
  while (reader.next()) {
    const { magic, codec, offset, timestamp, isAppendTime, source } = reader
    const key = reader.keyStart === -1 ? null : source.toString('base64', reader.keyStart, reader.keyEnd)
    const value = reader.valueStart === -1 ? null : source.toString('base64', reader.valueStart, reader.valueEnd)
    seen.push({ magic, codec, offset, timestamp, isAppendTime, key, value })
  }
  return seen
}

const conversions = messageSetFacts.filter(({ from }) => from !== null)

test('what Kafka converted down we convert to the same: bytes where uncompressed, all that is inside where not', t => {
  t.is(conversions.length, 8)
  for (const { data, from, batches, what } of conversions) {
    const toMagic = batches[0]!.magic === 0 ? 0 : 1
    const converted = downConvert(from!, { toMagic, firstOffset: 0 })
    t.deepEqual(read(converted), read(data), what)
    if (batches[0]!.compression === 'none') t.deepEqual(converted, data)
    else {
      const header = message.messageOverhead(toMagic)
      const fixed = (set: Buffer) => [set.subarray(0, message.SIZE), set.subarray(message.MAGIC, header - 4)]
      t.deepEqual(fixed(converted), fixed(data), what)
    }
  }
})

test('every batch that Kafka wrote keeps its records, but zstd is refused and control batches yield nothing', t => {
  for (const { data, batches } of batchFacts) {
    for (const toMagic of [0, 1] as const) {
      const [source] = batches
      if (source!.compression === 'zstd') {
        const error = t.throws(() => downConvert(data, { toMagic, firstOffset: 0 }), { any: true }) as unknown
        t.true(error instanceof KafkaError && error.name === 'UNSUPPORTED_COMPRESSION_TYPE')
        continue
      }
      const expected = (source!.isControlBatch ? [] : source!.records).map(({ offset, timestamp, key, value }) => ({
        magic: toMagic,
        codec: source!.compression,
        offset,
        timestamp: toMagic === 0 ? -1 : timestamp,
        isAppendTime: toMagic === 1 && source!.timestampType === 'LogAppendTime',
        key,
        value,
      }))
      t.deepEqual(read(downConvert(data, { toMagic, firstOffset: 0 })), expected)
    }
  }
})

const build = (of: Partial<NewBatch>): Buffer =>
  buildBatch({
    records: [
      { timestamp: 5, value: Buffer.from('a') },
      { timestamp: 3, key: Buffer.from('k') },
    ],
    ...of,
  })

test('records before the asked offset are left out of uncompressed batches and stay in compressed ones', t => {
  const two = Buffer.concat([build({ baseOffset: 10 }), build({ baseOffset: 12, compression: 'gzip' })])
  const offsets = (firstOffset: number) =>
    read(downConvert(two, { toMagic: 1, firstOffset })).map(({ offset }) => offset)
  t.deepEqual(offsets(0), [10, 11, 12, 13])
  t.deepEqual(offsets(11), [11, 12, 13])
  t.deepEqual(offsets(13), [12, 13])
})

test('markers and emptied batches yield nothing, between others too', t => {
  const marker = buildMarker({ result: 'commit', producerId: 1, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 9 })
  const a = build({ baseOffset: 0 })
  t.is(downConvert(marker, { toMagic: 1, firstOffset: 0 }).length, 0)
  const all = Buffer.concat([marker, a, emptied(a, 0), marker])
  t.deepEqual(downConvert(all, { toMagic: 1, firstOffset: 0 }), downConvert(a, { toMagic: 1, firstOffset: 0 }))
})

test('offsets keep the gaps that compaction made', t => {
  for (const compression of ['none', 'snappy'] as const) {
    const source = buildBatch({
      baseOffset: 50,
      lastOffset: 60,
      compression,
      records: [
        { offset: 51, timestamp: 1 },
        { offset: 55, timestamp: 2 },
      ],
    })
    t.deepEqual(
      [...records(source)].map(({ offset }) => offset),
      [51, 55],
    )
    for (const toMagic of [0, 1] as const)
      t.deepEqual(
        read(downConvert(source, { toMagic, firstOffset: 0 })).map(({ offset }) => offset),
        [51, 55],
      )
  }
})

test('a set that has reached the bound is not made longer', t => {
  const batches = [10, 12, 14].map(baseOffset => build({ baseOffset }))
  const offsets = (maxBytes: number) =>
    read(downConvert(Buffer.concat(batches), { toMagic: 1, firstOffset: 0, maxBytes })).map(({ offset }) => offset)
  t.deepEqual(offsets(20), [10, 11])
  t.deepEqual(offsets(100), [10, 11, 12, 13])
  t.deepEqual(offsets(1000), [10, 11, 12, 13, 14, 15])
})

test('garbage among the batches is refused', t => {
  const source = build({})
  source.writeInt32BE(3, batch.RECORD_COUNT)
  t.throws(() => downConvert(source, { toMagic: 1, firstOffset: 0 }), { any: true })
  t.throws(() => downConvert(source.subarray(0, 70), { toMagic: 1, firstOffset: 0 }), { any: true })
})
