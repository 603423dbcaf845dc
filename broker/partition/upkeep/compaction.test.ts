import test from 'ava'
import { buildBatch } from '../../../protocol/records/build.ts'
import { ready } from '../../../protocol/records/compression.ts'
import { recordOf, recordsIn, Stage, wholeLog } from '../testing/stage.ts'
import { put } from './testing/compacted-topic.ts'

test.before(() => ready('zstd'))

const COMPACTED = { 'cleanup.policy': 'compact', 'segment.bytes': '400' }

/** A clock by which every piece of work takes long. */
const slowly = (stage: Stage): void => {
  let ms = 0
  stage.clock.monotonic = () => {
    ms += 5
    return ms
  }
}

test('the dirtiest log is compacted first, those that are clean enough not at all', async t => {
  const stage = new Stage({ 'log.cleaner.backoff.ms': '1000' })
  const order: string[] = []
  const spied = async (name: string): Promise<void> => {
    const partition = await stage.partition(name)
    const rewrite = partition.log.rewrite.bind(partition.log)
    partition.log.rewrite = (range, keep) => {
      order.push(name)
      return rewrite(range, keep)
    }
  }
  const topics = { little: [30, 5], half: [10, 15], most: [5, 30], all: [0, 10] } as const
  const write = async (topic: string, count: number): Promise<void> => {
    for (let index = 0; index < count; index++)
      await stage.produce(buildBatch({ records: [recordOf(`${index}`, 'x'.repeat(50))] }), { topic })
  }
  for (const [name, [clean]] of Object.entries(topics)) {
    await stage.create(name, COMPACTED)
    await write(name, clean)
  }
  await stage.partitions.clean()
  for (const [name, [, dirty]] of Object.entries(topics)) {
    await write(name, dirty)
    await spied(name)
  }
  stage.partitions.start()
  await stage.clock.advance(1000)
  t.deepEqual(order, ['all', 'most', 'half'])
  await stage.partitions.close()
})

test('others have their turns within a large batch, compressed or not, and the outcome is the same', async t => {
  for (const compression of ['none', 'gzip', 'zstd'] as const) {
    const left: unknown[] = []
    for (const isSlow of [false, true]) {
      const stage = new Stage()
      await stage.create('t', { ...COMPACTED, 'segment.bytes': '1000000' })
      const records = Array.from({ length: 3000 }, (_, index) =>
        recordOf(`key ${index % 1000}`, index % 7 === 0 ? null : `value ${index}`, stage.clock.now()),
      )
      await stage.produce(buildBatch({ records, compression }))
      await put(stage, ['key 1', 'last'])
      if (isSlow) slowly(stage)
      let turns = 0
      let done = false
      const turn = (): void => {
        turns++
        if (!done) setImmediate(turn)
      }
      setImmediate(turn)
      await stage.partitions.clean()
      done = true
      if (isSlow) t.true(turns > 90, `${compression}: ${turns} turns`)
      left.push(recordsIn(await wholeLog(await stage.partition())))
    }
    t.is((left[0] as unknown[]).length, 1000)
    t.deepEqual(left[0], left[1])
  }
})

test('a stop gives a compaction up, and nothing has changed then', async t => {
  const stage = new Stage()
  await stage.create('t', COMPACTED)
  for (let index = 0; index < 100; index++) await put(stage, ['a', String(index)])
  const partition = await stage.partition()
  slowly(stage)
  const cleaning = stage.partitions.clean()
  for (let turn = 0; turn < 30; turn++) await new Promise(resolve => setImmediate(resolve))
  await stage.partitions.close()
  await cleaning
  t.is(partition.folds.cleanedTo, 0)
  t.is((await wholeLog(partition)).length, 100)
  await stage.restart()
  await stage.partitions.clean()
  t.is((await wholeLog(await stage.partition())).length, 1)
})

test('the cleaner keeps to log.cleaner.io.max.bytes.per.second', async t => {
  const stage = new Stage({ 'log.cleaner.io.max.bytes.per.second': '1000', 'log.cleaner.backoff.ms': '10' })
  await stage.create('t', COMPACTED)
  for (let index = 0; index < 100; index++) await put(stage, ['a', String(index)])
  const partition = await stage.partition()
  const bytes = await partition.log.sizeBytes()
  stage.partitions.start()
  // Read for the keys, and again for what stays.
  await stage.clock.advance(bytes * 2 - 2000)
  t.is(partition.folds.cleanedTo, 0)
  await stage.clock.advance(4000)
  t.true(partition.folds.cleanedTo > 90)
  await stage.partitions.close()
})
