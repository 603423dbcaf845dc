import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import { ListOffsets } from '../../protocol/messages/list-offsets.ts'
import { buildBatch } from '../../protocol/records/build.ts'
import { encodeResponse } from '../../protocol/wire/frames.ts'
import { batchOf, recordOf, Stage } from '../partition/testing/stage.ts'
import { listOffsets } from './list-offsets.ts'

interface Ask {
  readonly apiVersion?: number
  readonly isolationLevel?: number
  readonly currentLeaderEpoch?: number
  readonly maxNumOffsets?: number
  readonly topic?: string
}

const listed = async (stage: Stage, timestamp: number, ask: Ask = {}) => {
  const { apiVersion = 11, isolationLevel = 0, currentLeaderEpoch = -1, maxNumOffsets = 10, topic: name = 't' } = ask
  const { context } = stage.context(apiVersion)
  const partitions = [{ partitionIndex: 0, currentLeaderEpoch, timestamp, maxNumOffsets }]
  const request = { replicaId: -1, isolationLevel, topics: [{ name, partitions }], timeoutMs: 100 }
  const answer = (await listOffsets.handle(request, context, stage.broker))!
  encodeResponse(ListOffsets, apiVersion, 1, answer)
  return answer.topics[0]!.partitions[0]!
}

/** Three batches: records at 100, 110, 120; at 300, 150; at 200 (gzip). */
const filled = async (): Promise<Stage> => {
  const stage = new Stage()
  await stage.create('t', { 'message.timestamp.before.max.ms': '9223372036854775807' })
  const at = (...timestamps: number[]) => timestamps.map(timestamp => recordOf('k', 'v', timestamp))
  await stage.produce(buildBatch({ records: at(100, 110, 120) }))
  await stage.produce(buildBatch({ records: at(300, 150), compression: 'gzip' }))
  await stage.produce(buildBatch({ records: at(200) }))
  return stage
}

test('by timestamp the record is found inside its batch, compressed or not', async t => {
  const stage = await filled()
  t.like(await listed(stage, 0), { timestamp: 100, offset: 0, leaderEpoch: 0 })
  t.like(await listed(stage, 101), { timestamp: 110, offset: 1 })
  t.like(await listed(stage, 121), { timestamp: 300, offset: 3 })
  t.like(await listed(stage, 301), { errorCode: 0, timestamp: -1, offset: -1, leaderEpoch: -1 })
})

test('the ends, and the record with the greatest timestamp', async t => {
  const stage = await filled()
  t.like(await listed(stage, -1), { timestamp: -1, offset: 6, leaderEpoch: 0 })
  t.like(await listed(stage, -2), { timestamp: -1, offset: 0, leaderEpoch: 0 })
  t.like(await listed(stage, -3), { timestamp: 300, offset: 3, leaderEpoch: 0 })
  t.like(await listed(stage, -4), { timestamp: -1, offset: 0, leaderEpoch: 0 })
  for (const special of [-5, -6]) t.like(await listed(stage, special), { errorCode: 0, timestamp: -1, offset: -1 })
})

test('an empty partition has ends and no greatest timestamp', async t => {
  const stage = new Stage()
  await stage.create()
  t.like(await listed(stage, -1), { offset: 0, leaderEpoch: 0 })
  t.like(await listed(stage, -2), { offset: 0, leaderEpoch: 0 })
  t.like(await listed(stage, -3), { errorCode: 0, offset: -1, timestamp: -1, leaderEpoch: -1 })
})

test('what DeleteRecords took is no longer found', async t => {
  const stage = await filled()
  await (await stage.partition()).trim(4)
  t.like(await listed(stage, -2), { offset: 4 })
  t.like(await listed(stage, 0), { offset: 4, timestamp: 150 })
  t.like(await listed(stage, -3), { offset: -1 })
  await (await stage.partition()).trim(6)
  t.like(await listed(stage, -3), { offset: -1, timestamp: -1 })
})

test('special timestamps belong to versions', async t => {
  const stage = await filled()
  for (const [special, apiVersion] of [
    [-3, 6],
    [-4, 7],
    [-5, 8],
    [-6, 10],
    [-7, 11],
  ] as const)
    t.is(nameOf((await listed(stage, special, { apiVersion })).errorCode), 'UNSUPPORTED_VERSION')
})

test('read_committed ends at the last stable offset', async t => {
  const stage = await filled()
  const partition = await stage.partition()
  partition.folds.transactions.append(9, 4)
  await partition.catchUp()
  t.like(await listed(stage, -1, { isolationLevel: 1 }), { offset: 4 })
  t.like(await listed(stage, -1), { offset: 6 })
  t.like(await listed(stage, 121, { isolationLevel: 1 }), { offset: 3 })
})

test('LogAppendTime is every record’s', async t => {
  const stage = new Stage()
  await stage.create('t', { 'message.timestamp.type': 'LogAppendTime' })
  await stage.produce(batchOf(3))
  await stage.clock.advance(10)
  await stage.produce(batchOf(3))
  const now = stage.clock.now()
  t.like(await listed(stage, now - 5), { offset: 3, timestamp: now })
  t.like(await listed(stage, -3), { offset: 3, timestamp: now })
})

test('version 0 lists the starts of segments and the end, newest first', async t => {
  const stage = await filled()
  await (await stage.partition()).log.roll()
  await stage.produce(buildBatch({ records: [recordOf('k', 'v', 400)] }))
  const offsets = async (timestamp: number, maxNumOffsets = 10) =>
    (await listed(stage, timestamp, { apiVersion: 0, maxNumOffsets })).oldStyleOffsets
  t.deepEqual(await offsets(-1), [7, 6, 0])
  t.deepEqual(await offsets(-1, 2), [7, 6])
  t.deepEqual(await offsets(-2), [0])
  t.deepEqual(await offsets(350), [0])
  t.deepEqual(await offsets(50), [])
  t.deepEqual(await offsets(stage.clock.now() - 1), [6, 0])
  t.deepEqual(await offsets(stage.clock.now()), [7, 6, 0])
})

test('each version’s answer can be written, and unknown epochs and topics are refused', async t => {
  const stage = await filled()
  for (let apiVersion = 1; apiVersion <= 11; apiVersion++)
    t.like(await listed(stage, -1, { apiVersion }), { offset: 6, leaderEpoch: apiVersion < 4 ? -1 : 0 })
  t.is(nameOf((await listed(stage, -1, { currentLeaderEpoch: 1 })).errorCode), 'UNKNOWN_LEADER_EPOCH')
  t.is(nameOf((await listed(stage, -1, { topic: 'nope' })).errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('a partition asked for twice is INVALID_REQUEST, once', async t => {
  const stage = await filled()
  const asked = { partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1, maxNumOffsets: 1 }
  const request = {
    replicaId: -1,
    isolationLevel: 0,
    topics: [{ name: 't', partitions: [asked, asked] }],
    timeoutMs: 1,
  }
  const answer = (await listOffsets.handle(request, stage.context(9).context, stage.broker))!
  t.deepEqual(
    answer.topics[0]!.partitions.map(partition => nameOf(partition.errorCode)),
    ['INVALID_REQUEST'],
  )
})
