import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import * as header from '../../protocol/records/batch.ts'
import { append, batchAt, batchesFrom, contents, createLog, fill, logOptions } from '../conformance/suite.ts'
import type { Batch } from '../engine.ts'
import { createFileEngine } from './engine.ts'
import { kafkaSegment } from './kafka-segment.test.fixture.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

const written = Buffer.from(kafkaSegment.log, 'base64')

const batchesOfKafka = (): Batch[] =>
  [...header.batches(written)].map(at => ({
    baseOffset: header.baseOffset(written, at),
    lastOffset: header.lastOffset(written, at),
    maxTimestamp: header.maxTimestamp(written, at),
    bytes: written.subarray(at, at + header.sizeInBytes(written, at)),
  }))

test('a segment and its indexes are the bytes that Kafka writes, also when they are built anew', async t => {
  const dataDir = temporaryDirectory(t)
  const engine = createFileEngine({ dataDir })
  await engine.open()
  await fill(t, engine, await createLog(engine, { indexIntervalBytes: 200 }), batchesOfKafka())
  await engine.close()
  const path = (kind: string): string => join(dataDir, `t-0/00000000000000000000.${kind}`)
  const compare = (): void => {
    for (const [kind, bytes] of Object.entries(kafkaSegment)) t.is(readFileSync(path(kind), 'base64'), bytes, kind)
  }
  compare()

  rmSync(path('index'))
  rmSync(path('timeindex'))
  const next = createFileEngine({ dataDir })
  await next.open()
  t.is((await contents(await createLog(next, { indexIntervalBytes: 200 }))).length, 12)
  await next.close()
  compare()
})

test("the top of the directory is Kafka's", async t => {
  const dataDir = temporaryDirectory(t)
  const engine = createFileEngine({ dataDir, uuid: () => 'tOhhFJ9oKcZ6-V-Uf4oRiw' })
  await engine.open()
  await engine.identify('AAAAAAAAAAAAAAAAAAAAAA', 1)
  const log = await createLog(engine)
  await append(engine, log, batchesFrom(0, {}, {}, {}))
  await log.trim(2)
  await engine.createLog('state/cluster', logOptions('__cluster_metadata-0'))
  await append(engine, engine.log('state/cluster'), [batchAt(0)])
  await engine.close()
  const text = (name: string): string => readFileSync(join(dataDir, name), 'utf8')
  t.deepEqual(readdirSync(dataDir).sort(), [
    '.kafka_cleanshutdown',
    '__cluster_metadata-0',
    'log-start-offset-checkpoint',
    'meta.properties',
    'recovery-point-offset-checkpoint',
    'replication-offset-checkpoint',
    't-0',
  ])
  t.is(text('.kafka_cleanshutdown'), '{"version":0,"brokerEpoch":-1}')
  const sorted = (name: string): string[] => text(name).split('\n').sort()
  t.is(text('log-start-offset-checkpoint'), '0\n1\nt 0 2\n')
  t.deepEqual(sorted('recovery-point-offset-checkpoint'), ['', '0', '2', '__cluster_metadata 0 1', 't 0 3'])
  t.deepEqual(sorted('replication-offset-checkpoint'), ['', '0', '2', '__cluster_metadata 0 1', 't 0 3'])
  t.is(
    text('meta.properties'),
    'node.id=1\ndirectory.id=tOhhFJ9oKcZ6-V-Uf4oRiw\nversion=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\n',
  )
  t.is(text('t-0/partition.metadata'), 'version: 0\ntopic_id: dGVzdC1vZi1lbmdpbmVzMQ')
  t.is(text('__cluster_metadata-0/samsa.log'), 'version: 0\nid: state/cluster\n')
})

test('a directory of another cluster or node is refused', async t => {
  const dataDir = temporaryDirectory(t)
  const engine = createFileEngine({ dataDir })
  await engine.open()
  await engine.identify('AAAAAAAAAAAAAAAAAAAAAA', 1)
  const written = readFileSync(join(dataDir, 'meta.properties'), 'utf8')
  await engine.close()
  const next = createFileEngine({ dataDir })
  await next.open()
  await t.throwsAsync(next.identify('other', 1), {
    message: /belongs to the cluster AAAAAAAAAAAAAAAAAAAAAA, not to other/,
  })
  await t.throwsAsync(next.identify('AAAAAAAAAAAAAAAAAAAAAA', 2), { message: /belongs to the node 1, not to 2/ })
  await next.identify('AAAAAAAAAAAAAAAAAAAAAA', 1)
  await next.close()
  t.is(readFileSync(join(dataDir, 'meta.properties'), 'utf8'), written)
})

test('names that are no directory of a partition are refused', async t => {
  const engine = createFileEngine({ dataDir: temporaryDirectory(t) })
  await engine.open()
  for (const name of ['', 't', 't-', 't-01', '../t-0', 'a/b-0', '.-x', `${'n'.repeat(250)}-0`])
    await t.throwsAsync(engine.createLog('state/x', logOptions(name)), { instanceOf: RangeError }, name)
  t.true(await engine.createLog('state/x', logOptions(`${'n'.repeat(249)}-0`)))
  await engine.deleteLog('state/x')
  await engine.close()
})
