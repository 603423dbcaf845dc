import test from 'ava'
import { KafkaError } from '../../protocol/errors.ts'
import { buildBatch } from '../../protocol/records/build.ts'
import { settled } from '../testing/manual-clock.ts'
import { batchOf, recordOf, Stage } from './testing/stage.ts'

test('a partition is loaded at its first use and found at once from then on', async t => {
  const stage = new Stage()
  const topic = await stage.create()
  const first = stage.partitions.find(topic, 0)
  t.true(first instanceof Promise)
  t.is(stage.partitions.find(topic, 0), first)
  t.is(stage.partitions.find(topic, 0) instanceof Promise, true)
  const partition = await first
  t.is(stage.partitions.find(topic, 0), partition)
  t.deepEqual([...stage.partitions.loaded()], [partition])
})

test('what isn’t there, or isn’t led here, is not found', async t => {
  const stage = new Stage()
  const topic = await stage.create()
  const errorFor = async (find: () => unknown): Promise<string> => {
    try {
      await find()
      return 'NONE'
    } catch (error) {
      return (error as KafkaError).name
    }
  }
  t.is(await errorFor(() => stage.partitions.find(topic, 1)), 'UNKNOWN_TOPIC_OR_PARTITION')
  const [state] = topic.partitions
  const elsewhere = { ...topic, partitions: [{ ...state!, leader: 2 }] }
  t.is(await errorFor(() => stage.partitions.find(elsewhere, 0)), 'NOT_LEADER_OR_FOLLOWER')
  const neverMade = { ...topic, id: 'AAAAAAAAAAAAAAAAAAAAAQ' }
  t.is(await errorFor(() => stage.partitions.find(neverMade, 0)), 'UNKNOWN_TOPIC_OR_PARTITION')
  await stage.delete('t')
  t.is(await errorFor(() => stage.partitions.find(topic, 0)), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('a stop saves checkpoints where something is new, ends waits and refuses what comes', async t => {
  const stage = new Stage()
  const topic = await stage.create('t', {}, 2)
  await stage.produce(
    buildBatch({ records: [recordOf('k', null), { ...recordOf('k', null), value: Buffer.alloc(300_000) }] }),
  )
  await stage.produce(batchOf(2), { index: 1 })
  const waiting = stage.fetch({ offset: 2, maxWaitMs: 500 })
  await settled()
  await stage.partitions.close()
  const ended = await waiting
  t.is(ended.responses[0]!.partitions[0]!.errorCode, new KafkaError('NOT_LEADER_OR_FOLLOWER').code)
  const checkpointOf = (index: number) => stage.engine.log(`data/${topic.id}/${index}`).loadCheckpoint()
  t.is((await checkpointOf(0))!.at, 2)
  // So little is read again.
  t.is(await checkpointOf(1), null)
  t.is((await stage.produce(batchOf(1)))!.errorCode, new KafkaError('NOT_LEADER_OR_FOLLOWER').code)
})

test('a checkpoint is saved after every 16 MiB, so that no start reads more', async t => {
  const stage = new Stage()
  const topic = await stage.create('t', { 'max.message.bytes': '9000000' })
  const bytes = buildBatch({ records: [{ ...recordOf('k', null), value: Buffer.alloc(2 << 20) }] })
  const checkpoint = () => stage.engine.log(`data/${topic.id}/0`).loadCheckpoint()
  for (let index = 0; index < 7; index++) await stage.produce(Buffer.from(bytes))
  await settled()
  t.is(await checkpoint(), null)
  await stage.produce(Buffer.from(bytes))
  await settled()
  t.is((await checkpoint())!.at, 8)
  for (let index = 0; index < 7; index++) await stage.produce(Buffer.from(bytes))
  stage.crash()
  await stage.produce(Buffer.from(bytes))
  await settled()
  t.is((await checkpoint())!.at, 16)
})

test('changed settings reach the partition and its log', async t => {
  const stage = new Stage()
  await stage.create()
  await stage.produce(batchOf(1))
  stage.configure('t', { 'max.message.bytes': '10', 'segment.bytes': '100' })
  t.is((await stage.produce(batchOf(1)))!.errorCode, new KafkaError('MESSAGE_TOO_LARGE').code)
  stage.configure('t', { 'segment.bytes': '100' })
  await stage.produce(batchOf(1))
  t.is((await (await stage.partition()).log.segments()).segments.length, 2)
})

test('segment.jitter.ms spreads the ends of segments, the same way at every start', async t => {
  const ages = async (): Promise<number[]> => {
    const stage = new Stage()
    const seen: number[] = []
    const create = stage.engine.createLog.bind(stage.engine)
    stage.engine.createLog = (id, options) => {
      seen.push(options.segmentMs)
      return create(id, options)
    }
    await stage.create('t', { 'segment.ms': '1000', 'segment.jitter.ms': '500' }, 20)
    return seen
  }
  const first = await ages()
  t.true(first.every(age => age > 500 && age <= 1000))
  t.true(new Set(first).size > 15)
  t.deepEqual(await ages(), first)
})
