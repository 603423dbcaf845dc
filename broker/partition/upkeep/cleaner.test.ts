import test from 'ava'
import * as batch from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build.ts'
import { readControl } from '../../../protocol/records/control.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { Folds } from '../folds/folds.ts'
import type { Partition } from '../partition.ts'
import { batchOf, recordOf, recordsIn, Stage, wholeLog } from '../testing/stage.ts'
import { append, CompactedModel, consumed, marker, put, transactional } from './testing/compacted-topic.ts'

const SETTINGS = { 'cleanup.policy': 'compact', 'segment.bytes': '400', 'delete.retention.ms': '1000' }

const compacted = async (
  settings: Record<string, string> = {},
  broker: Record<string, string> = {},
): Promise<Stage> => {
  const stage = new Stage(broker)
  await stage.create('t', { ...SETTINGS, ...settings })
  return stage
}

/** `key=value@offset` of every record of the log, markers left out. */
const contents = async (partition: Partition): Promise<string[]> =>
  recordsIn((await wholeLog(partition)).filter(bytes => !batch.isControl(bytes, 0))).map(
    ({ key, value, offset }) => `${key}=${value}@${offset}`,
  )

test('the last record of each key stays, at its offset', async t => {
  const stage = await compacted()
  await put(stage, ['a', '1'], ['b', '1'], ['a', '2'])
  await put(stage, ['c', '1'], ['b', '2'])
  await stage.partitions.clean()
  const partition = await stage.partition()
  t.deepEqual(await contents(partition), ['a=2@2', 'c=1@3', 'b=2@4'])
  t.is(partition.logStartOffset, 0)
  t.is(partition.logEndOffset, 5)
  const { responses } = await stage.fetch({ offset: 0 })
  t.deepEqual(
    recordsIn(responses[0]!.partitions[0]!.records as Buffer[]).map(record => record.offset),
    [2, 3, 4],
  )
})

test('a fetch where all was compacted away gets the next batch', async t => {
  const stage = await compacted()
  for (let index = 0; index < 20; index++) await put(stage, ['a', String(index)])
  await stage.partitions.clean()
  t.deepEqual(await contents(await stage.partition()), ['a=19@19'])
  const { responses } = await stage.fetch({ offset: 3 })
  t.is(recordsIn(responses[0]!.partitions[0]!.records as Buffer[])[0]!.offset, 19)
})

test('a tombstone stays for delete.retention.ms after it was first compacted', async t => {
  const stage = await compacted()
  await put(stage, ['a', '1'], ['b', '1'])
  await put(stage, ['a', null])
  const partition = await stage.partition()
  await stage.partitions.clean()
  t.deepEqual(await contents(partition), ['b=1@1', 'a=null@2'])
  await stage.clock.advance(1000)
  await put(stage, ['c', '1'])
  await stage.partitions.clean()
  t.deepEqual(await contents(partition), ['b=1@1', 'c=1@3'])
})

test('a rewritten batch keeps its records’ timestamps when it gets its horizon', async t => {
  const stage = await compacted()
  await put(stage, ['a', null], ['b', '1'])
  const written = stage.clock.now()
  await stage.clock.advance(50)
  await stage.partitions.clean()
  const [bytes] = await wholeLog(await stage.partition())
  t.true(batch.hasDeleteHorizon(bytes!, 0))
  t.is(batch.baseTimestamp(bytes!, 0), written + 1050)
  t.deepEqual(
    recordsIn([bytes!]).map(record => record.timestamp),
    [written, written],
  )
})

test('records younger than min.compaction.lag.ms stay', async t => {
  const stage = await compacted({ 'min.compaction.lag.ms': '500' })
  await put(stage, ['a', '1'])
  await put(stage, ['a', '2'])
  await stage.partitions.clean()
  const partition = await stage.partition()
  t.is((await contents(partition)).length, 2)
  await stage.clock.advance(500)
  await stage.partitions.clean()
  t.deepEqual(await contents(partition), ['a=2@1'])
})

test('the cleaner comes by itself when enough is dirty, or when it is dirty for too long', async t => {
  const stage = await compacted({ 'min.cleanable.dirty.ratio': '0.5', 'max.compaction.lag.ms': '100000' })
  stage.partitions.start()
  const partition = await stage.partition()
  for (let index = 0; index < 40; index++) await put(stage, ['a', String(index)])
  await stage.clock.advance(50_000)
  const first = (await contents(partition)).length
  t.true(first < 12)
  for (const key of ['b', 'c', 'd', 'e', 'f', 'g', 'h']) await put(stage, [key, 'x'.repeat(100)])
  await stage.clock.advance(50_000)
  await put(stage, ['a', 'again'])
  const cleanedTo = partition.folds.cleanedTo
  await put(stage, ['a', 'x'.repeat(300)])
  await stage.clock.advance(30_000)
  t.is(partition.folds.cleanedTo, cleanedTo)
  await stage.clock.advance(100_000)
  t.true(partition.folds.cleanedTo > cleanedTo)
  await stage.partitions.close()
})

test("the cleaner's first round comes after its own back-off, before that of retention", async t => {
  const stage = await compacted({ 'min.cleanable.dirty.ratio': '0.1' }, { 'log.cleaner.backoff.ms': '200' })
  for (let index = 0; index < 40; index++) await put(stage, ['a', String(index)])
  stage.partitions.start()
  const partition = await stage.partition()
  await stage.clock.advance(199)
  t.is((await contents(partition)).length, 40)
  await stage.clock.advance(1)
  await stage.partitions.close()
  t.true((await contents(partition)).length < 12)
})

test('a full offset map ends a pass, and the next goes on from there', async t => {
  const stage = await compacted({}, { 'log.cleaner.dedupe.buffer.size': '500' })
  for (let round = 0; round < 3; round++)
    for (let key = 0; key < 30; key++) await put(stage, [`k${key}`, String(round)])
  await stage.partitions.clean()
  const kept = await contents(await stage.partition())
  t.is(kept.length, 30)
  t.true(kept.every(record => record.includes('=2@')))
})

test('the last batch of a producer stays, emptied, so that its sequence survives', async t => {
  const stage = await compacted()
  const idempotent = (baseSequence: number, key: string): Buffer =>
    buildBatch({ records: [recordOf(key, 'v')], producerId: 5, producerEpoch: 1, baseSequence })
  for (let sequence = 0; sequence < 4; sequence++) await stage.produce(idempotent(sequence, 'a'))
  await put(stage, ['a', 'other'])
  await stage.partitions.clean()
  const partition = await stage.partition()
  t.deepEqual(await contents(partition), ['a=other@4'])
  const log = await wholeLog(partition)
  t.deepEqual(
    log.map(bytes => [batch.lastOffset(bytes, 0), batch.recordCount(bytes, 0), batch.lastSequence(bytes, 0)]),
    [
      [3, 0, 3],
      [4, 1, -1],
    ],
  )
  const replayed = new Folds()
  await replayed.replay(partition.log)
  t.is(replayed.producers.get(5)!.batches.at(-1)!.lastSequence, 3)
})

test('aborted records hide nothing and go; their marker goes after them, and with it the entry that consumers are told', async t => {
  const stage = await compacted()
  const partition = await stage.partition()
  await put(stage, ['a', 'kept'])
  await append(partition, transactional(7, 0, 'a', 'aborted'))
  await append(partition, marker(7, 'abort'))
  await append(partition, transactional(7, 1, 'b', 'kept'))
  await append(partition, marker(7, 'commit'))
  await stage.partitions.clean()
  t.deepEqual(await contents(partition), ['a=kept@0', 'b=kept@3'])
  t.is(partition.folds.transactions.aborted().length, 1)
  await put(stage, ['c', '1'])
  await stage.partitions.clean()
  t.is(partition.folds.transactions.aborted().length, 0)
  await stage.clock.advance(1001)
  await put(stage, ['c', '2'])
  await stage.partitions.clean()
  const markers = (await wholeLog(partition))
    .filter(bytes => batch.isControl(bytes, 0))
    .map(bytes => readControl(bytes))
  t.deepEqual(
    markers.map(each => each?.type),
    ['commit'],
  )
})

test('an open transaction, and all after it, is not compacted', async t => {
  const stage = await compacted()
  const partition = await stage.partition()
  await put(stage, ['a', '1'])
  await append(partition, transactional(7, 0, 'x', 'open'))
  await put(stage, ['a', '2'])
  await stage.partitions.clean()
  t.is((await contents(partition)).length, 3)
})

test('a batch that can’t be read is kept, and the others are compacted around it', async t => {
  const stage = await compacted()
  const partition = await stage.partition()
  const garbage = batchOf(1)
  garbage.fill(0xff, batch.HEADER_SIZE)
  await put(stage, ['a', '1'])
  await append(partition, garbage)
  await put(stage, ['a', '2'])
  await stage.partitions.clean()
  const log = await wholeLog(partition)
  t.deepEqual(
    log.map(bytes => batch.baseOffset(bytes, 0)),
    [1, 2],
  )
})

test('whatever is written and whenever it is cleaned, consumers end with the same values (many logs)', async t => {
  for (let seed = 1; seed <= 15; seed++) {
    const random = new SeededRandom(seed)
    const stage = await compacted({ 'segment.bytes': String(300 + random.integer(600)) })
    const partition = await stage.partition()
    const model = new CompactedModel(random)
    for (let step = 0; step < 150; step++) {
      await stage.clock.advance(random.integer(100))
      if (random.integer(6) === 0) await stage.partitions.clean()
      else await model.write(stage, partition)
    }
    await model.endAll(partition)
    for (let round = 0; round < 3; round++) {
      t.deepEqual(await consumed(partition), model.values, `seed ${seed}, round ${round}`)
      await stage.partitions.clean()
      await stage.clock.advance(2000)
      await model.put(stage, 'round', String(round))
    }
    const replayed = new Folds()
    await replayed.replay(partition.log)
    for (const [producerId, sequence] of model.sequences)
      t.is(replayed.producers.get(producerId)!.batches.at(-1)!.lastSequence, sequence - 1, `seed ${seed}`)
    const keys = (await contents(partition)).map(record => record.split('=')[0])
    t.true(keys.length <= new Set(keys).size + 2, `seed ${seed}: ${keys}`)
  }
})
