import test from 'ava'
import { type ErrorName, KafkaError, nameOf } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'
import { buildBatch } from '../../protocol/records/build.ts'
import { buildMarker } from '../../protocol/records/control.ts'
import { facts } from '../../protocol/records/facts.test.fixture.ts'
import { batchesIn, batchOf, changed, type ProduceAsk, recordOf, recordsIn, Stage } from '../partition/testing/stage.ts'

const NOW = 1_700_000_000_000

const started = async (settings: Record<string, string> = {}): Promise<Stage> => {
  const stage = new Stage()
  await stage.create('t', settings)
  return stage
}

/** The code that the partition is answered, by name. */
const codeFor = async (stage: Stage, records: Buffer | null, ask: ProduceAsk = {}): Promise<ErrorName> =>
  nameOf((await stage.produce(records, ask))!.errorCode)

const stored = async (stage: Stage, topic = 't'): Promise<Buffer[]> => {
  const { responses } = await stage.fetch({ targets: [[topic, 0, 0]], maxBytes: 1 << 30, partitionMaxBytes: 1 << 30 })
  return batchesIn(responses[0]!.partitions[0]!.records as Buffer[])
}

test('a batch is answered with its offset and stored as it came, but for offset and leader epoch', async t => {
  const stage = await started()
  const [first, second] = [batchOf(3), batchOf(2)]
  const kept = Buffer.from(second)
  t.like(await stage.produce(first), { errorCode: 0, baseOffset: 0, logAppendTimeMs: -1, logStartOffset: 0 })
  t.like(await stage.produce(second, { apiVersion: 13, acks: 1 }), { errorCode: 0, baseOffset: 3 })
  batch.stamp(kept, 0, 3, 0)
  t.deepEqual((await stored(stage))[1], kept)
})

test('batches of one turn of the loop get their places in order', async t => {
  const stage = await started()
  const answers = await Promise.all([1, 2, 3].map(count => stage.produce(batchOf(count))))
  t.deepEqual(
    answers.map(answer => answer!.baseOffset),
    [0, 1, 3],
  )
})

test('a request is placed when all of its batches are queued, before any has its outcome', async t => {
  const stage = await started()
  await stage.partition()
  const { answer, seen } = stage.producing(batchOf(1))
  t.is(seen.placed, 1)
  await answer
  t.is(seen.placed, 1)
})

test('acks must be −1, 0 or 1', async t => {
  const stage = await started()
  const error = await t.throwsAsync(
    stage.produce(batchOf(1), { acks: 2 }).catch((thrown: KafkaError) => {
      throw new Error(thrown.name)
    }),
  )
  t.is(error.message, 'INVALID_REQUIRED_ACKS')
})

test('with acks=0 there is no answer, and a failure closes the connection', async t => {
  const stage = await started()
  const good = stage.producing(batchOf(1), { acks: 0 })
  t.is(await good.answer, null)
  t.is(good.seen.closed, null)
  const bad = stage.producing(batchOf(1), { acks: 0, topic: 'nope' })
  t.is(await bad.answer, null)
  t.regex(bad.seen.closed!, /UNKNOWN_TOPIC_OR_PARTITION/)
})

test('acks −1 needs min.insync.replicas, or all replicas where there are fewer', async t => {
  const stage = await started({ 'min.insync.replicas': '2' })
  t.is(await codeFor(stage, batchOf(1)), 'NONE')
  const partition = await stage.partition()
  const [state] = partition.topic.partitions
  partition.configure({ ...partition.topic, partitions: [{ ...state!, replicas: [1, 2] }] })
  t.is(await codeFor(stage, batchOf(1)), 'NOT_ENOUGH_REPLICAS')
  t.is(await codeFor(stage, batchOf(1), { acks: 1 }), 'NONE')
})

test('unknown topics and partitions, and topics of coordinators, are refused', async t => {
  const stage = await started()
  await stage.create('__consumer_offsets')
  t.is(await codeFor(stage, batchOf(1), { topic: 'nope' }), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.is(await codeFor(stage, batchOf(1), { index: 1 }), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.is(await codeFor(stage, batchOf(1), { topic: 'AAAAAAAAAAAAAAAAAAAAAQ', apiVersion: 13 }), 'UNKNOWN_TOPIC_ID')
  t.is(await codeFor(stage, batchOf(1), { topic: '__consumer_offsets' }), 'INVALID_TOPIC_EXCEPTION')
})

test('what isn’t one sound batch is refused as Kafka 4.3 does, and nothing of it is stored', async t => {
  const stage = await started()
  const one = batchOf(1)
  const set = (change: (copy: Buffer) => void, count = 1): Buffer => changed(batchOf(count), change)
  const badCrc = batchOf(1)
  badCrc.writeUInt32BE(1, batch.CRC)
  const cases: [what: string, records: Buffer | null, expected: ErrorName][] = [
    ['null', null, 'INVALID_RECORD'],
    ['nothing', Buffer.alloc(0), 'INVALID_RECORD'],
    ['ten bytes', Buffer.alloc(10), 'INVALID_RECORD'],
    ['two batches', Buffer.concat([one, one]), 'INVALID_RECORD'],
    ['zeros behind it', Buffer.concat([one, Buffer.alloc(20)]), 'CORRUPT_MESSAGE'],
    ['a cut batch', batchOf(3).subarray(0, 70), 'INVALID_RECORD'],
    ['a wrong CRC', badCrc, 'CORRUPT_MESSAGE'],
    ['magic 1', set(copy => copy.writeInt8(1, batch.MAGIC)), 'INVALID_RECORD'],
    ['magic 3', set(copy => copy.writeInt8(3, batch.MAGIC)), 'CORRUPT_MESSAGE'],
    ['a base offset', set(copy => batch.writeInt64(copy, 0, 5)), 'INVALID_RECORD'],
    ['no records', set(copy => copy.writeInt32BE(0, batch.RECORD_COUNT)), 'INVALID_RECORD'],
    ['a wrong count', set(copy => copy.writeInt32BE(2, batch.RECORD_COUNT)), 'INVALID_RECORD'],
    ['a negative range', set(copy => copy.writeInt32BE(-1, batch.LAST_OFFSET_DELTA)), 'INVALID_RECORD'],
    ['garbage for records', set(copy => copy.fill(0xff, batch.HEADER_SIZE)), 'INVALID_RECORD'],
    ['an unknown codec', set(copy => copy.writeInt16BE(5, batch.ATTRIBUTES)), 'UNSUPPORTED_COMPRESSION_TYPE'],
    ['a control batch', set(copy => copy.writeInt16BE(0x20, batch.ATTRIBUTES)), 'INVALID_RECORD'],
    ['a producer without sequence', batchOf(1, { producerId: 9, producerEpoch: 0 }), 'INVALID_RECORD'],
    [
      'fewer records than there are',
      set(copy => {
        copy.writeInt32BE(2, batch.RECORD_COUNT)
        copy.writeInt32BE(1, batch.LAST_OFFSET_DELTA)
      }, 3),
      'INVALID_RECORD',
    ],
  ]
  for (const [what, records, expected] of cases) t.is(await codeFor(stage, records), expected, what)
  t.is((await stage.partition()).logEndOffset, 0)
})

test('less than a batch behind a batch is cut off', async t => {
  const stage = await started()
  t.is(await codeFor(stage, Buffer.concat([batchOf(1), Buffer.alloc(5)])), 'NONE')
  t.is((await stored(stage))[0]!.length, batchOf(1).length)
})

test('zstd needs Produce 7', async t => {
  const stage = await started()
  const zstd = changed(batchOf(1), copy => copy.writeInt16BE(4, batch.ATTRIBUTES))
  t.is(await codeFor(stage, zstd, { apiVersion: 6 }), 'UNSUPPORTED_COMPRESSION_TYPE')
})

test('max.message.bytes and segment.bytes bound a batch', async t => {
  const stage = await started({ 'max.message.bytes': '200' })
  t.is(await codeFor(stage, batchOf(30)), 'MESSAGE_TOO_LARGE')
  t.is(await codeFor(stage, batchOf(1)), 'NONE')
  await stage.create('segment', { 'max.message.bytes': '5000000', 'segment.bytes': '1048576' })
  const big = buildBatch({ records: [{ timestamp: NOW, value: Buffer.alloc(1_500_000) }] })
  t.is(await codeFor(stage, big, { topic: 'segment' }), 'RECORD_LIST_TOO_LARGE')
})

test('timestamps too far ahead or behind are refused record by record, compressed or not', async t => {
  const stage = await started({ 'message.timestamp.before.max.ms': '1000', 'message.timestamp.after.max.ms': '1000' })
  for (const compression of ['none', 'gzip'] as const) {
    const records = [0, -1001, 1001, 1000].map(ahead => recordOf('k', 'v', NOW + ahead))
    const answer = await stage.produce(buildBatch({ records, compression }))
    t.is(nameOf(answer!.errorCode), 'INVALID_TIMESTAMP')
    t.deepEqual(
      answer!.recordErrors!.map(error => error.batchIndex),
      [1, 2],
    )
  }
  t.is(await codeFor(stage, buildBatch({ records: [recordOf('k', 'v', -1)] })), 'NONE')
})

test('a wrong greatest timestamp, and LogAppendTime from a producer, are put right', async t => {
  const stage = await started()
  await stage.produce(changed(batchOf(1), copy => batch.writeInt64(copy, batch.MAX_TIMESTAMP, 77)))
  await stage.produce(changed(batchOf(1), copy => copy.writeInt16BE(batch.LOG_APPEND_TIME_BIT, batch.ATTRIBUTES)))
  for (const bytes of await stored(stage)) {
    t.is(batch.maxTimestamp(bytes, 0), NOW)
    t.is(batch.timestampType(bytes, 0), 'CreateTime')
    t.true(batch.checkCrc(bytes, 0))
  }
})

test('LogAppendTime is stamped and answered; a producer may not claim it', async t => {
  const stage = await started({ 'message.timestamp.type': 'LogAppendTime' })
  await stage.clock.advance(500)
  for (const compression of ['none', 'gzip'] as const)
    t.is((await stage.produce(batchOf(2, { compression })))!.logAppendTimeMs, NOW + 500)
  for (const bytes of await stored(stage)) {
    t.is(batch.timestampType(bytes, 0), 'LogAppendTime')
    t.true(batch.checkCrc(bytes, 0))
    t.deepEqual(
      recordsIn([bytes]).map(record => record.timestamp),
      [NOW + 500, NOW + 500],
    )
  }
  const claimed = changed(batchOf(2), copy => copy.writeInt16BE(batch.LOG_APPEND_TIME_BIT, batch.ATTRIBUTES))
  const answer = await stage.produce(claimed)
  t.is(nameOf(answer!.errorCode), 'INVALID_TIMESTAMP')
  t.is(answer!.recordErrors!.length, 2)
})

test('a compacted topic takes no record without a key, compressed or not', async t => {
  const stage = await started({ 'cleanup.policy': 'compact' })
  for (const compression of ['none', 'gzip', 'snappy', 'lz4'] as const) {
    const records = ['a', null, 'b', null].map(key => recordOf(key, 'v'))
    const answer = await stage.produce(buildBatch({ records, compression }))
    t.is(nameOf(answer!.errorCode), 'INVALID_RECORD')
    t.deepEqual(
      answer!.recordErrors!.map(error => error.batchIndex),
      [1, 3],
    )
    t.truthy(answer!.errorMessage)
  }
  t.is((await stage.partition()).logEndOffset, 0)
})

test('compression.type recompresses, also to uncompressed and from message sets', async t => {
  const codecs = { uncompressed: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }
  const stage = new Stage()
  for (const [type, codec] of Object.entries(codecs)) {
    await stage.create(type, { 'compression.type': type })
    for (const compression of ['none', 'gzip', 'lz4'] as const)
      t.is((await stage.produce(batchOf(5, { compression }), { topic: type }))!.errorCode, 0)
    for (const bytes of await stored(stage, type)) {
      t.is(batch.codec(bytes, 0), codec)
      t.true(batch.checkCrc(bytes, 0))
      t.is(recordsIn([bytes]).length, 5)
    }
  }
})

test('message sets of old producers become one batch', async t => {
  const stage = await started({ 'message.timestamp.before.max.ms': '9223372036854775807' })
  let offset = 0
  for (const fact of facts.filter(each => each.batches[0]!.magic < 2 && each.from === null)) {
    const { magic } = fact.batches[0]!
    const records = fact.batches.flatMap(each => each.records)
    if (fact.batches[0]!.compression === 'zstd') continue
    const answer = await stage.produce(Buffer.from(fact.data), { apiVersion: magic === 0 ? 0 : 2 })
    t.like(answer, { errorCode: 0, baseOffset: offset }, fact.what)
    offset += records.length
    const [bytes] = batchesIn(
      (await stage.fetch({ offset: offset - 1 })).responses[0]!.partitions[0]!.records as Buffer[],
    )
    t.deepEqual(
      recordsIn([bytes!]).map(record => record.value?.toString('base64') ?? null),
      records.map(record => record.value),
    )
  }
  t.true(offset > 0)
})

test('an empty message set is no error before Produce 3', async t => {
  const stage = await started()
  t.like(await stage.produce(Buffer.alloc(0), { apiVersion: 2 }), { errorCode: 0, baseOffset: -1 })
})

test('a transactional batch needs a transactional id and an open transaction', async t => {
  const stage = await started()
  const transactional = batchOf(1, { producerId: 5, producerEpoch: 0, baseSequence: 0, transactional: true })
  const marker = buildMarker({ result: 'commit', producerId: 5, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0 })
  for (const records of [transactional, marker]) {
    const error = await stage.produce(records).catch((thrown: unknown) => thrown)
    t.true(error instanceof KafkaError && error.name === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
  }
  t.is(await codeFor(stage, transactional, { transactionalId: 'x' }), 'INVALID_TXN_STATE')
})

test('a producer’s repeat is answered with the first offset and timestamp, and isn’t stored again', async t => {
  const stage = await started()
  const idempotent = (baseSequence: number, count = 1): Buffer =>
    batchOf(count, { producerId: 5, producerEpoch: 0, baseSequence })
  t.like(await stage.produce(idempotent(0, 2)), { baseOffset: 0, logAppendTimeMs: -1 })
  t.like(await stage.produce(idempotent(2)), { baseOffset: 2 })
  t.like(await stage.produce(idempotent(0, 2)), { errorCode: 0, baseOffset: 0, logAppendTimeMs: NOW })
  t.is(await codeFor(stage, idempotent(7)), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  t.is((await stage.partition()).logEndOffset, 3)
})

test('a repeat in the same turn of the loop is known too', async t => {
  const stage = await started()
  await stage.partition()
  const idempotent = (baseSequence: number): Buffer => batchOf(1, { producerId: 5, producerEpoch: 0, baseSequence })
  const answers = await Promise.all([0, 0, 1, 3, 1].map(sequence => stage.produce(idempotent(sequence))))
  t.deepEqual(
    answers.map(answer => [nameOf(answer!.errorCode), answer!.baseOffset]),
    [
      ['NONE', 0],
      ['NONE', 0],
      ['NONE', 1],
      ['OUT_OF_ORDER_SEQUENCE_NUMBER', -1],
      ['NONE', 1],
    ],
  )
})

test('producers are remembered over a clean stop and over a crash', async t => {
  const stage = await started()
  const idempotent = (baseSequence: number): Buffer => batchOf(1, { producerId: 5, producerEpoch: 0, baseSequence })
  await stage.produce(idempotent(0))
  await stage.restart()
  t.like(await stage.produce(idempotent(0)), { errorCode: 0, baseOffset: 0 })
  await stage.produce(idempotent(1))
  stage.crash()
  t.like(await stage.produce(idempotent(1)), { errorCode: 0, baseOffset: 1 })
  t.is(await codeFor(stage, idempotent(5)), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
})

test('each version’s answer can be written', async t => {
  const { encodeResponse } = await import('../../protocol/wire/frames.ts')
  const { Produce } = await import('../../protocol/messages/produce.ts')
  const stage = await started()
  for (let apiVersion = 3; apiVersion <= 13; apiVersion++)
    for (const records of [batchOf(1), Buffer.alloc(10)]) {
      const answer = await stage.producing(records, { apiVersion }).answer
      t.true(encodeResponse(Produce, apiVersion, 1, answer!).length > 0)
    }
})
