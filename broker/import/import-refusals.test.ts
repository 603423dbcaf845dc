import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import * as kraft from '../../protocol/state/kraft-metadata.ts'
import { createFileEngine } from '../../storage/file/engine.ts'
import { Config } from '../config/config.ts'
import { startBroker } from '../index.ts'
import { given, OTHER_ID, opened, orders, textOf } from './testing/import-stage.ts'
import { framed, recordsOfTopic, writeKafkaDirectory } from './testing/kafka-fixture.ts'

test('a directory that another process holds is refused, with the number of the process', async t => {
  const { kafka, dataDir, refused } = given(t, { topics: [orders] })
  // On other systems there is nobody to ask.
  if (process.platform !== 'linux') return t.pass()
  const script = `const { openSync } = require('fs'); openSync(process.argv[1], 'r+'); console.log('held'); process.stdin.resume()`
  const holder = spawn(process.execPath, ['-e', script, join(kafka, '.lock')], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => holder.kill())
  await once(holder.stdout, 'data')
  t.deepEqual(await refused(), [`${kafka} is in use by the process ${holder.pid}: stop Kafka first`])
  t.throws(() => readdirSync(dataDir), { code: 'ENOENT' })
})

test('what is no directory of Kafka, and a directory into itself, are refused', async t => {
  const { home, kafka, dataDir, run, refused } = given(t, { topics: [orders] })
  mkdirSync(join(home, 'empty'))
  t.regex((await refused({ directories: [join(home, 'empty')] })).join(), /isn't a data directory of Kafka/)
  t.regex((await refused({ directories: [join(home, 'nowhere')] })).join(), /isn't a data directory of Kafka/)
  t.deepEqual(await refused({ dataDir: kafka }), [`${kafka} can't be imported into itself`])
  t.deepEqual(await refused({ wanted: () => false }), ['there is nothing to import'])
  await run()
  const other = { directories: [dataDir], dataDir: join(home, 'other') }
  t.deepEqual(await refused(other), [`${dataDir} is a data directory of Samsa, not of Kafka`])
})

test('a partition that is elsewhere, or not in sync here, stops the import', async t => {
  const elsewhere = given(t, { topics: [orders] })
  rmSync(join(elsewhere.kafka, 'orders-0'), { recursive: true })
  t.deepEqual(await elsewhere.refused(), ["orders-0 isn't in the directories given: it is on broker 1"])

  const behind = given(t, { topics: [{ ...orders, isr: [2] }] })
  t.deepEqual((await behind.refused()).length, 2)
  const second = join(behind.home, 'second')
  writeKafkaDirectory(second, { topics: [orders], nodeId: 2, metadata: null })
  const { topics } = await behind.run({ directories: [behind.kafka, second] })
  t.deepEqual(
    topics[0]?.partitions.map(({ log }) => log.path),
    [join(second, 'orders-0'), join(second, 'orders-1')],
  )
})

test('a broker that has stopped is out of the ISR, and still has all that is committed', async t => {
  const { run } = given(t, { topics: [{ ...orders, isr: [], eligible: [1] }] })
  t.is((await run()).topics.length, 1)
})

test('the metadata log may be in a directory of its own, which has no mark of a clean stop', async t => {
  const { home, run, refused } = given(t, { topics: [orders], metadata: null })
  const controller = join(home, 'controller')
  writeKafkaDirectory(controller, { topics: [], metadata: recordsOfTopic(orders), clean: false })
  t.is((await run({ metadataDirectory: controller, dryRun: true })).topics[0]?.config.get('segment.bytes'), '1048576')
  rmSync(join(controller, '__cluster_metadata-0'), { recursive: true })
  t.deepEqual(await refused({ metadataDirectory: controller }), [`${controller} has no __cluster_metadata-0`])
})

test('without a metadata log a partition must be in one directory, and none may be missing', async t => {
  const { home, kafka, refused } = given(t, { topics: [orders], metadata: null })
  const second = join(home, 'second')
  writeKafkaDirectory(second, { topics: [orders], nodeId: 2, metadata: null })
  t.regex((await refused({ directories: [kafka, second] })).join(), /orders-0 is in more than one directory/)
  rmSync(join(kafka, 'orders-0'), { recursive: true })
  t.regex((await refused()).join(), /a partition below it is in none of the directories/)
})

test('directories on their way out, strays and those of topics made again are skipped with a line', async t => {
  const { kafka, run } = given(t, { topics: [orders] })
  const suffix = '24355b7ae6ee4ab9b0c126c5153ead45'
  const more = { topics: [{ ...orders, name: 'made-again', id: OTHER_ID }], metadata: null }
  const aside = join(kafka, '..', 'aside')
  writeKafkaDirectory(aside, more)
  for (const name of [`gone-0.${suffix}-delete`, `moving-0.${suffix}-future`, `lost-0.${suffix}-stray`, 'odd'])
    mkdirSync(join(kafka, name))
  const { skipped } = await run({ directories: [kafka, aside] })
  t.deepEqual(
    skipped.map(({ path, reason }) => `${path.slice(path.lastIndexOf('/') + 1)}: ${reason}`),
    [
      `gone-0.${suffix}-delete: Kafka had deleted it`,
      `lost-0.${suffix}-stray: Kafka had found that it belongs to no topic`,
      `moving-0.${suffix}-future: a copy that Kafka was moving between directories and had not finished`,
      "odd: its name isn't <topic>-<partition>",
      `made-again-0: there is no topic with its id, ${OTHER_ID}, any more`,
      `made-again-1: there is no topic with its id, ${OTHER_ID}, any more`,
    ],
  )
})

test('nothing is dropped by a retention that nobody chose', async t => {
  const config = { 'segment.bytes': '1048576' }
  const { dataDir, run, refused } = given(t, { topics: [{ ...orders, config }] })
  const short = () => new Config(new Map([['log.retention.ms', '1000']]))
  t.regex((await refused({ config: short() })).join('\n'), /orders: the broker's default would drop records older than/)
  const { topics } = await run({ config: short(), retention: 'default', dryRun: true })
  t.deepEqual([...topics[0]!.config], Object.entries(config))
  await run({ config: short(), retention: 'keep' })
  const { image, close } = await opened(t, dataDir)
  t.is(image.config(2, 'orders').get('retention.ms'), '-1')
  await close()
})

test('retention that a topic has of its own is its own, and what the default keeps needs no answer', async t => {
  const own = given(t, { topics: [{ ...orders, config: { 'retention.ms': '1' } }] })
  t.is((await own.run()).topics[0]?.config.get('retention.ms'), '1')
  const young = given(t, { topics: [{ ...orders, config: {} }] })
  t.is((await young.run()).topics[0]?.config.size, 0)
})

test('tiered topics and settings that cannot be kept are refused where records depend on them, and told where not', async t => {
  const tiered = given(t, { topics: [{ ...orders, config: { 'remote.storage.enable': 'true' } }] })
  t.regex((await tiered.refused()).join(), /orders: Tiered storage is not there/)
  const odd = given(t, { topics: [{ ...orders, config: { 'retention.ms': '5', 'from.the.future': 'x' } }] })
  const { topics, notes } = await odd.run()
  t.deepEqual([...topics[0]!.config], [['retention.ms', '5']])
  t.regex(notes.join(), /orders: from\.the\.future=x isn't taken over/)
})

test('settings of all brokers and of groups come too, and those of one broker are told', async t => {
  const setting = (resourceType: number, resourceName: string, name: string, value: string) =>
    framed(kraft.ConfigRecord, 0, { resourceType, resourceName, name, value })
  const metadata = [
    ...recordsOfTopic(orders),
    setting(4, '', 'log.retention.ms', '99000000'),
    setting(4, '1', 'log.cleaner.threads', '2'),
    setting(32, 'readers', 'consumer.session.timeout.ms', '50000'),
    Buffer.from([1, 18, 0, 0]),
  ]
  const { dataDir, run } = given(t, { topics: [orders], metadata })
  const { notes } = await run()
  t.regex(notes.join('\n'), /not taken over: ACLs/)
  t.regex(notes.join('\n'), /log\.cleaner\.threads=2 of broker 1 isn't taken over/)
  const { image, close } = await opened(t, dataDir)
  t.is(image.config(4, '').get('log.retention.ms'), '99000000')
  t.is(image.config(32, 'readers').get('consumer.session.timeout.ms'), '50000')
  await close()
})

test('a data directory that was not closed cleanly is refused', async t => {
  const { dataDir, run } = given(t, { topics: [orders] })
  await run()
  const engine = createFileEngine({ dataDir })
  await engine.open()
  await t.throwsAsync(run(), { message: /is held by this process/ })
  await engine.close()
  unlinkSync(join(dataDir, '.kafka_cleanshutdown'))
  await t.throwsAsync(run(), { message: /was not closed cleanly: start Samsa on it/ })
})

test("a directory of Kafka's is neither imported into nor started on, and nothing of it is touched", async t => {
  const { home, run } = given(t, { topics: [orders] })
  const second = join(home, 'second')
  writeKafkaDirectory(second, { topics: [orders], clean: false })
  const before = textOf(home)
  await t.throwsAsync(run({ dataDir: second }), { message: /is a data directory of Kafka/ })
  await t.throwsAsync(startBroker({ engine: 'file', dataDir: second }), { message: /samsa import-kafka .* takes/ })
  t.deepEqual(textOf(home), before)
})
