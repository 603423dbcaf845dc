/** Logs come and go. */
import { LogGone } from '../engine.ts'
import {
  append,
  batchAt,
  batchesFrom,
  contents,
  createLog,
  fill,
  logOptions,
  offsetsOf,
  type Suite,
  TOPIC_ID,
} from './suite.ts'

/** How logs are made, configured, found and deleted. */
export const lifecycle = (test: Suite): void => {
  test('a handle can be made before its log, and works once that is there', async (t, engine) => {
    const log = engine.log(`data/${TOPIC_ID}/0`)
    t.is(log.id, `data/${TOPIC_ID}/0`)
    await t.throwsAsync(async () => log.bounds(), { instanceOf: LogGone })
    await createLog(engine)
    t.deepEqual(await log.bounds(), { start: 0, committed: 0, end: 0 })
  })

  test('creating a log that is there answers false and configures it', async (t, engine) => {
    const id = `data/${TOPIC_ID}/0`
    t.true(await engine.createLog(id, logOptions('t-0', { segmentBytes: 100 })))
    await append(engine, engine.log(id), batchesFrom(0, {}, {}))
    t.false(await engine.createLog(id, logOptions('t-0', { segmentBytes: 1000 })))
    await append(engine, engine.log(id), batchesFrom(2, {}, {}))
    t.is((await engine.log(id).segments()).segments.length, 2)
  })

  test('a deleted log fails all that is asked of it with LogGone, and appends with `gone`', async (t, engine) => {
    const log = await createLog(engine)
    await fill(t, engine, log, [batchAt(0)])
    await engine.deleteLog(log.id)
    const gone = { instanceOf: LogGone }
    await t.throwsAsync(async () => log.bounds(), gone)
    await t.throwsAsync(async () => log.read(0, { maxBytes: 100 }), gone)
    await t.throwsAsync(async () => log.sizeBytes(), gone)
    await t.throwsAsync(async () => log.configure(logOptions('t-0')), gone)
    await t.throwsAsync(log.firstAtOrAfter(0), gone)
    await t.throwsAsync(log.segments(), gone)
    await t.throwsAsync(log.roll(), gone)
    await t.throwsAsync(log.trim(1), gone)
    await t.throwsAsync(
      log.rewrite({ from: 0, to: 1, generation: 0 }, async batches => batches),
      gone,
    )
    await t.throwsAsync(log.saveCheckpoint({ at: 0, parts: new Map() }), gone)
    await t.throwsAsync(log.loadCheckpoint(), gone)
    t.deepEqual(await append(engine, log, [batchAt(1)]), { ok: false, reason: 'gone', end: 0 })
  })

  test('deleting a log that is not there does nothing', async (t, engine) => {
    await engine.deleteLog(`data/${TOPIC_ID}/5`)
    const log = await createLog(engine)
    await engine.deleteLog(log.id)
    await engine.deleteLog(log.id)
    t.pass()
  })

  test('a log that is created again is another one', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 100 })
    await append(engine, log, batchesFrom(0, {}, {}, {}, {}))
    await log.trim(3)
    await log.saveCheckpoint({ at: 4, parts: new Map([['.snapshot', Buffer.from('old')]]) })
    await engine.deleteLog(log.id)
    await createLog(engine)
    t.deepEqual(await log.bounds(), { start: 0, committed: 0, end: 0 })
    t.is(await log.loadCheckpoint(), null)
    t.deepEqual(await append(engine, log, batchesFrom(0, {}, {})), { ok: true, end: 2 })
    t.deepEqual(offsetsOf(await contents(log)), [0, 1])
  })

  test('a name is free for another log once its log is deleted', async (t, engine) => {
    const log = await createLog(engine)
    await fill(t, engine, log, [batchAt(0)])
    await log.trim(1)
    await engine.deleteLog(log.id)
    const other = 'data/YW5vdGhlci10b3BpYy1pZA/0'
    t.true(await engine.createLog(other, logOptions('t-0')))
    t.deepEqual(await engine.log(other).bounds(), { start: 0, committed: 0, end: 0 })
  })

  test('a log can be deleted during its rewrite', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 100 })
    await append(engine, log, batchesFrom(0, {}, {}, {}))
    const { generation } = await log.segments()
    const rewrite = log.rewrite({ from: 0, to: 2, generation }, async batches => {
      await engine.deleteLog(log.id)
      return batches
    })
    await t.throwsAsync(rewrite, { instanceOf: LogGone })
    await t.throwsAsync(async () => log.bounds(), { instanceOf: LogGone })
  })

  test('logs are listed by prefix', async (t, engine) => {
    await createLog(engine, {}, 0)
    await createLog(engine, {}, 12)
    await engine.createLog('state/cluster', logOptions('__cluster_metadata-0'))
    const list = async (prefix: string): Promise<string[]> => {
      const found: string[] = []
      for await (const id of engine.logs(prefix)) found.push(id)
      return found.sort()
    }
    t.deepEqual(await list(''), [`data/${TOPIC_ID}/0`, `data/${TOPIC_ID}/12`, 'state/cluster'])
    t.deepEqual(await list('data/'), [`data/${TOPIC_ID}/0`, `data/${TOPIC_ID}/12`])
    t.deepEqual(await list('state/'), ['state/cluster'])
    t.deepEqual(await list('nothing'), [])
    await engine.deleteLog(`data/${TOPIC_ID}/0`)
    t.deepEqual(await list('data/'), [`data/${TOPIC_ID}/12`])
  })

  test('a watch can be set and cancelled, and is not called for our own appends', async (t, engine) => {
    const log = await createLog(engine)
    const cancel = engine.watch(log.id, () => t.fail())
    await fill(t, engine, log, [batchAt(0)])
    cancel()
    cancel()
    t.pass()
  })

  test('storage can be marked with its owner, again and again', async (t, engine) => {
    await engine.identify('AAAAAAAAAAAAAAAAAAAAAA', 1)
    await t.notThrowsAsync(engine.identify('AAAAAAAAAAAAAAAAAAAAAA', 1))
  })

  test('an engine says where it keeps its bytes', async (t, engine) => {
    const { path, totalBytes, usableBytes } = await engine.location()
    t.not(path, '')
    t.true(totalBytes >= -1)
    t.true(usableBytes >= -1)
  })
}
