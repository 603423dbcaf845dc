import test from 'ava'
import { KafkaError } from '../../protocol/errors.ts'
import type { Appended } from '../../storage/engine.ts'
import { settled } from '../testing/manual-clock.ts'
import type { ShardLog } from './shard-log.ts'
import { add, LOG, read, Words, world } from './words.test.fixture.ts'

const errorOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    return `no error: ${await promise}`
  } catch (error) {
    return error instanceof KafkaError ? error.name : String(error)
  }
}

test('events that queued together are decided in order and share one append', async t => {
  const { engine, log, shard } = await world()
  let appends = 0
  const counting: ShardLog = {
    ...log,
    append(...args) {
      appends += 1
      return log.append(...args)
    },
  }
  const words = shard({ log: counting })
  await words.load()
  const first = add(words, 'a')
  t.deepEqual(await Promise.all([first, add(words, 'b'), add(words, 'c')]), ['0', '1', '2'])
  t.is(appends, 2, 'the first alone, what came meanwhile together')
  t.is(await read(words), 'a b c')
  t.like(await engine.log(LOG).bounds(), { start: 0, end: 3 })
})

test('a second shard over the log replays the same state, places and times', async t => {
  const { clock, shard } = await world()
  const first = shard()
  await add(first, 'a')
  await clock.advance(10)
  await first.send(request => ({ type: 'add', request, text: 'tx', producer: { id: 5, epoch: 1 } }))
  await add(first, 'unknown')
  await first.send(request => ({ type: 'add', request, text: 'aborted', producer: { id: 6, epoch: 1 } }))
  await first.tell({ type: 'end', producer: { id: 5, epoch: 1 }, committed: true })
  await first.tell({ type: 'end', producer: { id: 6, epoch: 1 }, committed: false })
  const second = shard()
  await second.load()
  const [before, after] = [first.machine as Words, second.machine as Words]
  t.deepEqual(after.words, ['a', 'tx'])
  t.deepEqual(before.words, ['a', 'unknown', 'tx'], 'a type of record that a codec does not know is skipped')
  t.deepEqual(
    after.places,
    before.places.filter(place => !place.startsWith('2:')),
  )
})

test('a decision larger than a batch becomes several batches of one append', async t => {
  const { log, shard } = await world()
  let batches = 0
  const counting: ShardLog = {
    ...log,
    append(all, end) {
      batches = all.length
      return log.append(all, end)
    },
  }
  const words = shard({ log: counting, maxBatchBytes: 100, make: () => new Words() })
  await words.load()
  const adds = Promise.all([add(words, 'first'), ...Array.from({ length: 10 }, (_, n) => add(words, `word${n}`))])
  await adds
  t.is(batches, 5, 'two records of 42 bytes fit into 100')
  const again = shard()
  t.is(await read(again), await read(words))
})

test('after a conflict the owner reads what it missed and decides again', async t => {
  const { shard } = await world()
  const one = shard()
  const other = shard()
  await Promise.all([one.load(), other.load()])
  t.is(await add(other, 'theirs'), '0')
  t.is(await add(one, 'mine'), '1', 'decided anew on what was missed')
  t.is(await read(one), 'theirs mine')
})

test('after a conflict a broker that is not the owner any more answers NOT_COORDINATOR', async t => {
  const { shard } = await world()
  const one = shard({ isOwner: () => false })
  const other = shard()
  await Promise.all([one.load(), other.load()])
  const parked = one.send(request => ({ type: 'park', request }))
  await add(other, 'theirs')
  t.is(await errorOf(add(one, 'mine')), 'NOT_COORDINATOR')
  t.is(await errorOf(parked), 'NOT_COORDINATOR')
  t.is(one.machine, null)
  t.is(await read(other), 'theirs')
})

test('conflicts without end are answered', async t => {
  const { log, shard } = await world()
  const append = async (): Promise<Appended> => ({ ok: false, reason: 'conflict', end: 0 })
  t.is(await errorOf(add(shard({ log: { ...log, append } }), 'never')), 'COORDINATOR_NOT_AVAILABLE')
})

test('an unknown outcome is never decided again, and what was written counts', async t => {
  const { log, logged, shard } = await world()
  let lost = true
  const losing: ShardLog = {
    ...log,
    async append(...args) {
      const appended = await log.append(...args)
      if (lost) throw new Error('the connection broke')
      return appended
    },
  }
  const words = shard({ log: losing })
  await words.load()
  const parked = words.send(request => ({ type: 'park', request }))
  t.is(await errorOf(add(words, 'once')), 'COORDINATOR_NOT_AVAILABLE')
  t.is(await errorOf(parked), 'NOT_COORDINATOR')
  lost = false
  t.is(await read(words), 'once')
  t.deepEqual(logged, ['the outcome of an append is unknown'])
})

for (const [reason, error] of [
  ['full', 'COORDINATOR_NOT_AVAILABLE'],
  ['failed', 'COORDINATOR_NOT_AVAILABLE'],
  ['gone', 'NOT_COORDINATOR'],
] as const) {
  test(`an append that is ${reason} leaves nothing in memory`, async t => {
    const { log, shard } = await world()
    let fail = true
    const failing: ShardLog = {
      ...log,
      append: async (...args) => (fail ? { ok: false, reason, end: 0 } : log.append(...args)),
    }
    const words = shard({ log: failing })
    t.is(await errorOf(add(words, 'lost')), error)
    fail = false
    t.is(await read(words), '')
    t.is(await add(words, 'kept'), '0')
  })
}

test('a throw fails that request alone, and the state is loaded anew', async t => {
  const { logged, shard } = await world()
  const words = shard()
  await words.load()
  const parked = words.send(request => ({ type: 'park', request }))
  const results = await Promise.all([
    add(words, 'before'),
    errorOf(words.send(request => ({ type: 'fail', request }))),
    add(words, 'after'),
    errorOf(parked),
  ])
  t.deepEqual(results, ['0', 'UNKNOWN_SERVER_ERROR', '1', 'NOT_COORDINATOR'])
  t.is(await read(words), 'before after')
  t.deepEqual(logged, ['a decision threw'])
})

test('a log that can not be read fails the requests that wait, and is tried again', async t => {
  const { log, shard } = await world()
  let broken = true
  const words = shard({
    log: {
      ...log,
      bounds: () => {
        if (broken) throw new Error('I/O')
        return log.bounds()
      },
    },
  })
  t.is(await errorOf(add(words, 'a')), 'COORDINATOR_NOT_AVAILABLE')
  t.is(await errorOf(words.load()), 'COORDINATOR_NOT_AVAILABLE')
  broken = false
  t.is(await add(words, 'a'), '0')
})

test('a timer expires once, at its last deadline', async t => {
  const { clock, shard } = await world()
  const words = shard()
  await words.tell({ type: 'wake', key: 'k', at: 100 })
  await clock.advance(50)
  await words.tell({ type: 'wake', key: 'k', at: 200 })
  await clock.advance(149)
  t.deepEqual((words.machine as Words).expired, [])
  await clock.advance(1)
  t.deepEqual((words.machine as Words).expired, ['k@200'])
  await words.tell({ type: 'wake', key: 'k', at: 900 })
  await words.tell({ type: 'wake', key: 'k', at: 400 })
  await clock.advance(1000)
  t.deepEqual((words.machine as Words).expired, ['k@200', 'k@400'])
  t.is(clock.pending, 0)
})

test('after a load the timers are those that the machine sets', async t => {
  const { clock, shard } = await world()
  const words = shard({ make: () => new Words([{ type: 'wake', key: 'loaded', at: 500 }]) })
  await words.tell({ type: 'wake', key: 'old', at: 300 })
  await errorOf(words.send(request => ({ type: 'fail', request })))
  await clock.advance(1000)
  t.deepEqual((words.machine as Words).expired, ['loaded@500'])
})

test('a call is performed, and its answer comes back as an event', async t => {
  const { shard } = await world()
  const words = shard({ call: async call => ({ type: 'answer', text: `${call.target}: ${call.request}` }) })
  t.is(await words.send(request => ({ type: 'call', request })), 'somebody: hello')
})

test('closing answers all that waits, waits for the append under way, and refuses what comes', async t => {
  const { log, shard } = await world()
  let release = (): void => {}
  const slow: ShardLog = {
    ...log,
    async append(...args) {
      await new Promise<void>(resolve => {
        release = resolve
      })
      return log.append(...args)
    },
  }
  const words = shard({ log: slow })
  await words.load()
  const parked = words.send(request => ({ type: 'park', request }))
  const writing = errorOf(add(words, 'a'))
  const queued = errorOf(add(words, 'b'))
  await settled()
  let closed = false
  const closing = words.close(new KafkaError('NOT_COORDINATOR')).then(() => {
    closed = true
  })
  t.is(await errorOf(parked), 'NOT_COORDINATOR')
  t.deepEqual(await Promise.all([writing, queued]), ['NOT_COORDINATOR', 'NOT_COORDINATOR'])
  t.false(closed)
  release()
  await closing
  t.is(await errorOf(read(words)), 'NOT_COORDINATOR')
})
