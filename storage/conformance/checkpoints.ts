/** Checkpoints of folds. */
import type { Checkpoint, Log, Offset } from '../engine.ts'
import { append, batchesFrom, createLog, type Suite } from './suite.ts'

const checkpointAt = (at: Offset, parts: Record<string, string>): Checkpoint => ({
  at,
  parts: new Map(
    Object.entries(parts)
      .sort()
      .map(([name, text]) => [name, Buffer.from(text)]),
  ),
})

/** The order of the parts means nothing. */
const loaded = async (log: Log): Promise<Checkpoint | null> => {
  const checkpoint = await log.loadCheckpoint()
  return checkpoint && { at: checkpoint.at, parts: new Map([...checkpoint.parts].sort()) }
}

/** What `saveCheckpoint` and `loadCheckpoint` promise. */
export const checkpoints = (test: Suite): void => {
  test('a log has no checkpoint at first', async (t, engine) => {
    t.is(await (await createLog(engine)).loadCheckpoint(), null)
  })

  test('the newest checkpoint is loaded with its parts', async (t, engine) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, {}, {}, {}, {}))
    for (const at of [0, 2, 4]) {
      const checkpoint = checkpointAt(at, {
        '.snapshot': `state at ${at}`,
        'leader-epoch-checkpoint': `epochs at ${at}`,
      })
      await log.saveCheckpoint(checkpoint)
      t.deepEqual(await loaded(log), checkpoint)
    }
  })

  test('a checkpoint may be saved again at the same offset', async (t, engine) => {
    const log = await createLog(engine)
    await log.saveCheckpoint(checkpointAt(0, { '.snapshot': 'first' }))
    await log.saveCheckpoint(checkpointAt(0, { '.snapshot': 'second' }))
    t.deepEqual(await loaded(log), checkpointAt(0, { '.snapshot': 'second' }))
  })

  test('of checkpoints that are saved at once the last one asked for is loaded', async (t, engine) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, {}, {}, {}))
    const all = [0, 2, 2, 3].map((at, index) =>
      checkpointAt(at, { '.snapshot': `state ${index}`, 'leader-epoch-checkpoint': `epochs ${index}` }),
    )
    await Promise.all(all.map(checkpoint => log.saveCheckpoint(checkpoint)))
    t.deepEqual(await loaded(log), all[3])
  })

  test('a checkpoint may have parts of the log only, or empty ones', async (t, engine) => {
    const log = await createLog(engine)
    await append(engine, log, batchesFrom(0, {}, {}))
    const ofLog = checkpointAt(2, { 'leader-epoch-checkpoint': 'epochs' })
    await log.saveCheckpoint(ofLog)
    t.deepEqual(await loaded(log), ofLog)
    const withEmpty = checkpointAt(2, { 'leader-epoch-checkpoint': 'epochs', '.snapshot': '' })
    await log.saveCheckpoint(withEmpty)
    t.deepEqual(await loaded(log), withEmpty)
  })

  test('a checkpoint beyond the end is refused', async (t, engine) => {
    const log = await createLog(engine)
    await t.throwsAsync(log.saveCheckpoint(checkpointAt(1, { '.snapshot': '' })), { instanceOf: RangeError })
  })

  test('a saved checkpoint does not change with the buffers it was saved from', async (t, engine) => {
    const log = await createLog(engine)
    const bytes = Buffer.from('before')
    await log.saveCheckpoint({ at: 0, parts: new Map([['.snapshot', bytes]]) })
    bytes.write('after!')
    t.deepEqual(await loaded(log), checkpointAt(0, { '.snapshot': 'before' }))
  })

  test('a checkpoint outlives a trim beyond it', async (t, engine) => {
    const log = await createLog(engine, { segmentBytes: 100 })
    await append(engine, log, batchesFrom(0, {}, {}, {}))
    await log.saveCheckpoint(checkpointAt(2, { '.snapshot': 'state' }))
    await log.trim(3)
    t.deepEqual(await loaded(log), checkpointAt(2, { '.snapshot': 'state' }))
  })
}
