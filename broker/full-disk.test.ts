/**
 * A disk that is full under a running broker.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { codeOf } from '../protocol/errors.ts'
import * as batch from '../protocol/records/batch.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { createFileEngine } from '../storage/file/engine.ts'
import { type Call, hookedDisk, systemError } from '../storage/file/testing/faulty-disk.ts'
import type { Broker } from './broker.ts'
import { createTopics } from './handlers/create-topics.ts'
import { fetch } from './handlers/fetch.ts'
import { offsetCommit } from './handlers/offset-commit.ts'
import { produce } from './handlers/produce.ts'
import { type Ask, brokerWithoutServer } from './testing/broker-without-server.ts'

const STORAGE_ERROR = codeOf('KAFKA_STORAGE_ERROR')

interface Subject {
  readonly dataDir: string
  readonly broker: Broker
  readonly ask: Ask
  /** Whether a call on a path is refused for want of space. */
  refuses: (call: Call, path: string) => boolean
}

const fullable = async (t: ExecutionContext, durability: 'os' | 'fsync'): Promise<Subject> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'samsa-full-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  let subject: Subject | null = null
  const disk = hookedDisk((call, path, changes) => {
    if (changes && subject?.refuses(call, path)) throw systemError('ENOSPC')
    return undefined
  })
  const settings = { 'offsets.topic.num.partitions': '1', 'log.index.interval.bytes': '1' }
  const { broker, ask } = await brokerWithoutServer(settings, createFileEngine({ dataDir, disk, durability }))
  subject = { dataDir, broker, ask, refuses: () => false }
  return subject
}

const takesSpace = (call: Call): boolean => !['truncate', 'rename', 'unlink', 'remove', 'removeTree'].includes(call)

const create = async (ask: Ask, name: string): Promise<number | undefined> => {
  const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  return (await ask(createTopics, 5, { topics: [topic], timeoutMs: 1000 })).topics[0]?.errorCode
}

const send = async (ask: Ask, name = 'topic'): Promise<number | undefined> => {
  const records = [buildBatch({ records: [{ timestamp: 1, value: Buffer.alloc(500) }] })]
  const topicData = [{ name, partitionData: [{ index: 0, records }] }]
  const answer = await ask(produce, 9, { acks: -1, timeoutMs: 1000, topicData })
  return answer.responses[0]?.partitionResponses[0]?.errorCode
}

const commit = async (ask: Ask): Promise<number | undefined> => {
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: null }]
  const answer = await ask(offsetCommit, 7, { groupId: 'g', memberId: '', topics: [{ name: 'topic', partitions }] })
  return answer.topics[0]?.partitions[0]?.errorCode
}

const offsets = async (ask: Ask, topic = 'topic'): Promise<number[]> => {
  const topics = [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }]
  const answer = await ask(fetch, 12, { maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 20, topics })
  const bytes = Buffer.concat(answer.responses[0]?.partitions[0]?.records ?? [])
  return [...batch.batches(bytes)].map(at => batch.baseOffset(bytes, at))
}

for (const durability of ['os', 'fsync'] as const)
  test(`a full disk refuses what is produced, serves what is there, and recovers when it has space: ${durability}`, async t => {
    const subject = await fullable(t, durability)
    const { ask, broker, dataDir } = subject
    t.is(await create(ask, 'topic'), 0)
    t.is(await send(ask), 0)
    t.is(await commit(ask), 0)
    // All that takes space, or only what appends write themselves.
    for (const refuses of [takesSpace, (call: Call, path: string) => takesSpace(call) && /\.log$|journal/.test(path)]) {
      subject.refuses = refuses
      const before = await offsets(ask)
      t.is(await send(ask), STORAGE_ERROR)
      t.not(await commit(ask), 0)
      t.not(await create(ask, 'another'), 0)
      t.deepEqual(await offsets(ask), before)
      subject.refuses = () => false
      t.is(await send(ask), 0)
      t.is(await commit(ask), 0)
      t.deepEqual(await offsets(ask), [...before, before.length])
    }
    t.is(await create(ask, 'another'), 0)
    t.is(await send(ask, 'another'), 0)
    await broker.partitions.close()
    await broker.engine.close()
    const engine = createFileEngine({ dataDir, warn: line => t.fail(line) })
    const next = await brokerWithoutServer({}, engine, 2)
    t.deepEqual(await offsets(next.ask), [0, 1, 2])
    t.deepEqual(await offsets(next.ask, 'another'), [0])
    await next.broker.partitions.close()
    await engine.close()
  })

test('indexes and checkpoints that find no space cost no produce, and are written later', async t => {
  const subject = await fullable(t, 'os')
  const { ask, broker, dataDir } = subject
  t.is(await create(ask, 'topic'), 0)
  subject.refuses = (call, path) => call === 'write' && /index$|checkpoint|snapshot|\.tmp$/.test(path)
  for (let offset = 0; offset < 1200; offset++) t.is(await send(ask), 0)
  const [partition] = [...broker.partitions.loaded()]
  await t.throwsAsync(partition!.saveCheckpoint(), { any: true })
  subject.refuses = () => false
  t.is((await offsets(ask)).length, 1200)
  await partition!.saveCheckpoint()
  await broker.partitions.close()
  await broker.engine.close()
  const engine = createFileEngine({ dataDir, warn: line => t.fail(line) })
  const next = await brokerWithoutServer({}, engine, 2)
  t.is((await offsets(next.ask)).length, 1200)
  await next.broker.partitions.close()
  await engine.close()
})
