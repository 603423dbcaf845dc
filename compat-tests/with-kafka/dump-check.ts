/** Kafka's own tool reads what our broker wrote, and sees what the clients saw. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openKafkajs } from '../clients/kafkajs/driver.ts'
import type { Codec } from '../clients/driver.ts'
import { BrokerProcess } from '../runner/broker-process.ts'
import { JavaTalk } from '../runner/java.ts'
import { until } from '../scenarios/until.ts'
import type { Check, CheckStage } from './check.ts'
import { type DumpedFile, dumpLogSegments } from './dump-log-segments.ts'
import { type GroupLine, type InventoryLine, type RecordLine, takeInventory } from './inventory.ts'
import { readBatchHeaders } from './log-file.ts'
import { toldText } from './told-text.ts'

/** Small enough for many segments, and for the cleaner to have something to do. */
const segmentBytes = 16_384
const settings = {
  'samsa.min.segment.bytes': '14',
  'log.cleaner.backoff.ms': '100',
  'offsets.topic.num.partitions': '5',
  'transaction.state.log.num.partitions': '5',
}

/** Writes one of everything, stops the broker, and compares. */
export const dumpCheck: Check = {
  id: 'kafka-dumps-our-segments',
  title: "Kafka's DumpLogSegments finds in our segments, indexes and snapshots what the clients saw, and no fault",
  async run(stage) {
    const inventory = await writeEverything(stage)
    const directories = logDirectories(join(stage.directory, 'data'))
    const plain = directories.filter(directory => !basename(directory).startsWith('__'))
    await compareRecords(plain, inventory)
    await checkIndexes(directories)
    await compareProducers(directories)
    await compareOffsets(directories, inventory)
    await checkTransactions(directories)
  },
}

/** Resolves when the broker has stopped, to what was there before. */
async function writeEverything({ directory, samsaBin }: CheckStage): Promise<readonly InventoryLine[]> {
  const args = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])
  const broker = new BrokerProcess(samsaBin, 'file', directory, args)
  await broker.start()
  try {
    const fill = new JavaTalk('samsa.compat.Fill', [broker.address, String(segmentBytes)])
    await fill.next()
    await fill.rest()
    await writeByKafkajs(broker.address)
    await until('the cleaner has been there', async () => compactedBytes(directory) < 1_000_000)
    const inventory = await takeInventory(broker.address)
    await broker.stop()
    return inventory
  } finally {
    await broker.kill()
  }
}

async function writeByKafkajs(address: string): Promise<void> {
  const client = await openKafkajs(address)
  const codecs: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
  const records = Array.from({ length: 200 }, (_, index) => ({
    key: Buffer.from(`k${index % 7}`),
    value: Buffer.from(`value ${index}`),
    headers: [{ key: 'h', value: Buffer.from(String(index)) }],
    timestampMs: Date.now() - 1000 + index,
    partition: 0,
  }))
  for (const codec of codecs) await client.produce('by-kafkajs', records, { codec })
  await client.produce('by-kafkajs', records, { idempotent: true })
  await client.close()
}

/** Files come and go while they are counted. */
const compactedBytes = (directory: string): number =>
  filesOf(join(directory, 'data', 'compacted-0'), '.log').reduce(
    (sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  )

/** All but our own metadata, whose records Kafka doesn't know. */
const logDirectories = (dataDirectory: string): string[] =>
  readdirSync(dataDirectory, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && /-\d+$/.test(entry.name) && entry.name !== '__cluster_metadata-0')
    .map(entry => join(dataDirectory, entry.name))

const filesOf = (directory: string, suffix: string): string[] =>
  readdirSync(directory)
    .filter(name => name.endsWith(suffix))
    .sort()
    .map(name => join(directory, name))

/** Every batch's header by Kafka's reading and by ours; every record by Kafka's reading and the client's. */
async function compareRecords(directories: readonly string[], inventory: readonly InventoryLine[]): Promise<void> {
  const paths = directories.flatMap(directory => filesOf(directory, '.log'))
  const dumped = await dumpLogSegments(paths, '--deep-iteration', '--print-data-log')
  deepStrictEqual(
    dumped.map(({ path }) => path),
    paths,
  )
  for (const file of dumped) {
    deepStrictEqual(file.lines, [], file.path)
    deepStrictEqual(
      file.batches,
      readBatchHeaders(file.path).map(header => ({ ...header, isvalid: true })),
      file.path,
    )
  }
  ok(dumped.filter(({ path }) => path.includes('/segments-0/')).length > 100, 'there are many segments')
  const starts = new Map(
    inventory.flatMap(line => (line.kind === 'partition' ? [[`${line.topic}-${line.partition}`, line.earliest]] : [])),
  )
  for (const directory of directories) {
    const name = basename(directory)
    const seen = inventory.filter(
      (line): line is RecordLine => line.kind === 'record' && `${line.topic}-${line.partition}` === name,
    )
    const start = starts.get(name) ?? 0
    const stored = dumped
      .filter(({ path }) => dirname(path) === directory)
      .flatMap(({ records }) => records)
      .filter(({ offset, marker }) => marker === null && offset >= start)
    deepStrictEqual(
      stored.map(({ offset, key, value, headerKeys }) => [offset, toldText(key), toldText(value), headerKeys]),
      seen.map(({ offset, key, value, headers }) => [offset, key, value, headers.map(([header]) => header)]),
      name,
    )
  }
}

async function checkIndexes(directories: readonly string[]): Promise<void> {
  // The offset index of a short segment has no entry, as Kafka leaves it, and the tool nothing to look at.
  const paths = directories
    .flatMap(directory => [...filesOf(directory, '.index'), ...filesOf(directory, '.timeindex')])
    .filter(path => statSync(path).size > 0)
  ok(paths.length > 200, `${paths.length} indexes with entries`)
  for (const { path, lines } of await dumpLogSegments(paths, '--index-sanity-check'))
    deepStrictEqual(lines, [`${path} passed sanity check.`])
  // This one speaks of what is wrong alone.
  for (const { path, lines } of await dumpLogSegments(paths, '--verify-index-only')) deepStrictEqual(lines, [], path)
}

/** Each producer's last batch of data by the newest snapshot of a log and by its batches. */
async function compareProducers(directories: readonly string[]): Promise<void> {
  const newest = directories.flatMap(directory => filesOf(directory, '.snapshot').slice(-1))
  const dumped = await dumpLogSegments(newest)
  let compared = 0
  for (const { path, lines } of dumped) {
    const last = lastBatches(dirname(path), Number(basename(path, '.snapshot')))
    const known = new Map(lines.map(line => [Number(/^producerId: (\d+)/.exec(line)?.[1]), line]))
    for (const [producerId, { lastSequence, lastOffset, producerEpoch }] of last) {
      const line = known.get(producerId) ?? ''
      // A marker of a later epoch ends what is known of the batches before.
      const epoch = Number(/producerEpoch: (\d+)/.exec(line)?.[1])
      ok(epoch >= producerEpoch, `${path}: producer ${producerId}: ${line}`)
      if (epoch > producerEpoch) continue
      ok(line.includes(`lastSequence: ${lastSequence} lastOffset: ${lastOffset}`), `${path}: ${line}`)
      compared++
    }
  }
  ok(compared >= 2, `${compared} producers were compared`)
}

/** Of each producer the last batch of data below the offset. */
function lastBatches(directory: string, end: number) {
  const last = new Map<number, { lastSequence: number; lastOffset: number; producerEpoch: number }>()
  for (const header of filesOf(directory, '.log').flatMap(readBatchHeaders)) {
    const { producerId, producerEpoch, baseSequence, baseOffset, lastOffset, isControl } = header
    if (producerId < 0 || isControl || baseOffset >= end) continue
    last.set(producerId, { lastSequence: baseSequence + lastOffset - baseOffset, lastOffset, producerEpoch })
  }
  return last
}

/** The groups' positions by Kafka's reading of `__consumer_offsets` and by the client's. */
async function compareOffsets(directories: readonly string[], inventory: readonly InventoryLine[]): Promise<void> {
  const paths = directories
    .filter(directory => basename(directory).startsWith('__consumer_offsets-'))
    .flatMap(directory => filesOf(directory, '.log'))
  const offsets = committedIn(await dumpLogSegments(paths, '--offsets-decoder'))
  const groups = inventory.filter((line): line is GroupLine => line.kind === 'group')
  ok(groups.length >= 4, `${groups.length} groups`)
  const seen = groups.flatMap(({ group, offsets: told }) =>
    Object.entries(told).map(([place, [offset, metadata]]) => [`${group} ${place}`, offset, metadata]),
  )
  deepStrictEqual([...offsets].map(([key, value]) => [key, ...value]).sort(), seen.sort())
}

function committedIn(files: readonly DumpedFile[]): Map<string, readonly [number, string]> {
  const committed = new Map<string, readonly [number, string]>()
  for (const { key, value } of files.flatMap(({ records }) => records)) {
    const { type, data } = JSON.parse(key ?? '') as { type: string; data: Record<string, string> }
    if (type !== '1') continue
    const place = `${data.group} ${data.topic}-${data.partition}`
    if (value === null) committed.delete(place)
    else {
      const { offset, metadata } = (JSON.parse(value) as { data: { offset: number; metadata: string } }).data
      committed.set(place, [offset, metadata])
    }
  }
  return committed
}

/** What Fill did by each transactional id, with Kafka's numbers of the states. */
const transactionStates = { fill: 4, 'fill-overlapping': 5, 'fill-lost': 1 }

/** The transactional ids' last states, by Kafka's reading of `__transaction_state`. */
async function checkTransactions(directories: readonly string[]): Promise<void> {
  const paths = directories
    .filter(directory => basename(directory).startsWith('__transaction_state-'))
    .flatMap(directory => filesOf(directory, '.log'))
  const states: Record<string, number> = {}
  for (const { records } of await dumpLogSegments(paths, '--transaction-log-decoder')) {
    for (const { key, value } of records) {
      const { data } = JSON.parse(key ?? '') as { data: { transactionalId: string } }
      const state = JSON.parse(value ?? '') as { data: { transactionStatus: number } }
      states[data.transactionalId] = state.data.transactionStatus
    }
  }
  deepStrictEqual(states, transactionStates)
}
