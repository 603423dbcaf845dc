import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'
import type { Appended, AppendOutcomes, AppendRequest, Engine, LogId } from '../../storage/engine.ts'
import { allOutcomes, LogGone } from '../../storage/engine.ts'
import { createMemoryEngine } from '../../storage/memory/engine.ts'
import { settled } from '../testing/manual-clock.ts'
import { batchOf, Stage } from './testing/stage.ts'

type Append = (requests: readonly AppendRequest[]) => AppendOutcomes

/** The memory engine with another `append` when one is set; what it was asked is kept. */
const withAppend = () => {
  const memory = createMemoryEngine()
  const calls: (readonly AppendRequest[])[] = []
  const hook: { append: Append | null; real: Append } = { append: null, real: requests => memory.append(requests) }
  const engine: Engine = new Proxy(memory, {
    get(target, key) {
      if (key === 'append')
        return (requests: readonly AppendRequest[]) => {
          calls.push(requests)
          return (hook.append ?? hook.real)(requests)
        }
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { engine, memory, calls, hook }
}

const idempotent = (baseSequence: number): Buffer => batchOf(1, { producerId: 5, producerEpoch: 0, baseSequence })

test('all partitions of a turn go to the engine in one call', async t => {
  const { engine, calls } = withAppend()
  const stage = new Stage({}, engine)
  await stage.create('t', {}, 3)
  for (const index of [0, 1, 2]) await stage.partition('t', index)
  await Promise.all([0, 1, 2, 1].map(index => stage.produce(batchOf(1), { index })))
  t.deepEqual(
    calls.map(requests => requests.map(request => request.batches.length)),
    [[1, 2, 1]],
  )
})

test('while an append is under way the log’s next ones wait, and go together', async t => {
  const { engine, calls, hook } = withAppend()
  const stage = new Stage({}, engine)
  await stage.create()
  await stage.partition()
  const { promise, resolve } = deferred()
  hook.append = async requests => {
    await promise
    return allOutcomes(hook.real(requests))
  }
  const first = stage.produce(batchOf(1))
  await settled()
  const others = [stage.produce(batchOf(1)), stage.produce(batchOf(1))]
  await settled()
  t.is(calls.length, 1)
  resolve()
  await Promise.all([first, ...others])
  t.deepEqual(
    calls.map(requests => requests[0]!.batches.length),
    [1, 2],
  )
})

test('a log whose outcome is a promise of its own keeps no other waiting', async t => {
  const { engine, calls, hook } = withAppend()
  const stage = new Stage({}, engine)
  await stage.create('t', {}, 3)
  for (const index of [0, 1, 2]) await stage.partition('t', index)
  const slow = deferred()
  hook.append = requests => {
    const [first, ...others] = hook.real(requests) as Appended[]
    return [slow.promise.then(() => first!), ...others.slice(0, -1), Promise.reject(new Error('the sync failed'))]
  }
  const answered: number[] = []
  const produce = (index: number) =>
    stage.produce(batchOf(1), { index }).then(answer => {
      answered.push(index)
      return nameOf(answer!.errorCode)
    })
  const answers = [produce(0), produce(1), produce(2)]
  t.deepEqual(await Promise.all(answers.slice(1)), ['NONE', 'REQUEST_TIMED_OUT'])
  hook.append = null
  t.is(await produce(1), 'NONE')
  const next = produce(0)
  await settled()
  t.deepEqual(calls.flat().length, 4, 'the log that waits gets no second append')
  slow.resolve()
  t.deepEqual(await Promise.all([answers[0], next]), ['NONE', 'NONE'])
  t.deepEqual(answered, [1, 2, 1, 0, 0])
})

const deferred = (): { promise: Promise<void>; resolve: () => void } => {
  let resolve = (): void => {}
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return { promise, resolve }
}

/** Appends behind the broker's back, as another one would. */
const appendElsewhere = (memory: Engine, id: LogId, bytes: Buffer, at: number): void => {
  batch.stamp(bytes, 0, at, 0)
  const lastOffset = batch.lastOffset(bytes, 0)
  const placed = { baseOffset: at, lastOffset, maxTimestamp: 1, bytes }
  void memory.append([{ log: memory.log(id), batches: [placed], expectedEnd: at }])
}

test('after a conflict the log is read and everything decided again', async t => {
  const { engine, memory } = withAppend()
  const stage = new Stage({}, engine)
  const topic = await stage.create()
  await stage.produce(idempotent(0))
  appendElsewhere(memory, `data/${topic.id}/0`, idempotent(1), 1)
  const answers = await Promise.all([stage.produce(idempotent(1)), stage.produce(idempotent(2))])
  t.deepEqual(
    answers.map(answer => [nameOf(answer!.errorCode), answer!.baseOffset]),
    [
      ['NONE', 1],
      ['NONE', 2],
    ],
  )
  t.is((await stage.partition()).logEndOffset, 3)
})

test('who keeps losing the race no longer leads', async t => {
  const { engine, hook } = withAppend()
  const stage = new Stage({}, engine)
  await stage.create()
  hook.append = requests => requests.map(() => ({ ok: false, reason: 'conflict', end: 9 }))
  t.is(nameOf((await stage.produce(batchOf(1)))!.errorCode), 'NOT_LEADER_OR_FOLLOWER')
})

test('a full or failed engine is KAFKA_STORAGE_ERROR, and nothing is remembered of what it refused', async t => {
  const { engine, hook } = withAppend()
  const stage = new Stage({}, engine)
  await stage.create()
  for (const reason of ['full', 'failed'] as const) {
    hook.append = requests => requests.map(() => ({ ok: false, reason, end: 0 }))
    t.is(nameOf((await stage.produce(idempotent(0)))!.errorCode), 'KAFKA_STORAGE_ERROR')
  }
  hook.append = null
  t.is((await stage.produce(idempotent(0)))!.baseOffset, 0)
})

test('an outcome that isn’t known is looked up, never decided again, and answered retriably', async t => {
  const { engine, hook } = withAppend()
  const stage = new Stage({}, engine)
  await stage.create()
  hook.append = async requests => {
    hook.real(requests)
    throw new Error('the connection broke')
  }
  t.is(nameOf((await stage.produce(idempotent(0)))!.errorCode), 'REQUEST_TIMED_OUT')
  hook.append = null
  t.like(await stage.produce(idempotent(0)), { errorCode: 0, baseOffset: 0 })
  t.like(await stage.produce(idempotent(1)), { errorCode: 0, baseOffset: 1 })
})

test('a log that is gone is an unknown partition', async t => {
  const { engine, hook } = withAppend()
  const stage = new Stage({}, engine)
  await stage.create()
  hook.append = requests => requests.map(() => ({ ok: false, reason: 'gone', end: 0 }))
  t.is(nameOf((await stage.produce(batchOf(1)))!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('a partition whose log can’t be caught up with is loaded anew', async t => {
  const { engine, hook } = withAppend()
  const stage = new Stage({}, engine)
  await stage.create()
  const before = await stage.partition()
  hook.append = async () => {
    throw new Error('the connection broke')
  }
  before.log.bounds = () => {
    throw new LogGone(before.log.id)
  }
  t.is(nameOf((await stage.produce(batchOf(1)))!.errorCode), 'REQUEST_TIMED_OUT')
  hook.append = null
  t.not(await stage.partition(), before)
  t.like(await stage.produce(batchOf(1)), { errorCode: 0, baseOffset: 0 })
})

test('deleting a topic refuses what waits', async t => {
  const { engine, hook } = withAppend()
  const stage = new Stage({}, engine)
  await stage.create()
  await stage.partition()
  const { promise, resolve } = deferred()
  hook.append = async requests => {
    await promise
    return allOutcomes(hook.real(requests))
  }
  const underWay = stage.produce(batchOf(1))
  await settled()
  const waiting = stage.produce(batchOf(1))
  await settled()
  await stage.delete('t')
  t.is(nameOf((await waiting)!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
  resolve()
  t.is(nameOf((await underWay)!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
})

/** Lets `committed` lag behind the end until it is released. */
const lagging = async () => {
  const stage = new Stage()
  await stage.create()
  const partition = await stage.partition()
  const { log } = partition
  const bounds = log.bounds.bind(log)
  let committed: number | null = 0
  log.bounds = () => {
    const real = bounds() as { start: number; committed: number; end: number }
    return committed === null ? real : { ...real, committed }
  }
  const release = async (): Promise<void> => {
    committed = null
    await partition.catchUp()
  }
  return { stage, release }
}

test('acks −1 waits for the high watermark, acks 1 doesn’t, readers stop there', async t => {
  const { stage, release } = await lagging()
  const all = stage.produce(idempotent(0))
  t.like(await stage.produce(batchOf(1), { acks: 1 }), { errorCode: 0, baseOffset: 1 })
  const fetched = stage.fetch({ maxWaitMs: 100 })
  const repeated = stage.produce(idempotent(0))
  let answered = 0
  for (const promise of [all, repeated, fetched])
    void promise.then(() => {
      answered++
    })
  await settled()
  t.is(answered, 0)
  await release()
  t.like(await all, { errorCode: 0, baseOffset: 0 })
  t.like(await repeated, { errorCode: 0, baseOffset: 0 })
  t.is((await fetched).responses[0]!.partitions[0]!.highWatermark, 2)
})

test('acks −1 gives up after the request’s timeout', async t => {
  const { stage } = await lagging()
  const answer = stage.produce(batchOf(1))
  await stage.clock.advance(1000)
  t.is(nameOf((await answer)!.errorCode), 'REQUEST_TIMED_OUT')
  t.is(stage.clock.pending, 0)
})

test('a coordinator’s append goes in exactly where it expects or not at all', async t => {
  const stage = new Stage()
  await stage.create('__consumer_offsets')
  const partition = await stage.partition('__consumer_offsets')
  const log = partition.shardLog()
  const placed = (at: number, count: number) => {
    const bytes = batchOf(count)
    batch.stamp(bytes, 0, at, -1)
    return { baseOffset: at, lastOffset: at + count - 1, maxTimestamp: 1, bytes }
  }
  t.deepEqual(await log.append([placed(0, 2), placed(2, 1)], 0), { ok: true, end: 3 })
  t.deepEqual(await log.append([placed(0, 1)], 0), { ok: false, reason: 'conflict', end: 3 })
  t.deepEqual(await log.bounds(), { start: 0, committed: 3, end: 3 })
  const { responses } = await stage.fetch({ targets: [['__consumer_offsets', 0, 0]] })
  t.is(responses[0]!.partitions[0]!.highWatermark, 3)
})
