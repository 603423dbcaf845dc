import test from 'ava'
import { nameOf } from '../../../protocol/errors.ts'
import { settled } from '../../testing/manual-clock.ts'
import { batchOf, type FetchAnswer, recordsIn, Stage } from '../testing/stage.ts'

/** A topic `t` with `batches` batches of two records. */
const filled = async (batches: number): Promise<Stage> => {
  const stage = new Stage()
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

test('an empty fetch waits, and is woken by the first record', async t => {
  const stage = await filled(1)
  const { answer, seen } = stage.fetching({ offset: 2, maxWaitMs: 500 })
  t.false(await isDone(answer))
  t.is(seen.parked, 1)
  await stage.produce(batchOf(1))
  t.deepEqual(offsetsIn(await answer), [2])
  t.is((await stage.partition()).waiterCount, 0)
  t.is(stage.clock.pending, 0)
})

test('when its time is over it is answered with what there is', async t => {
  const stage = await filled(1)
  const { answer } = stage.fetching({ offset: 0, minBytes: 10_000, maxWaitMs: 500 })
  await stage.clock.advance(499)
  t.false(await isDone(answer))
  await stage.clock.advance(1)
  t.deepEqual(offsetsIn(await answer), [0, 1])
})

test('minBytes are waited for over all partitions', async t => {
  const stage = new Stage()
  await stage.create('t', {}, 2)
  const targets = [0, 1].map(index => ['t', index, 0] as const)
  const { answer } = stage.fetching({ targets, minBytes: 2 * batchOf(2).length, maxWaitMs: 500 })
  await stage.produce(batchOf(2), { index: 0 })
  t.false(await isDone(answer))
  await stage.produce(batchOf(2), { index: 1 })
  t.is(offsetsIn(await answer).length, 4)
})

test('appends of one turn wake a fetch once, and all are in its answer', async t => {
  const stage = new Stage()
  await stage.create('t', {}, 2)
  for (const index of [0, 1]) await stage.partition('t', index)
  const { answer } = stage.fetching({ targets: [0, 1].map(index => ['t', index, 0] as const), maxWaitMs: 500 })
  await settled()
  await Promise.all([0, 1].map(index => stage.produce(batchOf(1), { index })))
  t.deepEqual(offsetsIn(await answer), [0, 0])
})

test('an error ends the wait at once, also when it comes later', async t => {
  const stage = await filled(1)
  const targets = [
    ['t', 0, 2],
    ['nope', 0, 0],
  ] as const
  t.deepEqual(errorsIn(await stage.fetch({ targets, maxWaitMs: 500 })), ['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'])
  const deleted = stage.fetch({ offset: 2, maxWaitMs: 500 })
  await settled()
  await stage.delete('t')
  t.deepEqual(errorsIn(await deleted), ['UNKNOWN_TOPIC_OR_PARTITION'])
})

test('a new leader epoch and a moved log start end the wait', async t => {
  const stage = await filled(2)
  const moved = stage.fetch({ offset: 4, maxWaitMs: 500 })
  await settled()
  await (await stage.partition()).trim(2)
  t.is(first(await moved).logStartOffset, 2)
  const fenced = stage.fetch({ offset: 4, maxWaitMs: 500, currentLeaderEpoch: 0 })
  await settled()
  stage.configure('t', {}, [1])
  t.deepEqual(errorsIn(await fenced), ['FENCED_LEADER_EPOCH'])
})

test('where the engine answers later, nothing that comes between a read and the wait is missed', async t => {
  const stage = new Stage()
  await stage.create('t', {}, 2)
  const slow = await stage.partition('t', 0)
  await stage.produce(batchOf(1))
  const read = slow.log.read.bind(slow.log)
  slow.log.read = async (from, options) => {
    await settled()
    return read(from, options)
  }
  const size = batchOf(1).length
  for (const offset of [0, 1]) {
    const targets = [1, 0].map(index => ['t', index, index === 1 ? offset : 0] as const)
    const { answer } = stage.fetching({ targets, minBytes: 2 * size, maxWaitMs: 500 })
    await stage.produce(batchOf(1), { index: 1 })
    t.deepEqual(offsetsIn(await answer), [offset, 0])
  }
  t.is(stage.clock.pending, 0)
})

test('a client that goes leaves nothing behind', async t => {
  const stage = await filled(1)
  const { answer, seen } = stage.fetching({ offset: 2, maxWaitMs: 500 })
  await settled()
  t.is((await stage.partition()).waiterCount, 1)
  seen.close()
  await answer
  t.is((await stage.partition()).waiterCount, 0)
  t.is(stage.clock.pending, 0)
})

test('slices are released when the answer is sent, also those of reads that did not suffice', async t => {
  const stage = await filled(3)
  const partition = await stage.partition()
  const { log } = partition
  let held = 0
  const read = log.read.bind(log)
  log.read = (from, options) => {
    const slice = read(from, options)
    if (slice instanceof Promise) throw new Error('the memory engine answers at once')
    held++
    return { ...slice, release: () => held-- }
  }
  const { answer, seen } = stage.fetching({ minBytes: 10_000, maxWaitMs: 500 })
  await settled()
  t.is(held, 0)
  await stage.produce(batchOf(1))
  await stage.clock.advance(500)
  await answer
  t.is(held, 1)
  seen.sent()
  t.is(held, 0)
})
