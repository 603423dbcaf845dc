/** What a clean stop and a start leave, for engines whose storage outlives them. */
import type { ExecutionContext } from 'ava'
import type { Engine } from '../engine.ts'
import {
  append,
  batchAt,
  batchesFrom,
  bytesOf,
  contents,
  createLog,
  fill,
  logOptions,
  offsetsOf,
  type Subject,
  type Suite,
  TOPIC_ID,
} from './suite.ts'

/** Closes the engine, opens another and closes that after `body`. Expects a clean open. Does nothing for engines that forget. */
const reopened = async (
  t: ExecutionContext,
  { engine, again }: Subject,
  body: (engine: Engine) => Promise<void>,
): Promise<void> => {
  t.pass()
  if (again === undefined) return
  await engine.close()
  const next = again()
  t.deepEqual(await next.open(), { unclean: [] })
  try {
    await body(next)
  } finally {
    await next.close()
  }
}

/** What survives a close and an open; for engines that keep what they are given. */
export const reopening = (test: Suite): void => {
  test('logs, their batches and bounds survive a clean stop', async (t, engine, subject) => {
    const log = await createLog(engine, { segmentBytes: 1000 })
    const batches = batchesFrom(
      0,
      ...Array.from({ length: 50 }, (_, index) => ({ offsets: 3, timestamp: index * 10, sizeBytes: 90 + index })),
    )
    await fill(t, engine, log, batches)
    await log.trim(40)
    await createLog(engine, {}, 1)
    await engine.createLog('state/cluster', logOptions('__cluster_metadata-0'))
    const segments = await log.segments()
    const before = await contents(log)
    await reopened(t, subject, async next => {
      const ids: string[] = []
      for await (const id of next.logs('')) ids.push(id)
      t.deepEqual(ids.sort(), [`data/${TOPIC_ID}/0`, `data/${TOPIC_ID}/1`, 'state/cluster'])
      const found = next.log(log.id)
      t.deepEqual(await found.bounds(), { start: 40, committed: 150, end: 150 })
      t.deepEqual(await contents(found), before)
      const again = (await found.segments()).segments
      // The clock of the medium may be a little coarser than ours.
      for (const [index, { modifiedMs }] of again.entries())
        t.true(Math.abs(modifiedMs - segments.segments[index]!.modifiedMs) < 1000)
      t.deepEqual(
        again.map((segment, index) => ({ ...segment, modifiedMs: segments.segments[index]!.modifiedMs })),
        segments.segments,
      )
      t.is((await found.firstAtOrAfter(333))?.baseOffset, 102)
      t.deepEqual(await next.log(`data/${TOPIC_ID}/1`).bounds(), { start: 0, committed: 0, end: 0 })
    })
  })

  test('appends go on after a clean stop', async (t, engine, subject) => {
    const log = await createLog(engine)
    const batches = batchesFrom(0, ...Array.from({ length: 30 }, () => ({ offsets: 2, timestamp: 5 })))
    await fill(t, engine, log, batches.slice(0, 15))
    await reopened(t, subject, async next => {
      t.false(await next.createLog(log.id, logOptions('t-0')))
      await fill(t, next, next.log(log.id), batches.slice(15))
      t.deepEqual(await contents(next.log(log.id)), bytesOf(batches))
      t.is((await next.log(log.id).segments()).segments.length, 1)
    })
  })

  test('an empty active segment survives a clean stop', async (t, engine, subject) => {
    const log = await createLog(engine)
    await fill(t, engine, log, [batchAt(0)])
    await log.roll()
    await log.trim(1)
    await reopened(t, subject, async next => {
      t.deepEqual(await next.log(log.id).bounds(), { start: 1, committed: 1, end: 1 })
      await fill(t, next, next.log(log.id), [batchAt(1)])
      t.deepEqual(offsetsOf(await contents(next.log(log.id))), [1])
    })
  })

  test('checkpoints survive a clean stop', async (t, engine, subject) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, {}, {}, {}))
    const checkpoint = {
      at: 3,
      parts: new Map([
        ['.snapshot', Buffer.from('state')],
        ['leader-epoch-checkpoint', Buffer.from('epochs')],
      ]),
    }
    await log.saveCheckpoint(checkpoint)
    await reopened(t, subject, async next => {
      t.deepEqual((await next.log(log.id).loadCheckpoint())?.parts.get('.snapshot'), Buffer.from('state'))
      t.is((await next.log(log.id).loadCheckpoint())?.at, 3)
      t.is((await next.log(log.id).loadCheckpoint())?.parts.size, 2)
    })
  })

  test('a rewritten log survives a clean stop', async (t, engine, subject) => {
    const log = await createLog(engine, { segmentBytes: 300 })
    await fill(t, engine, log, batchesFrom(0, ...Array.from({ length: 10 }, () => ({}))))
    const { generation } = await log.segments()
    await log.rewrite({ from: 0, to: 9, generation }, async batches => batches.slice(-1))
    const before = await contents(log)
    await reopened(t, subject, async next => {
      t.deepEqual(await contents(next.log(log.id)), before)
      t.is((await next.log(log.id).bounds()).end, 10)
    })
  })

  test('a deleted log stays deleted, and its name is free', async (t, engine, subject) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, {}, {}))
    await log.trim(2)
    await engine.deleteLog(log.id)
    await reopened(t, subject, async next => {
      for await (const id of next.logs('')) t.fail(id)
      t.true(await next.createLog(log.id, logOptions('t-0')))
      t.deepEqual(await next.log(log.id).bounds(), { start: 0, committed: 0, end: 0 })
    })
  })
}
