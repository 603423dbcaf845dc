import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import { Fetch } from '../../protocol/messages/fetch.ts'
import * as batch from '../../protocol/records/batch.ts'
import { buildBatch } from '../../protocol/records/build.ts'
import { buildMarker } from '../../protocol/records/control.ts'
import { MessageReader } from '../../protocol/records/message-reader.ts'
import { encodeResponse } from '../../protocol/wire/frames.ts'
import { batchesIn, batchOf, type FetchAnswer, recordOf, recordsIn, Stage } from '../partition/testing/stage.ts'
import { settled } from '../testing/manual-clock.ts'

/** A topic `t` with `batches` batches of two records. */
const filled = async (batches = 3, settings: Record<string, string> = {}): Promise<Stage> => {
  const stage = new Stage(settings)
  await stage.create()
  for (let index = 0; index < batches; index++) await stage.produce(batchOf(2))
  return stage
}

const first = (answer: FetchAnswer) => answer.responses[0]!.partitions[0]!
const offsetsIn = (answer: FetchAnswer): number[] =>
  answer.responses.flatMap(topic =>
    topic.partitions.flatMap(partition => recordsIn(partition.records as Buffer[]).map(record => record.offset)),
  )
const errorsIn = (answer: FetchAnswer): string[] =>
  answer.responses.flatMap(topic => topic.partitions.map(partition => nameOf(partition.errorCode)))

/** Whether the promise is settled by now. */
const isDone = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false
  void promise.then(() => {
    done = true
  })
  await settled()
  return done
}

test('a fetch inside a batch returns that batch, one at the end nothing', async t => {
  const stage = await filled()
  t.deepEqual(offsetsIn(await stage.fetch({ offset: 0 })), [0, 1, 2, 3, 4, 5])
  t.deepEqual(offsetsIn(await stage.fetch({ offset: 3 })), [2, 3, 4, 5])
  const atEnd = await stage.fetch({ offset: 6 })
  t.like(first(atEnd), { errorCode: 0, highWatermark: 6, lastStableOffset: 6, logStartOffset: 0 })
  t.deepEqual(offsetsIn(atEnd), [])
})

test('beyond the ends it is OFFSET_OUT_OF_RANGE, without offsets', async t => {
  const stage = await filled()
  await (await stage.partition()).trim(2)
  for (const offset of [-1, 1, 7]) {
    const answer = await stage.fetch({ offset })
    t.deepEqual(errorsIn(answer), ['OFFSET_OUT_OF_RANGE'])
    t.like(first(answer), { highWatermark: -1, lastStableOffset: -1, logStartOffset: -1 })
  }
})

test('the first batch is returned above every limit, the others only within them', async t => {
  const stage = await filled()
  const size = batchOf(2).length
  for (const ask of [{ maxBytes: 1 }, { partitionMaxBytes: 0 }, { maxBytes: size * 2 - 1 }])
    t.deepEqual(offsetsIn(await stage.fetch(ask)), [0, 1])
  t.deepEqual(offsetsIn(await stage.fetch({ maxBytes: size * 2 })), [0, 1, 2, 3])
})

test('only the first non-empty partition may pass the limit', async t => {
  const stage = new Stage()
  await stage.create('t', {}, 3)
  for (const index of [1, 2]) await stage.produce(batchOf(2), { index })
  const targets = [0, 1, 2].map(index => ['t', index, 0] as const)
  const { responses } = await stage.fetch({ targets, maxBytes: 1 })
  const sizes = responses[0]!.partitions.map(partition => recordsIn(partition.records as Buffer[]).length)
  t.deepEqual(sizes, [0, 2, 0])
})

test('of a partition that is asked for twice the last one counts', async t => {
  const stage = await filled()
  const targets = [
    ['t', 0, 0],
    ['t', 0, 4],
  ] as const
  t.deepEqual(offsetsIn(await stage.fetch({ targets })), [4, 5])
})

test('fetch.max.bytes bounds what a client asks', async t => {
  const stage = await filled(40, { 'fetch.max.bytes': '1024' })
  const size = batchOf(2).length
  t.is(offsetsIn(await stage.fetch()).length, 2 * Math.floor(1024 / size))
})

test('when answer bytes are short the answer shrinks to one batch', async t => {
  const stage = await filled()
  t.deepEqual(offsetsIn(await stage.fetch({ answerBytes: 10 })), [0, 1])
})

test('unknown topics, partitions and ids are told apart', async t => {
  const stage = await filled(0)
  t.deepEqual(errorsIn(await stage.fetch({ targets: [['nope', 0, 0]] })), ['UNKNOWN_TOPIC_OR_PARTITION'])
  t.deepEqual(errorsIn(await stage.fetch({ targets: [['t', 1, 0]] })), ['UNKNOWN_TOPIC_OR_PARTITION'])
  const byId = { apiVersion: 13, targets: [['AAAAAAAAAAAAAAAAAAAAAQ', 0, 0]] } as const
  t.deepEqual(errorsIn(await stage.fetch(byId)), ['UNKNOWN_TOPIC_ID'])
})

test('epochs that the client knows are compared with the leader’s', async t => {
  const stage = await filled()
  stage.configure('t', {}, [2])
  await stage.produce(batchOf(2))
  const errorFor = async (currentLeaderEpoch: number): Promise<string> =>
    errorsIn(await stage.fetch({ currentLeaderEpoch }))[0]!
  t.is(await errorFor(-1), 'NONE')
  t.is(await errorFor(1), 'FENCED_LEADER_EPOCH')
  t.is(await errorFor(2), 'NONE')
  t.is(await errorFor(3), 'UNKNOWN_LEADER_EPOCH')
  const hinted = await stage.fetch({ currentLeaderEpoch: 1, apiVersion: 16 })
  t.deepEqual(first(hinted).currentLeader, { leaderId: 1, leaderEpoch: 2 })
  t.deepEqual(hinted.nodeEndpoints, [{ nodeId: 1, host: 'broker-1', port: 9092, rack: null }])
})

test('a client whose history leaves the log’s is told where', async t => {
  const stage = await filled()
  stage.configure('t', {}, [2])
  await stage.produce(batchOf(2))
  t.deepEqual(first(await stage.fetch({ offset: 7, lastFetchedEpoch: 0 })).divergingEpoch, { epoch: 0, endOffset: 6 })
  t.deepEqual(first(await stage.fetch({ offset: 7, lastFetchedEpoch: 1 })).divergingEpoch, { epoch: 0, endOffset: 6 })
  t.is(first(await stage.fetch({ offset: 6, lastFetchedEpoch: 0 })).divergingEpoch, undefined)
  t.deepEqual(errorsIn(await stage.fetch({ offset: 6, lastFetchedEpoch: 3 })), ['OFFSET_OUT_OF_RANGE'])
})

test('a broker that is no replica is sent away', async t => {
  const stage = await filled()
  t.deepEqual(errorsIn(await stage.fetch({ replicaId: 7 })), ['NOT_LEADER_OR_FOLLOWER'])
  t.deepEqual(errorsIn(await stage.fetch({ replicaId: 7, apiVersion: 16 })), ['NOT_LEADER_OR_FOLLOWER'])
  t.deepEqual(errorsIn(await stage.fetch({ replicaId: -2 })), ['NONE'])
})

test('a partition that another broker leads sends its clients there', async t => {
  const stage = await filled(1)
  const { answer } = stage.fetching({ apiVersion: 16, offset: 2, maxWaitMs: 500 })
  await settled()
  stage.configure('t', {}, [1], 2)
  const moved = await answer
  t.deepEqual(errorsIn(moved), ['NOT_LEADER_OR_FOLLOWER'])
  t.deepEqual(first(moved).currentLeader, { leaderId: 2, leaderEpoch: 1 })
  t.deepEqual(moved.nodeEndpoints, [{ nodeId: 2, host: 'broker-2', port: 9092, rack: null }])
  const produced = (await stage.producing(batchOf(1), { apiVersion: 10 }).answer)!
  t.like(produced.responses[0]!.partitionResponses[0], { currentLeader: { leaderId: 2, leaderEpoch: 1 } })
  t.deepEqual(produced.nodeEndpoints, moved.nodeEndpoints)
})

/** Appends as a coordinator's log does: what Produce would refuse. */
const append = async (stage: Stage, bytes: Buffer): Promise<void> => {
  const partition = await stage.partition()
  const { end } = partition
  batch.stamp(bytes, 0, end, 0)
  const lastOffset = batch.lastOffset(bytes, 0)
  const outcome = await partition
    .shardLog()
    .append([{ baseOffset: end, lastOffset, maxTimestamp: batch.maxTimestamp(bytes, 0), bytes }], end)
  if (!outcome.ok) throw new Error(outcome.reason)
}

const transactional = (producerId: number, baseSequence: number): Buffer =>
  batchOf(2, { producerId, producerEpoch: 0, baseSequence, transactional: true })
const marker = (producerId: number, result: 'abort' | 'commit'): Buffer =>
  buildMarker({ result, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0 })

test('read_committed stops at open transactions and lists the aborted', async t => {
  const stage = await filled(1)
  await append(stage, transactional(7, 0))
  const uncommitted = await stage.fetch()
  t.deepEqual(offsetsIn(uncommitted), [0, 1, 2, 3])
  t.is(first(uncommitted).abortedTransactions, null)
  const committed = await stage.fetch({ isolationLevel: 1 })
  t.deepEqual(offsetsIn(committed), [0, 1])
  t.like(first(committed), { highWatermark: 4, lastStableOffset: 2, abortedTransactions: [] })
  await append(stage, marker(7, 'abort'))
  const after = await stage.fetch({ isolationLevel: 1 })
  t.like(first(after), { lastStableOffset: 5 })
  t.like(first(after).abortedTransactions, [{ producerId: 7, firstOffset: 2 }])
})

test('read_committed fetches are woken by the last stable offset, not by what is undecided', async t => {
  const stage = await filled(1)
  const { answer } = stage.fetching({ offset: 2, maxWaitMs: 500, isolationLevel: 1 })
  await settled()
  await append(stage, transactional(7, 0))
  t.false(await isDone(answer))
  await append(stage, marker(7, 'commit'))
  t.deepEqual(offsetsIn(await answer), [2, 3, 4])
})

test('old versions get message sets of their magic', async t => {
  const stage = new Stage()
  await stage.create()
  for (const compression of ['none', 'gzip', 'lz4'] as const) await stage.produce(batchOf(3, { compression }))
  for (const apiVersion of [0, 1, 2, 3]) {
    const answer = await stage.fetch({ apiVersion, offset: 1 })
    const set = Buffer.concat(first(answer).records as Buffer[])
    t.is(batch.magic(set, 0), apiVersion < 2 ? 0 : 1)
    const reader = new MessageReader(set, 1 << 20)
    const values: string[] = []
    while (reader.next()) values.push(reader.source.subarray(reader.valueStart, reader.valueEnd).toString())
    t.deepEqual(values.slice(-6), ['v0', 'v1', 'v2', 'v0', 'v1', 'v2'])
    t.true(encodeResponse(Fetch, apiVersion, 1, answer).length > 0)
  }
})

test('zstd is not sent to versions that don’t know it', async t => {
  const stage = new Stage()
  await stage.create('t', { 'compression.type': 'zstd' })
  await stage.produce(batchOf(3))
  for (const apiVersion of [3, 9])
    t.deepEqual(errorsIn(await stage.fetch({ apiVersion })), ['UNSUPPORTED_COMPRESSION_TYPE'])
  t.is(batchesIn(first(await stage.fetch({ apiVersion: 10 })).records as Buffer[]).length, 1)
})

test('each version’s answer can be written', async t => {
  const stage = await filled()
  await stage.create('u')
  const targets = [
    ['t', 0, 0],
    ['u', 0, 99],
  ] as const
  for (let apiVersion = 0; apiVersion <= 18; apiVersion++) {
    const answer = await stage.fetch({ apiVersion, targets, currentLeaderEpoch: apiVersion > 8 ? 0 : -1 })
    t.true(encodeResponse(Fetch, apiVersion, 1, answer).length > 0)
  }
})

test('a record batch larger than all limits still comes through', async t => {
  const stage = new Stage()
  await stage.create('t', { 'max.message.bytes': '20000000' })
  await stage.produce(buildBatch({ records: [{ ...recordOf('k', null), value: Buffer.alloc(10_000_000) }] }))
  t.deepEqual(offsetsIn(await stage.fetch({ maxBytes: 1 << 20 })), [0])
})
