import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { buildMarker } from '../../protocol/records/control.ts'
import { logOptions } from '../../storage/conformance/suite.ts'
import { DamagedRange } from '../../storage/engine.ts'
import { nodeDisk } from '../../storage/file/disk.ts'
import { stageDirectory } from '../../storage/file/directory/log-directories.ts'
import { startBroker } from '../index.ts'
import { encodeAbortedIndex } from '../partition/folds/aborted-index.ts'
import { Folds } from '../partition/folds/folds.ts'
import { encodeProducerSnapshot } from '../partition/folds/producer-snapshot.ts'
import { given, ID, OTHER_ID, opened, orders, textOf } from './testing/import-stage.ts'
import { type FixtureTopic, someRecords } from './testing/kafka-fixture.ts'

test("topics come with their ids, settings, bounds and records, under the next leader epoch, and Kafka's files stay", async t => {
  const { kafka, dataDir, run } = given(t, { topics: [orders] })
  const before = textOf(kafka)
  const { topics, linkedCount, copiedCount } = await run()
  t.deepEqual(
    topics.map(({ name, partitions }) => [name, partitions.length]),
    [['orders', 2]],
  )
  t.deepEqual([linkedCount, copiedCount], [1, 2])
  const { engine, clusterId, image, close } = await opened(t, dataDir)
  t.is(clusterId, 'fixture')
  const topic = image.topicByName('orders')
  t.is(topic?.id, ID)
  t.deepEqual(
    topic?.partitions.map(({ leader, leaderEpoch, replicas, isr }) => ({ leader, leaderEpoch, replicas, isr })),
    [0, 1].map(() => ({ leader: 1, leaderEpoch: 4, replicas: [1], isr: [1] })),
  )
  t.deepEqual([...image.config(2, 'orders')], Object.entries(orders.config!))
  const log = engine.log(`data/${ID}/0`)
  t.deepEqual(await log.bounds(), { start: 4, committed: 9, end: 9 })
  const slice = await log.read(0, { maxBytes: 1_000_000 })
  t.deepEqual(Buffer.concat(slice.chunks as Buffer[]), Buffer.concat([someRecords(3, 2), someRecords(5, 4)]))
  slice.release()

  const bytes = someRecords(9, 2)
  const batch = { baseOffset: 9, lastOffset: 10, maxTimestamp: 1, bytes }
  const [appended] = await engine.append([{ log, batches: [batch], expectedEnd: 9 }])
  t.deepEqual(await appended, { ok: true, end: 11 })
  await close()
  t.deepEqual(textOf(kafka), before)
})

test('closed segments are linked, the last one is copied, and with link off all are', async t => {
  for (const link of [true, false]) {
    const { kafka, dataDir, run } = given(t, { topics: [orders] })
    await run({ link })
    const inode = (root: string, name: string) => statSync(join(root, 'orders-0', name)).ino
    const closed = '00000000000000000000.log'
    const active = '00000000000000000005.log'
    t.is(inode(kafka, closed) === inode(dataDir, closed), link)
    t.not(inode(kafka, active), inode(dataDir, active))
    const modifiedMs = (root: string) => statSync(join(root, 'orders-0', active)).mtimeMs
    t.true(Math.abs(modifiedMs(dataDir) - modifiedMs(kafka)) < 2)
  }
})

test("what Samsa compacts, trims and deletes of linked segments stays in Kafka's directory", async t => {
  const segments = [[someRecords(0, 3)], [someRecords(3, 2)], [someRecords(5, 4)], [someRecords(9, 1)]]
  const { kafka, dataDir, run } = given(t, { topics: [{ ...orders, partitions: [{ segments }] }] })
  const before = textOf(kafka)
  t.is((await run()).linkedCount, 3)
  const { engine, close } = await opened(t, dataDir)
  const log = engine.log(`data/${ID}/0`)
  const { generation } = await log.segments()
  t.true(await log.rewrite({ from: 3, to: 9, generation }, async batches => batches.slice(1)))
  await log.trim(3)
  await close()
  t.deepEqual(textOf(kafka), before)
  const next = await opened(t, dataDir)
  await next.engine.deleteLog(`data/${ID}/0`)
  await next.close()
  t.deepEqual(textOf(kafka), before)
})

test('a dry run reads everything and changes nothing', async t => {
  const { home, run } = given(t, { topics: [orders] })
  const before = textOf(home)
  const { topics } = await run({ dryRun: true })
  t.is(topics[0]?.partitions[0]?.checked.end, 9)
  t.deepEqual(textOf(home), before)
})

test('what folds know comes from the files beside the log, and the log need not be read', async t => {
  const aborted = { producerId: 7, firstOffset: 0, lastOffset: 3, lastStableOffset: 4 }
  const batches = [
    someRecords(0, 3, { producerId: 7, producerEpoch: 1, baseSequence: 0, transactional: true }),
    buildMarker({
      ...{ result: 'abort', producerId: 7, producerEpoch: 1, coordinatorEpoch: 2, timestamp: 1, baseOffset: 3 },
      leaderEpoch: 3,
    }),
    someRecords(4, 2, { producerId: 9, producerEpoch: 0, baseSequence: 40, transactional: true }),
  ]
  // The log says less than the snapshot: a producer whose batches retention has dropped.
  const gone = {
    ...{ id: 5000, epoch: 2, lastTimestamp: 1_699_999_999_999, coordinatorEpoch: -1 },
    batches: [{ firstSequence: 8, lastSequence: 9, lastOffset: 1, offsetDelta: 1, timestamp: 1_699_999_999_999 }],
  }
  const direct = new Folds()
  for (const bytes of batches) direct.apply(bytes, 0)
  const known = Array.from(direct.producers.producers(), producer => ({
    producer,
    openedAt: direct.transactions.openedAt(producer.id),
  }))
  const files = {
    '00000000000000000006.snapshot': encodeProducerSnapshot([...known, { producer: gone, openedAt: -1 }]),
    '00000000000000000000.txnindex': encodeAbortedIndex([aborted]),
    'leader-epoch-checkpoint': '0\n1\n3 0\n',
  }
  const { dataDir, run } = given(t, { topics: [{ ...orders, partitions: [{ segments: [batches], files }] }] })
  await run()
  const { engine, image, close } = await opened(t, dataDir)
  const folds = new Folds()
  await folds.restore(engine.log(`data/${ID}/0`))
  t.is(folds.replayedBytes, 0)
  t.deepEqual(folds.transactions.aborted(), [aborted])
  t.is(folds.transactions.openedAt(9), 4)
  t.is(folds.transactions.lastStableOffset(6), 4)
  t.is(folds.producers.get(9)?.batches.at(-1)?.lastSequence, 41)
  t.is(folds.producers.get(5000)?.batches.at(-1)?.lastSequence, 9)
  t.deepEqual(folds.epochs.all(), [{ epoch: 3, startOffset: 0 }])
  t.is(image.nextProducerId, 5001)
  await close()
})

test('without a metadata log topics keep their ids and all of their records', async t => {
  const offsets: FixtureTopic = { ...orders, name: '__consumer_offsets', id: OTHER_ID }
  const { dataDir, run } = given(t, { topics: [orders, offsets], metadata: null })
  const { notes } = await run()
  t.regex(notes.join('\n'), /there is no metadata log/)
  const { image, close } = await opened(t, dataDir)
  t.is(image.topicByName('orders')?.id, ID)
  t.is(image.topicByName('orders')?.partitions[0]?.leaderEpoch, 4)
  t.deepEqual(Object.fromEntries(image.config(2, 'orders')), { 'retention.ms': '-1', 'retention.bytes': '-1' })
  t.is(image.config(2, '__consumer_offsets').get('cleanup.policy'), 'compact')
  await close()
})

test('a topic is imported beside those that are there, once', async t => {
  const { dataDir, run, refused } = given(t, { topics: [orders, { ...orders, name: 'other', id: OTHER_ID }] })
  await run({ wanted: name => name === 'other' })
  t.deepEqual(await refused(), ["Topic 'other' already exists."])
  await run({ wanted: name => name === 'orders' })
  const { image, close } = await opened(t, dataDir)
  t.deepEqual(Array.from(image.topics(), ({ name }) => name).sort(), ['orders', 'other'])
  await close()
})

test('an import that fails on the way leaves nothing of itself', async t => {
  const { home, run } = given(t, { topics: [orders] })
  const dataDir = join(home, 'samsa')
  const progress = ({ phase, name }: { phase: string; name: string }): void => {
    if (phase === 'stage' && name === 'orders-1') throw new Error('the disk died')
  }
  await t.throwsAsync(run({ progress }), { message: 'the disk died' })
  t.deepEqual(
    readdirSync(dataDir).filter(name => name.includes('orders') || name.startsWith('.create-')),
    [],
  )
  await run()
})

test('a directory that was not closed cleanly is refused, and recovered where that is asked for', async t => {
  const { kafka, dataDir, run, refused } = given(t, { topics: [orders], clean: false })
  const path = join(kafka, 'orders-0', '00000000000000000005.log')
  const whole = readFileSync(path)
  writeFileSync(path, Buffer.concat([whole, someRecords(9, 2).subarray(0, 80)]))
  t.regex((await refused()).join(), /was not closed cleanly/)
  const { notes } = await run({ recover: true })
  t.regex(notes.join(), /left out: .*80 bytes from byte/)
  const { engine, close } = await opened(t, dataDir)
  t.is((await engine.log(`data/${ID}/0`).bounds()).end, 9)
  await close()
  t.deepEqual(readFileSync(join(dataDir, 'orders-0', '00000000000000000005.log')), whole)
  t.is(statSync(path).size, whole.length + 80)
})

test('damage is told with its place; kept where that is asked for, it hides what it hides', async t => {
  const { kafka, dataDir, run, refused } = given(t, { topics: [orders] })
  const path = join(kafka, 'orders-0', '00000000000000000000.log')
  const bytes = readFileSync(path)
  bytes[someRecords(0, 3).length + 70]! ^= 1
  writeFileSync(path, bytes)
  t.regex((await refused()).join(), /orders-0.*00000000000000000000\.log.*wrong checksum/)
  t.regex((await refused({ recover: true })).join(), /wrong checksum/)
  await run({ keepDamage: true })
  const { engine, close } = await opened(t, dataDir)
  const log = engine.log(`data/${ID}/0`)
  const found = await (async () => log.read(4, { maxBytes: 1000 }))().catch((error: unknown) => error)
  t.true(found instanceof DamagedRange && found.from === 3 && found.to === 5)
  const slice = await log.read(5, { maxBytes: 1000 })
  t.is(slice.next, 9)
  slice.release()
  await close()
})

test('messages of formats before 0.11 are refused by name', async t => {
  const { kafka, refused } = given(t, { topics: [orders] })
  const old = Buffer.alloc(60)
  old.writeInt32BE(48, 8)
  old[16] = 1
  writeFileSync(join(kafka, 'orders-1', '00000000000000000000.log'), old)
  t.regex((await refused()).join(), /a message of format 1, from before Kafka 0\.11/)
})

test('logs that were taken in without their topics, as a crash leaves them, are removed by the next start', async t => {
  const { dataDir, run } = given(t, { topics: [orders] })
  const { engine, clusterId, close } = await opened(t, dataDir)
  await engine.identify(clusterId, 1)
  const id = `data/${OTHER_ID}/0`
  const directory = stageDirectory(nodeDisk, dataDir, id, 'half-0', 'unique')
  writeFileSync(join(directory, '00000000000000000000.log'), someRecords(0, 3))
  await engine.adoptLogs([{ id, options: logOptions('half-0'), directory, start: 0, end: 3 }])
  await close()
  t.true(readdirSync(dataDir).includes('half-0'))
  const broker = await startBroker({ engine: 'file', dataDir })
  await broker.stop()
  t.deepEqual(
    readdirSync(dataDir).filter(name => name.startsWith('half-0')),
    [],
  )
  await run()
})
