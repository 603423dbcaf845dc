import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import { batchOf, Stage } from '../partition/testing/stage.ts'
import { deleteRecords } from './delete-records.ts'

const deleted = async (stage: Stage, offset: number, name = 't'): Promise<[code: string, lowWatermark: number]> => {
  const request = { topics: [{ name, partitions: [{ partitionIndex: 0, offset }] }], timeoutMs: 100 }
  const answer = (await deleteRecords.handle(request, stage.context(2).context, stage.broker))!
  const { errorCode, lowWatermark } = answer.topics[0]!.partitions[0]!
  return [nameOf(errorCode), lowWatermark]
}

const filled = async (settings: Record<string, string> = {}): Promise<Stage> => {
  const stage = new Stage()
  await stage.create('t', settings)
  for (let index = 0; index < 3; index++) await stage.produce(batchOf(2))
  return stage
}

test('the log start rises, never falls, and −1 is the high watermark', async t => {
  const stage = await filled()
  t.deepEqual(await deleted(stage, 3), ['NONE', 3])
  t.deepEqual(await deleted(stage, 2), ['NONE', 3])
  t.deepEqual(await deleted(stage, -1), ['NONE', 6])
  t.is((await stage.partition()).logStartOffset, 6)
  await stage.restart()
  t.is((await stage.partition()).logStartOffset, 6)
  t.like(await stage.produce(batchOf(1)), { errorCode: 0, baseOffset: 6, logStartOffset: 6 })
})

test('what can’t be deleted is refused as Kafka does', async t => {
  const stage = await filled()
  t.deepEqual(await deleted(stage, 7), ['OFFSET_OUT_OF_RANGE', -1])
  t.deepEqual(await deleted(stage, -2), ['OFFSET_OUT_OF_RANGE', -1])
  t.deepEqual(await deleted(stage, 0, 'nope'), ['UNKNOWN_TOPIC_OR_PARTITION', -1])
  await stage.create('compacted', { 'cleanup.policy': 'compact' })
  t.deepEqual(await deleted(stage, 0, 'compacted'), ['POLICY_VIOLATION', -1])
  await stage.create('__consumer_offsets')
  t.deepEqual(await deleted(stage, 0, '__consumer_offsets'), ['INVALID_TOPIC_EXCEPTION', -1])
})

test('producers are still known when all their records are deleted', async t => {
  const stage = new Stage()
  await stage.create()
  const idempotent = (baseSequence: number): Buffer => batchOf(1, { producerId: 5, producerEpoch: 0, baseSequence })
  await stage.produce(idempotent(0))
  await deleted(stage, -1)
  stage.crash()
  t.like(await stage.produce(idempotent(0)), { errorCode: 0, baseOffset: 0 })
  t.is(nameOf((await stage.produce(idempotent(5)))!.errorCode), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
})
