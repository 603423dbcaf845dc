/**
 * What Samsa's compaction leaves of a log, beside what a real Kafka's left of it.
 */
import test from 'ava'
import { pino } from 'pino'
import * as batch from '../../../protocol/records/batch.ts'
import { ready } from '../../../protocol/records/compression.ts'
import { batchesIn, recordsIn, Stage, wholeLog } from '../testing/stage.ts'
import { cleanableOf } from './cleanable.ts'
import { clean } from './cleaner.ts'
import { recordedCompactions } from './testing/recorded-compactions.ts'
import { DELETE_RETENTION_MS } from './testing/compaction-stories.ts'
import { Throttle } from './throttle.ts'

test.before(() => ready('zstd'))

/** All that a compaction decides. The time of a horizon is the cleaner's clock's; compressors differ. */
const told = (bytes: Buffer) => ({
  offsets: `${batch.baseOffset(bytes, 0)}-${batch.lastOffset(bytes, 0)}`,
  count: batch.recordCount(bytes, 0),
  attributes: batch.attributes(bytes, 0),
  producer: [batch.producerId(bytes, 0), batch.producerEpoch(bytes, 0), batch.baseSequence(bytes, 0)],
  maxTimestamp: batch.maxTimestamp(bytes, 0),
  ...(batch.hasDeleteHorizon(bytes, 0) ? {} : { baseTimestamp: batch.baseTimestamp(bytes, 0) }),
  records: recordsIn([bytes]).map(({ offset, timestamp, key, value }) => [
    offset,
    timestamp,
    key?.toString('base64'),
    value?.toString('base64'),
  ]),
})

for (const { name, stages } of recordedCompactions)
  test(`compaction leaves what Kafka's does: ${name}`, async t => {
    const stage = new Stage()
    await stage.create('t', { 'cleanup.policy': 'compact', 'delete.retention.ms': String(DELETE_RETENTION_MS) })
    const partition = await stage.partition()
    const { clock } = stage
    const deps = {
      clock,
      logger: pino({ level: 'silent' }),
      mapBytes: 1 << 20,
      loadFactor: 0.9,
      throttle: new Throttle(clock, () => Number.MAX_VALUE),
      stopping: () => false,
    }
    for (const [index, { appended, cleanedTo, cleanedMs, left }] of stages.entries()) {
      for (const written of appended) {
        const bytes = Buffer.from(written, 'base64')
        const [baseOffset, lastOffset] = [batch.baseOffset(bytes, 0), batch.lastOffset(bytes, 0)]
        // Kafka compacted what lies below, so there a segment ended.
        if (baseOffset === cleanedTo) await partition.log.roll()
        const placed = { baseOffset, lastOffset, maxTimestamp: batch.maxTimestamp(bytes, 0), bytes }
        t.true((await partition.shardLog().append([placed], partition.end)).ok)
      }
      await clock.advance(cleanedMs - clock.now())
      for (;;) {
        const cleanable = await cleanableOf(partition, clock.now())
        if (cleanable === null || (await clean(partition, cleanable, deps))) break
      }
      t.is(partition.folds.cleanedTo, Math.max(0, cleanedTo))
      const kept = (await wholeLog(partition)).map(told)
      const expected = batchesIn(left.map(bytes => Buffer.from(bytes, 'base64'))).map(told)
      t.deepEqual(kept, expected, `stage ${index}`)
    }
  })
