import test from 'ava'
import { type ErrorName, KafkaError } from '../../../protocol/errors.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { readControl } from '../../../protocol/records/control.ts'
import type { Engine } from '../../../storage/engine.ts'
import { createMemoryEngine } from '../../../storage/memory/engine.ts'
import { batchesIn, batchOf, type ProduceAsk, recordsIn, Stage, wholeLog } from '../testing/stage.ts'
import type { PartitionMarker } from './marker-append.ts'

const TRANSACTIONAL: ProduceAsk = { transactionalId: 'x', apiVersion: 11 }

const started = async (settings: Record<string, string> = {}, engine?: Engine): Promise<Stage> => {
  const stage = new Stage({}, engine)
  stage.coordinator = async ({ partitions }) => partitions.map(() => 'NONE')
  await stage.create('t', settings)
  return stage
}

const write = async (stage: Stage, producerId: number, baseSequence = 0, producerEpoch = 0): Promise<void> => {
  await stage.produce(batchOf(1, { producerId, producerEpoch, baseSequence, transactional: true }), TRANSACTIONAL)
}

const mark = async (stage: Stage, of: Partial<PartitionMarker> = {}): Promise<ErrorName> => {
  const marker = { producerId: 5, producerEpoch: 0, committed: true, coordinatorEpoch: 0, transactionVersion: 1, ...of }
  return (await stage.partition()).mark(marker, 1000)
}

test('a marker is a control batch at the end of the log', async t => {
  const stage = await started()
  await write(stage, 5)
  t.is(await mark(stage, { committed: false, coordinatorEpoch: 3 }), 'NONE')
  const [, marker] = await wholeLog(await stage.partition())
  t.true(batch.isControl(marker!, 0) && batch.isTransactional(marker!, 0) && batch.checkCrc(marker!, 0))
  t.deepEqual(readControl(marker!), { type: 'abort', coordinatorEpoch: 3 })
  t.deepEqual([batch.baseOffset(marker!, 0), batch.producerId(marker!, 0), batch.baseSequence(marker!, 0)], [1, 5, -1])
  t.is(batch.maxTimestamp(marker!, 0), stage.clock.now())
})

test('where timestamps are those of appends, the marker’s is too', async t => {
  const stage = await started({ 'message.timestamp.type': 'LogAppendTime' })
  await mark(stage)
  const [marker] = await wholeLog(await stage.partition())
  t.is(batch.timestampType(marker!, 0), 'LogAppendTime')
  t.is(batch.maxTimestamp(marker!, 0), stage.clock.now())
  t.true(batch.checkCrc(marker!, 0))
})

test('readers of committed records wait for the marker, and are told what was aborted', async t => {
  const stage = await started()
  await write(stage, 5)
  await write(stage, 6)
  const { answer } = stage.fetching({ isolationLevel: 1, maxWaitMs: 10_000 })
  t.is(await mark(stage, { committed: false }), 'NONE')
  const { responses } = await answer
  const [first] = responses[0]!.partitions
  t.like(first, { lastStableOffset: 1, abortedTransactions: [{ producerId: 5, firstOffset: 0 }] })
  t.is(batchesIn(first!.records as Buffer[]).length, 1)
  const { answer: next } = stage.fetching({ isolationLevel: 1, offset: 1, maxWaitMs: 10_000 })
  t.is(await mark(stage, { producerId: 6 }), 'NONE')
  const [second] = (await next).responses[0]!.partitions
  t.like(second, { lastStableOffset: 4 })
  t.like(second!.abortedTransactions, [{ producerId: 5, firstOffset: 0 }])
  t.is(recordsIn(second!.records as Buffer[]).length, 3)
})

test('markers of older coordinators and epochs are refused, and change nothing', async t => {
  const stage = await started()
  await write(stage, 5, 0, 2)
  t.is(await mark(stage, { producerEpoch: 1 }), 'INVALID_PRODUCER_EPOCH')
  t.is(await mark(stage, { producerEpoch: 2, transactionVersion: 2 }), 'INVALID_PRODUCER_EPOCH')
  t.is((await stage.partition()).lastStableOffset, 0)
  t.is(await mark(stage, { producerEpoch: 3, transactionVersion: 2, coordinatorEpoch: 4 }), 'NONE')
  t.is(
    await mark(stage, { producerEpoch: 3, transactionVersion: 2, coordinatorEpoch: 3 }),
    'TRANSACTION_COORDINATOR_FENCED',
  )
  await stage.restart()
  t.is(
    await mark(stage, { producerEpoch: 3, transactionVersion: 2, coordinatorEpoch: 3 }),
    'TRANSACTION_COORDINATOR_FENCED',
  )
  t.is(await mark(stage, { producerEpoch: 2, coordinatorEpoch: 4 }), 'INVALID_PRODUCER_EPOCH')
  t.is((await stage.partition()).logEndOffset, 2)
})

test('a repeated marker is written again and ends nothing more', async t => {
  const stage = await started()
  await write(stage, 5)
  for (const committed of [false, false, true]) t.is(await mark(stage, { committed }), 'NONE')
  const partition = await stage.partition()
  t.is(partition.lastStableOffset, 4)
  t.is(partition.transactions.aborted().length, 1)
})

test('markers and batches of one turn of the loop are decided in their order', async t => {
  const stage = await started()
  const partition = await stage.partition()
  await write(stage, 5)
  const marker = { producerId: 5, producerEpoch: 1, committed: true, coordinatorEpoch: 0, transactionVersion: 2 }
  const outcomes = await Promise.all([
    partition.mark(marker, 1000),
    partition.mark(marker, 1000),
    partition.mark({ ...marker, producerEpoch: 0 }, 1000),
  ])
  t.deepEqual(outcomes, ['NONE', 'NONE', 'INVALID_PRODUCER_EPOCH'])
  t.is(partition.logEndOffset, 3)
})

test('a marker needs min.insync.replicas', async t => {
  const stage = await started({ 'min.insync.replicas': '2' })
  const partition = await stage.partition()
  const [state] = partition.topic.partitions
  partition.configure({ ...partition.topic, partitions: [{ ...state!, replicas: [1, 2] }] })
  const refused = await mark(stage).catch((error: unknown) => error)
  t.true(refused instanceof KafkaError && refused.name === 'NOT_ENOUGH_REPLICAS')
})

test('a marker that found no space can be written later: the transaction is open until then', async t => {
  const memory = createMemoryEngine()
  let full = false
  const engine = new Proxy(memory, {
    get: (target, key) =>
      key === 'append'
        ? (requests: Parameters<Engine['append']>[0]) =>
            full ? requests.map(() => ({ ok: false, reason: 'full', end: 0 })) : target.append(requests)
        : (Reflect.get(target, key).bind?.(target) ?? Reflect.get(target, key)),
  })
  const stage = await started({}, engine)
  await write(stage, 5)
  full = true
  t.is(await mark(stage), 'KAFKA_STORAGE_ERROR')
  t.is((await stage.partition()).lastStableOffset, 0)
  full = false
  t.is(await mark(stage), 'NONE')
  t.is((await stage.partition()).lastStableOffset, 2)
})

test('a marker for a topic that goes says so', async t => {
  const stage = await started()
  await write(stage, 5)
  const outcome = mark(stage)
  const deleted = stage.delete('t')
  t.is(await outcome, 'UNKNOWN_TOPIC_OR_PARTITION')
  await deleted
})

test('open transactions and what was aborted outlive retention and a restart', async t => {
  const stage = await started({ 'segment.bytes': '200', 'retention.bytes': '300' })
  await write(stage, 5)
  await write(stage, 6)
  t.is(await mark(stage, { producerId: 6, committed: false }), 'NONE')
  for (let sequence = 1; sequence < 10; sequence++) await write(stage, 5, sequence)
  await stage.partitions.applyRetention()
  const before = await stage.partition()
  t.true(before.logStartOffset > 1)
  t.is(before.lastStableOffset, before.logStartOffset)
  await stage.restart()
  const after = await stage.partition()
  t.is(after.lastStableOffset, before.logStartOffset)
  t.is(after.transactions.openedAt(5), 0)
  t.is(await mark(stage, { committed: false }), 'NONE')
  const [aborted] = after.transactions.abortedIn(after.logStartOffset, after.logEndOffset)
  t.like(aborted, { producerId: 5, firstOffset: 0 })
})
