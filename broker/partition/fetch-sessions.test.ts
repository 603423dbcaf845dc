import test from 'ava'
import { Stage } from './testing/stage.ts'

const EVICTION_MS = 120_000

/** Opens a session over `partitions` partitions; its id, 0 if there was no room. */
const open = async (stage: Stage, partitions = 1): Promise<number> => {
  const targets = Array.from({ length: partitions }, (_, index) => ['t', index, 0] as const)
  return (await stage.fetch({ targets, sessionEpoch: 0 })).sessionId!
}

const newStage = async (slots: number): Promise<Stage> => {
  const stage = new Stage({ 'max.incremental.fetch.session.cache.slots': String(slots) })
  await stage.create('t', {}, 5)
  return stage
}

const error = async (stage: Stage, sessionId: number, sessionEpoch: number): Promise<string> => {
  try {
    await stage.fetch({ targets: [], sessionId, sessionEpoch })
    return 'NONE'
  } catch (thrown) {
    return (thrown as { name: string }).name
  }
}

test('without room a full fetch is answered all the same, without a session', async t => {
  const stage = await newStage(2)
  t.true((await open(stage)) > 0)
  t.true((await open(stage)) > 0)
  t.is(await open(stage, 5), 0)
  t.is(stage.sessions.size, 2)
})

test('a session unused for two minutes gives way to any other', async t => {
  const stage = await newStage(1)
  const old = await open(stage, 5)
  await stage.clock.advance(EVICTION_MS + 1)
  const young = await open(stage, 1)
  t.true(young > 0)
  t.is(await error(stage, old, 1), 'FETCH_SESSION_ID_NOT_FOUND')
  t.is(await error(stage, young, 1), 'NONE')
})

test('a session in use gives way, once it is old, to a larger one only', async t => {
  const stage = await newStage(1)
  const old = await open(stage, 3)
  await stage.clock.advance(EVICTION_MS)
  t.is(await error(stage, old, 1), 'NONE')
  await stage.clock.advance(1000)
  t.is(await open(stage, 2), 0)
  t.true((await open(stage, 4)) > 0)
  t.is(await error(stage, old, 2), 'FETCH_SESSION_ID_NOT_FOUND')
})

test('no slots, no sessions', async t => {
  const stage = await newStage(0)
  t.is(await open(stage), 0)
})

test('a session’s epochs are taken in order and once', async t => {
  const stage = await newStage(10)
  const id = await open(stage)
  t.is(await error(stage, id, 2), 'INVALID_FETCH_SESSION_EPOCH')
  t.is(await error(stage, id, 1), 'NONE')
  t.is(await error(stage, id, 1), 'INVALID_FETCH_SESSION_EPOCH')
  t.is(await error(stage, id + 1, 2), 'FETCH_SESSION_ID_NOT_FOUND')
})

test('a session keeps to names or to ids', async t => {
  const stage = await newStage(10)
  const id = await open(stage)
  const byId = stage.fetch({ apiVersion: 13, targets: [], sessionId: id, sessionEpoch: 1 })
  t.is(await byId.catch((thrown: { name: string }) => thrown.name), 'FETCH_SESSION_TOPIC_ID_ERROR')
})

test('opening anew closes the session that was', async t => {
  const stage = await newStage(10)
  const id = await open(stage)
  const { sessionId } = await stage.fetch({ sessionId: id, sessionEpoch: 0 })
  t.not(sessionId, id)
  t.is(stage.sessions.size, 1)
})
