import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { createFileEngine } from '../../../storage/file/engine.ts'
import { mortalDisk } from '../../../storage/file/testing/faulty-disk.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { Folds } from '../folds/folds.ts'
import type { Partition } from '../partition.ts'
import { Stage } from '../testing/stage.ts'
import { CompactedModel, consumed } from './testing/compacted-topic.ts'

const SETTINGS = { 'cleanup.policy': 'compact', 'segment.bytes': '400', 'delete.retention.ms': '1000' }

/** A broker's life over the directory: it writes, and dies in a compaction or, if it is the last, not at all. */
const live = async (
  t: ExecutionContext,
  dataDir: string,
  random: SeededRandom,
  model: CompactedModel,
  startMs: number,
  isLast: boolean,
): Promise<number> => {
  const mortal = mortalDisk()
  // A process that dies takes nothing from the page cache, so nothing needs to be synced.
  const disk = { ...mortal.disk, sync: async () => {}, syncDirectory: async () => {} }
  const engine = createFileEngine({ dataDir, disk, after: () => () => {} })
  await engine.open()
  // Keys enough for several passes now and then.
  const stage = new Stage({ 'log.cleaner.dedupe.buffer.size': random.integer(2) === 0 ? '200' : '20000' }, engine)
  await stage.clock.advance(startMs)
  await stage.create('t', SETTINGS)
  const partition = await stage.partition()
  await check(t, partition, model)
  for (let step = 0; step < 30; step++) {
    await stage.clock.advance(random.integer(100))
    await model.write(stage, partition)
    if (random.integer(10) === 0) await stage.partitions.clean()
  }
  await model.endAll(partition)
  if (!isLast) mortal.killIn(1 + random.integer(40), random.integer(100))
  await stage.partitions.clean()
  if (!mortal.dead) {
    await check(t, partition, model)
    await stage.clock.advance(random.integer(3000))
    await stage.partitions.clean()
  }
  if (!mortal.dead) await check(t, partition, model)
  mortal.bury()
  // The lock names this process, which lives.
  rmSync(join(dataDir, '.lock'), { force: true })
  return stage.clock.monotonic()
}

const check = async (t: ExecutionContext, partition: Partition, model: CompactedModel): Promise<void> => {
  t.deepEqual(await consumed(partition), model.values)
  const fromTheLog = new Folds()
  await fromTheLog.replay(partition.log)
  for (const [producerId, next] of model.sequences)
    for (const folds of [partition.folds, fromTheLog])
      t.is(folds.producers.get(producerId)?.batches.at(-1)?.lastSequence, next - 1)
}

test('whenever the broker dies in a compaction, the next one finds what consumers must end with', async t => {
  for (let seed = 1; seed <= 5; seed++) {
    t.log(`seed ${seed}`)
    const dataDir = mkdtempSync(join(tmpdir(), 'samsa-cleaner-'))
    t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
    const random = new SeededRandom(seed)
    const model = new CompactedModel(random)
    let ms = 0
    for (let life = 0; life < 6; life++) ms = await live(t, dataDir, random, model, ms, life === 5)
  }
})
