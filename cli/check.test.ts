import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { startBroker } from '../broker/index.ts'
import { Folds } from '../broker/partition/folds/folds.ts'
import { RawClient } from '../broker/testing/raw-client.ts'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { Produce } from '../protocol/messages/produce.ts'
import * as batch from '../protocol/records/batch.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { crc32c } from '../protocol/records/crc32c.ts'
import { batchAt, createLog } from '../storage/conformance/suite.ts'
import { checkDirectory } from '../storage/file/check/check-directory.ts'
import type { Finding } from '../storage/file/check/log-report.ts'
import { createFileEngine } from '../storage/file/engine.ts'
import { kafkaSegment } from '../storage/file/kafka-segment.test.fixture.ts'
import { mortalDisk } from '../storage/file/testing/faulty-disk.ts'
import { inspectFolds } from './check/folds-inspector.ts'
import { BrokerProcess, type Finished, runToEnd } from './testing/broker-process.ts'

const LOG = '00000000000000000000.log'
const PRODUCER_ID = 4000

const temporary = (t: ExecutionContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'samsa-check-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A data directory with 10 batches of 2 records of an idempotent producer in `topic-0`, closed cleanly. */
const dataDirectory = async (t: ExecutionContext): Promise<string> => {
  const dataDir = temporary(t)
  const settings = { 'log.index.interval.bytes': 100, 'compression.type': 'gzip' }
  const broker = await startBroker({ engine: 'file', dataDir, settings })
  const client = await RawClient.connect(broker.bootstrapServers)
  const topic = { name: 'topic', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  await client.request(CreateTopics, 5, { topics: [topic], timeoutMs: 5000 })
  for (let index = 0; index < 10; index++) {
    const records = [0, 1].map(record => ({
      timestamp: 1000 + index * 2 + record,
      value: Buffer.from(`value ${index}`),
    }))
    const bytes = buildBatch({ producerId: PRODUCER_ID, producerEpoch: 0, baseSequence: index * 2, records })
    const topicData = [{ name: 'topic', partitionData: [{ index: 0, records: [bytes] }] }]
    const answer = await client.request(Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
    t.is(answer.responses[0]?.partitionResponses[0]?.errorCode, 0)
  }
  await client.close()
  await broker.stop()
  saveFolds(join(dataDir, 'topic-0'))
  return dataDir
}

/** What a broker saves beside a log once that is large. */
const saveFolds = (log: string): void => {
  const folds = new Folds()
  const bytes = readFileSync(join(log, LOG))
  for (const at of batch.batches(bytes)) folds.apply(bytes, at)
  const { at, parts } = folds.checkpoint()
  for (const [name, content] of parts)
    writeFileSync(join(log, name.startsWith('.') ? String(at).padStart(20, '0') + name : name), content)
}

const check = (dataDir: string, ...options: readonly string[]): Promise<Finished> =>
  runToEnd(['check', dataDir, ...options])

/** All files with their times and bytes. */
const stateOf = (path: string): readonly unknown[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map(file => [file, statSync(file).mtimeMs, statSync(file).isFile() ? readFileSync(file, 'base64') : null])

/** What is found in a directory, a line each; without a process of its own. */
const problemsIn = async (dataDir: string): Promise<string> => {
  const lines: string[] = []
  const tell = (name: string, problems: readonly Finding[]): void => {
    for (const { where, what } of problems) lines.push(`${name}: ${where}: ${what}`)
  }
  const options = { inspect: inspectFolds, live: false, progress: () => {} }
  const report = await checkDirectory(dataDir, { ...options, report: ({ name, problems }) => tell(name, problems.all) })
  tell(dataDir, report.problems)
  return lines.join('\n')
}

/** Changes a file. */
const edit = (path: string, change: (bytes: Buffer) => Buffer): void => writeFileSync(path, change(readFileSync(path)))

/** The bytes with other bits in one of them. */
const flipped = (bytes: Buffer, at: number, bits = 1): Buffer => {
  const changed = Buffer.from(bytes)
  changed[at] = changed[at]! ^ bits
  return changed
}

const batchPositions = (path: string): number[] => [...batch.batches(readFileSync(path))]

test('a sound directory is read whole, and not changed', async t => {
  const dataDir = await dataDirectory(t)
  const before = stateOf(dataDir)
  for (const options of [[], ['--records'], ['--live']]) {
    const { code, stdout, stderr } = await check(dataDir, ...options)
    t.is(code, 0, stdout + stderr)
    t.regex(stdout, /2 logs, 2 segments, \d+ batches, \d+ records, \d+\.\d kB in \d+\.\d s: all sound\n$/)
    t.is(stderr, '')
  }
  t.deepEqual(stateOf(dataDir), before)
})

test('each kind of damage is found, with its place, and is exit code 1', async t => {
  const dataDir = await dataDirectory(t)
  const log = join(dataDir, 'topic-0')
  const at = batchPositions(join(log, LOG))
  const snapshot = readdirSync(log).find(name => name.endsWith('.snapshot'))!
  const damages: readonly [string, (bytes: Buffer) => Buffer, RegExp][] = [
    [
      LOG,
      bytes => flipped(bytes, at[3]! + 70),
      new RegExp(`topic-0: ${LOG}: offsets 6 to 7 can't be read, .* wrong checksum`),
    ],
    [LOG, bytes => flipped(bytes, at[3]! + 16), /offsets 6 to 7 can't be read, .* no batch/],
    [LOG, bytes => flipped(bytes, at[3]! + 7), /offsets 6 to 7 can't be read, .* offsets 7 to 8 before/],
    [LOG, bytes => bytes.subarray(0, at[9]! + 20), /offsets 18 to 19 can't be read, .* half a header/],
    [LOG, bytes => bytes.subarray(0, at[8]), /offsets 16 to 19 were there and are missing/],
    [LOG, bytes => flipped(bytes, at[4]! + 15, 8), /its leader epoch is 0, the one before it has 8/],
    [
      '00000000000000000000.index',
      bytes => flipped(bytes, 7),
      /\.index: entry 0 leads to byte \d+, where no batch begins/,
    ],
    ['00000000000000000000.index', bytes => bytes.subarray(0, 13), /\.index: 13 bytes aren't whole entries/],
    [
      '00000000000000000000.index',
      bytes => Buffer.concat([bytes, Buffer.from('0000ffff0000ffff', 'hex')]),
      /behind the last batch/,
    ],
    ['00000000000000000000.timeindex', bytes => flipped(bytes, 7), /\.timeindex: entry \d+ /],
    [
      '00000000000000000000.timeindex',
      bytes => bytes.subarray(0, 12),
      /it ends at the time \d+, the segment has batches of 1019/,
    ],
    [snapshot, bytes => flipped(bytes, 20), /\.snapshot: it can't be read/],
    ['leader-epoch-checkpoint', () => Buffer.from('0\n1\nx'), /leader-epoch-checkpoint: it can't be read/],
    [
      'leader-epoch-checkpoint',
      () => Buffer.from('0\n2\n0 0\n1 4\n'),
      /it has leader epoch 1 at offset 4, where the log has 0/,
    ],
    [
      '../recovery-point-offset-checkpoint',
      () => Buffer.from('odd'),
      /recovery-point-offset-checkpoint: it can't be read/,
    ],
  ]
  for (const [file, change, message] of damages) {
    const path = join(log, file)
    const sound = readFileSync(path)
    edit(path, change)
    t.regex(await problemsIn(dataDir), message)
    writeFileSync(path, sound)
  }
  for (const kind of ['index', 'timeindex']) {
    const path = join(log, `00000000000000000000.${kind}`)
    const sound = readFileSync(path)
    rmSync(path)
    t.regex(await problemsIn(dataDir), new RegExp(`\\.${kind}: it is missing`))
    writeFileSync(path, sound)
  }
  t.is(await problemsIn(dataDir), '')
  edit(join(log, LOG), bytes => flipped(bytes, at[3]! + 70))
  const { code, stdout } = await check(dataDir)
  t.is(code, 1)
  t.regex(stdout, /topic-0: \d+\.log: offsets 6 to 7 can't be read/)
  t.regex(stdout, /: 1 log with problems\n$/)
})

test('a last segment that is one large batch needs no indexes, and nothing is missing', async t => {
  const dataDir = temporary(t)
  const broker = await startBroker({ engine: 'file', dataDir })
  const client = await RawClient.connect(broker.bootstrapServers)
  const topic = { name: 'topic', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  await client.request(CreateTopics, 5, { topics: [topic], timeoutMs: 5000 })
  const bytes = buildBatch({ records: [{ timestamp: 1000, value: Buffer.alloc(10_000) }] })
  const topicData = [{ name: 'topic', partitionData: [{ index: 0, records: [bytes] }] }]
  await client.request(Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
  await client.close()
  await broker.stop()
  t.is(await problemsIn(dataDir), '')
})

test('records that can not be read show when they are asked for', async t => {
  const dataDir = await dataDirectory(t)
  const path = join(dataDir, 'topic-0', LOG)
  const [, second] = batchPositions(path)
  edit(path, bytes => {
    // Sound by its checksum, but not what gzip makes.
    const changed = flipped(bytes, second! + 61, 0xff)
    batch.writeCrc(changed, second!)
    return changed
  })
  t.is((await check(dataDir)).code, 0)
  const { code, stdout } = await check(dataDir, '--records')
  t.is(code, 1)
  t.regex(stdout, new RegExp(`topic-0: ${LOG} at byte ${second}: its records can't be read`))
})

test('a producer whose snapshot says something else than the log is found', async t => {
  const dataDir = await dataDirectory(t)
  const log = join(dataDir, 'topic-0')
  const snapshot = join(log, '00000000000000000020.snapshot')
  edit(snapshot, bytes => {
    const changed = Buffer.from(bytes)
    changed.writeInt32BE(17, 10 + 10)
    changed.writeUInt32BE(crc32c(changed, 6), 2)
    return changed
  })
  const other = await check(dataDir)
  t.is(other.code, 1)
  t.regex(other.stdout, /producer 4000 ends with sequence 17 at offset 19 in it, and with 19 at 19 in the log/)
  // A batch less, with what was checkpointed as it was.
  const at = batchPositions(join(log, LOG))
  for (const name of readdirSync(dataDir))
    if (name.endsWith('-checkpoint') || name.startsWith('.kafka')) rmSync(join(dataDir, name))
  truncateSync(join(log, LOG), at[9]!)
  const { code, stdout } = await check(dataDir)
  t.is(code, 1)
  t.regex(stdout, /\.snapshot: it is at offset 20, behind the log's end 18/)
})

test('what a crash leaves at the end of a log is no damage', async t => {
  const dataDir = await dataDirectory(t)
  const path = join(dataDir, 'topic-0', LOG)
  rmSync(join(dataDir, '.kafka_cleanshutdown'))
  edit(path, bytes => Buffer.concat([bytes, bytes.subarray(0, 90)]))
  writeFileSync(join(dataDir, 'topic-0', '00000000000000000000.log.cleaned'), '')
  mkdirSync(join(dataDir, 'gone-0.0123456789abcdef-delete'))
  const { code, stdout } = await check(dataDir)
  t.is(code, 0, stdout)
  t.regex(stdout, /90 bytes from byte \d+ \(offset 20\) on are of a write that was under way/)
  t.regex(stdout, /log\.cleaned: it is left over from a crash/)
  t.regex(stdout, /gone-0\S*: it is left over from a deletion/)
  t.regex(stdout, /all sound; it was not closed by a clean stop/)
})

test('what a journal holds and segments have lost is no damage', async t => {
  const dataDir = temporary(t)
  const mortal = mortalDisk()
  const engine = createFileEngine({
    dataDir,
    disk: mortal.disk,
    durability: 'fsync',
    journal: { fileBytes: 1_000_000 },
  })
  await engine.open()
  const log = await createLog(engine)
  for (let base = 0; base < 5; base++)
    await Promise.all(await engine.append([{ log, batches: [batchAt(base)], expectedEnd: base }]))
  mortal.bury()
  rmSync(join(dataDir, '.lock'))
  writeFileSync(join(dataDir, 'meta.properties'), 'node.id=1\nversion=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\n')
  t.is((await check(dataDir)).code, 0)
  // As a loss of power leaves what was not written back.
  const path = join(dataDir, 't-0', LOG)
  edit(path, bytes => Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(100), bytes.subarray(200, 350)]))
  const { code, stdout } = await check(dataDir)
  t.is(code, 0, stdout)
  t.regex(stdout, /offsets 1 to 1 can't be read.*; the journal has them \(no problem\)/)
  t.regex(
    stdout,
    /samsa\.journal: it has 150 bytes of t-0 that aren't in its segments yet; the next start puts them there/,
  )
})

test('a directory that a broker has is refused with its process, unless it is to be read all the same', async t => {
  const dataDir = temporary(t)
  const broker = await BrokerProcess.start(['--data-dir', dataDir])
  t.teardown(() => broker.stop('SIGKILL'))
  const refused = await check(dataDir)
  t.is(refused.code, 2)
  t.is(refused.stdout, '')
  t.regex(refused.stderr, new RegExp(`the process ${broker.pid}, has .* --live`))
  t.is((await check(dataDir, '--live')).code, 0)
  await broker.stop()
  t.is((await check(dataDir)).code, 0)
})

test('what is no data directory is exit code 2', async t => {
  const dir = temporary(t)
  for (const path of [dir, join(dir, 'none')]) {
    const { code, stderr } = await check(path)
    t.is(code, 2)
    t.regex(stderr, /is no (data )?directory/)
  }
  t.is((await runToEnd(['check'])).code, 2)
})

test('a program gets all of it as JSON', async t => {
  const dataDir = await dataDirectory(t)
  edit(join(dataDir, 'topic-0', LOG), bytes => flipped(bytes, 70))
  const { code, stdout } = await check(dataDir, '--json')
  t.is(code, 1)
  const report = JSON.parse(stdout)
  t.like(report, { directory: dataDir, sound: false, writer: 'samsa', clean: true })
  const log = report.logs.find(({ name }: { name: string }) => name === 'topic-0')
  t.like(log, { batches: 9, records: 18, segments: 1, start: 0, end: 20, problemCount: 1 })
  t.regex(log.problems[0].what, /offsets 0 to 1 can't be read/)
})

test("a directory of Kafka's is read too, and called one", async t => {
  const dataDir = temporary(t)
  const log = join(dataDir, 'kafkas-0')
  mkdirSync(log)
  for (const [kind, bytes] of Object.entries(kafkaSegment))
    writeFileSync(join(log, `00000000000000000000.${kind}`), Buffer.from(bytes, 'base64'))
  // As it is while Kafka runs, or when that was killed.
  edit(join(log, '00000000000000000000.index'), bytes => Buffer.concat([bytes, Buffer.alloc(800)]))
  writeFileSync(join(log, 'partition.metadata'), 'version: 0\ntopic_id: dGVzdC1vZi1lbmdpbmVzMQ')
  writeFileSync(join(dataDir, 'meta.properties'), 'node.id=1\nversion=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\n')
  writeFileSync(join(dataDir, '.lock'), '')
  const { code, stdout } = await check(dataDir, '--records')
  t.is(code, 0, stdout)
  t.regex(stdout, /it was written by Kafka; samsa import-kafka/)
  t.regex(stdout, /1 log, 1 segment, 12 batches, \d+ records/)
  const old = Buffer.alloc(100)
  old.writeInt32BE(40, 8)
  old[16] = 1
  writeFileSync(join(log, LOG), old)
  t.regex((await check(dataDir)).stdout, /messages of the old format \(magic 1\)/)
})

test('help has examples and the exit codes', async t => {
  const { stdout, code } = await runToEnd(['check', '--help'])
  t.is(code, 0)
  t.regex(stdout, /samsa check samsa-data --records/)
  t.regex(stdout, /Exit code 0: all sound/)
})
