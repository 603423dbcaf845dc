import test from 'ava'
import { nameOf } from '../../../protocol/errors.ts'
import { Fetch } from '../../../protocol/messages/fetch.ts'
import { encodeResponse } from '../../../protocol/wire/frames.ts'
import { batchOf, type FetchAnswer, recordsIn, Stage } from '../testing/stage.ts'

/** A topic `t` with `batches` batches of two records. */
const filled = async (batches: number): Promise<Stage> => {
  const stage = new Stage()
  await stage.create()
  for (let index = 0; index < batches; index++) await stage.produce(batchOf(2))
  return stage
}

const offsetsIn = (answer: FetchAnswer): number[] =>
  answer.responses.flatMap(topic =>
    topic.partitions.flatMap(partition => recordsIn(partition.records as Buffer[]).map(record => record.offset)),
  )
const errorsIn = (answer: FetchAnswer): string[] =>
  answer.responses.flatMap(topic => topic.partitions.map(partition => nameOf(partition.errorCode)))

const sizeOf = (answer: FetchAnswer, apiVersion: number): number =>
  encodeResponse(Fetch, apiVersion, 1, answer).reduce((sum, chunk) => sum + chunk.length, 0)

test('an idle fetch of a session over 200 partitions is answered with tens of bytes', async t => {
  const stage = new Stage()
  await stage.create('t', {}, 200)
  const targets = Array.from({ length: 200 }, (_, index) => ['t', index, 0] as const)
  const opened = await stage.fetch({ apiVersion: 13, targets, sessionEpoch: 0 })
  t.is(opened.responses[0]!.partitions.length, 200)
  const { sessionId } = opened
  const idle = await stage.fetch({ apiVersion: 13, targets: [], sessionId: sessionId!, sessionEpoch: 1 })
  t.true(sizeOf(idle, 13) < 60)
  await stage.produce(batchOf(1), { index: 150 })
  const news = await stage.fetch({ apiVersion: 13, targets: [], sessionId: sessionId!, sessionEpoch: 2 })
  t.deepEqual(
    news.responses.flatMap(topic => topic.partitions.map(partition => partition.partitionIndex)),
    [150],
  )
})

test('a session takes additions and changes, forgets, and ends', async t => {
  const stage = await filled(2)
  await stage.create('u')
  const { sessionId } = await stage.fetch({ sessionEpoch: 0 })
  const next = (sessionEpoch: number, ask: Parameters<Stage['fetch']>[0]) =>
    stage.fetch({ targets: [], ...ask, sessionId: sessionId!, sessionEpoch })
  t.deepEqual(offsetsIn(await next(1, {})), [0, 1, 2, 3])
  t.deepEqual(offsetsIn(await next(2, { offset: 4, targets: [['t', 0, 4]] })), [])
  t.deepEqual(errorsIn(await next(3, { targets: [['u', 0, 0]] })), ['NONE'])
  t.deepEqual(errorsIn(await next(4, {})), [])
  await stage.produce(batchOf(1))
  await stage.produce(batchOf(1), { topic: 'u' })
  const forgotten = await next(5, { forgotten: [['t', 0]] })
  t.deepEqual(
    forgotten.responses.map(topic => topic.topic),
    ['u'],
  )
  t.is((await next(-1, {})).sessionId, 0)
  t.is(stage.sessions.size, 0)
})

test('an error is said again in every answer of a session, and its end once', async t => {
  const stage = await filled(1)
  const { sessionId } = await stage.fetch({ sessionEpoch: 0, targets: [['t', 0, 99]] })
  const next = (sessionEpoch: number, targets: readonly (readonly [string, number, number])[] = []) =>
    stage.fetch({ targets, sessionId: sessionId!, sessionEpoch })
  t.deepEqual(errorsIn(await next(1)), ['OFFSET_OUT_OF_RANGE'])
  t.deepEqual(errorsIn(await next(2)), ['OFFSET_OUT_OF_RANGE'])
  t.deepEqual(errorsIn(await next(3, [['t', 0, 2]])), ['NONE'])
  t.deepEqual(errorsIn(await next(4)), [])
})

test('a session notices that its topic was deleted and made anew', async t => {
  const stage = await filled(1)
  const { sessionId } = await stage.fetch({ apiVersion: 13, sessionEpoch: 0, targets: [['t', 0, 2]] })
  const next = (sessionEpoch: number) =>
    stage.fetch({ apiVersion: 13, targets: [], sessionId: sessionId!, sessionEpoch })
  await stage.delete('t')
  t.deepEqual(errorsIn(await next(1)), ['UNKNOWN_TOPIC_OR_PARTITION'])
  await stage.create('t')
  t.deepEqual(errorsIn(await next(2)), ['INCONSISTENT_TOPIC_ID'])
})

test('partitions that were served come last next time', async t => {
  const stage = new Stage()
  await stage.create('t', {}, 3)
  for (const index of [0, 1, 2]) for (let n = 0; n < 3; n++) await stage.produce(batchOf(2), { index })
  const targets = [0, 1, 2].map(index => ['t', index, 0] as const)
  const { sessionId } = await stage.fetch({ targets, sessionEpoch: 0, maxBytes: 1 })
  const served: number[] = []
  for (let epoch = 1; epoch <= 4; epoch++) {
    const answer = await stage.fetch({ targets: [], sessionId: sessionId!, sessionEpoch: epoch, maxBytes: 1 })
    for (const partition of answer.responses.flatMap(topic => topic.partitions))
      if ((partition.records as Buffer[]).length > 0) served.push(partition.partitionIndex)
  }
  t.deepEqual(served, [0, 1, 2, 0])
})
