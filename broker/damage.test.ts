/**
 * Damaged data directories under a whole broker: what clients see of them.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { pino } from 'pino'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { Fetch } from '../protocol/messages/fetch.ts'
import { FindCoordinator } from '../protocol/messages/find-coordinator.ts'
import { ListOffsets } from '../protocol/messages/list-offsets.ts'
import { OffsetCommit } from '../protocol/messages/offset-commit.ts'
import { OffsetFetch } from '../protocol/messages/offset-fetch.ts'
import { Produce } from '../protocol/messages/produce.ts'
import * as batch from '../protocol/records/batch.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { records } from '../protocol/records/records.ts'
import { startBroker } from './index.ts'
import { RawClient } from './testing/raw-client.ts'

const CORRUPT_MESSAGE = 2

/** A broker over a directory for as long as `body` takes. Returns what it warned of. */
const withBroker = async (dataDir: string, body: (client: RawClient) => Promise<void>): Promise<string[]> => {
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) })
  const broker = await startBroker({ engine: 'file', dataDir, logger, settings: { 'offsets.topic.num.partitions': 1 } })
  try {
    const client = await RawClient.connect(broker.bootstrapServers)
    await body(client)
    await client.close()
  } finally {
    await broker.stop()
  }
  return lines
}

const directory = (t: ExecutionContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'samsa-damage-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** One record a batch, at the time of its offset. */
const produce = async (client: RawClient, offset: number): Promise<number | undefined> => {
  const value = Buffer.from(`record ${offset}`)
  const bytes = buildBatch({ records: [{ timestamp: 1000 + offset, key: Buffer.from('k'), value }] })
  const topicData = [{ name: 'topic', partitionData: [{ index: 0, records: [bytes] }] }]
  const answer = await client.request(Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
  return answer.responses[0]?.partitionResponses[0]?.errorCode
}

const createTopic = async (client: RawClient, name: string): Promise<void> => {
  const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  await client.request(CreateTopics, 5, { topics: [topic], timeoutMs: 5000 })
}

const create = async (client: RawClient, count: number): Promise<void> => {
  await createTopic(client, 'topic')
  for (let offset = 0; offset < count; offset++) await produce(client, offset)
}

const fetch = async (client: RawClient, offset: number): Promise<{ error: number; offsets: number[] }> => {
  const topics = [{ topic: 'topic', partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20 }] }]
  const answer = await client.request(Fetch, 12, { maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 20, topics })
  const partition = answer.responses[0]?.partitions[0]
  const bytes = Buffer.concat(partition?.records ?? [])
  const offsets = [...batch.batches(bytes)].flatMap(at => [...records(bytes, at)].map(record => record.offset))
  return { error: partition?.errorCode ?? -1, offsets }
}

const offsetFor = async (client: RawClient, timestamp: number): Promise<readonly [number, number | undefined]> => {
  const topics = [{ name: 'topic', partitions: [{ partitionIndex: 0, timestamp }] }]
  const answer = await client.request(ListOffsets, 7, { replicaId: -1, topics })
  const partition = answer.topics[0]?.partitions[0]
  return [partition?.errorCode ?? -1, partition?.offset]
}

/** The `.log` of a partition that has one segment. */
const logOf = (dataDir: string, name: string): string => {
  const file = readdirSync(join(dataDir, name)).find(file => file.endsWith('.log') && /^\d/.test(file))
  return join(dataDir, name, file ?? 'none')
}

/** Changes a byte of the batches chosen. */
const damage = (path: string, isChosen: (baseOffset: number) => boolean, byte = 65): void => {
  const bytes = readFileSync(path)
  for (const at of batch.batches(Buffer.from(bytes)))
    if (isChosen(batch.baseOffset(bytes, at))) bytes[at + byte] = bytes[at + byte]! ^ 1
  writeFileSync(path, bytes)
}

/** What a crash leaves, before anything was synced. */
const forgetCleanStop = (dataDir: string): void => {
  rmSync(join(dataDir, '.kafka_cleanshutdown'))
  writeFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), '0\n0\n')
}

test('a consumer is told CORRUPT_MESSAGE where a partition is damaged, and seeks past', async t => {
  const dataDir = directory(t)
  await withBroker(dataDir, client => create(client, 6))
  damage(logOf(dataDir, 'topic-0'), offset => offset === 2 || offset === 3)
  damage(logOf(dataDir, 'topic-0'), offset => offset === 5)
  forgetCleanStop(dataDir)
  // The last batch can't be told from a torn one.
  const lines = await withBroker(dataDir, async client => {
    t.deepEqual(await fetch(client, 0), { error: 0, offsets: [0, 1] })
    t.deepEqual(await fetch(client, 2), { error: CORRUPT_MESSAGE, offsets: [] })
    t.deepEqual(await fetch(client, 3), { error: CORRUPT_MESSAGE, offsets: [] })
    t.deepEqual(await fetch(client, 4), { error: 0, offsets: [4] })
    t.deepEqual(await offsetFor(client, 1001), [0, 1])
    t.deepEqual(await offsetFor(client, 1002), [0, 4])
    t.deepEqual(await offsetFor(client, -3), [0, 4])
    t.is(await produce(client, 5), 0)
    t.deepEqual(await fetch(client, 4), { error: 0, offsets: [4, 5] })
  })
  t.is(lines.filter(line => /offsets 2 to 3 can't be read/.test(line)).length, 2, 'by recovery, and by what reads all')
  const again = await withBroker(dataDir, async client => {
    t.deepEqual(await fetch(client, 3), { error: CORRUPT_MESSAGE, offsets: [] })
  })
  t.is(again.length, 2, 'by what is read of the segment, and by what reads all that no checkpoint has')
  for (const line of again) t.regex(line, /offsets 2 to 3 can't be read/)
})

test('damage that a Fetch meets under a running broker is answered, and the broker goes on', async t => {
  const dataDir = directory(t)
  await withBroker(dataDir, async client => {
    await create(client, 5)
    // The magic.
    damage(logOf(dataDir, 'topic-0'), offset => offset === 4 || offset === 1, 16)
    t.deepEqual(await fetch(client, 0), { error: 0, offsets: [0] })
    t.deepEqual(await fetch(client, 1), { error: CORRUPT_MESSAGE, offsets: [] })
    t.deepEqual(await fetch(client, 2), { error: 0, offsets: [2, 3] })
    t.deepEqual(await fetch(client, 4), { error: CORRUPT_MESSAGE, offsets: [] })
    t.deepEqual(await offsetFor(client, 1001), [0, 2])
    t.deepEqual(await offsetFor(client, -3), [0, 3])
    t.is(await produce(client, 5), 0)
    t.deepEqual(await fetch(client, 5), { error: 0, offsets: [5] })
  })
})

const commit = async (client: RawClient, group: string, offset: number): Promise<number | undefined> => {
  const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: null }]
  const topics = [{ name: 'topic', partitions }]
  const answer = await client.request(OffsetCommit, 7, { groupId: group, memberId: '', topics })
  return answer.topics[0]?.partitions[0]?.errorCode
}

const committed = async (client: RawClient, group: string): Promise<number | undefined> => {
  const topics = [{ name: 'topic', partitionIndexes: [0] }]
  const answer = await client.request(OffsetFetch, 5, { groupId: group, topics })
  return answer.topics[0]?.partitions[0]?.committedOffset
}

test('a coordinator whose log is damaged goes on with what it can read, and says so', async t => {
  for (const clean of [true, false]) {
    const dataDir = directory(t)
    await withBroker(dataDir, async client => {
      await create(client, 3)
      await client.request(FindCoordinator, 2, { key: 'a', keyType: 0 })
      for (const [group, offset] of [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ] as const)
        t.is(await commit(client, group, offset), 0)
    })
    const path = logOf(dataDir, '__consumer_offsets-0')
    const bytes = readFileSync(path)
    const bases = [...batch.batches(Buffer.from(bytes))].map(at => batch.baseOffset(bytes, at))
    damage(path, offset => offset === bases[1])
    if (!clean) forgetCleanStop(dataDir)
    const lines = await withBroker(dataDir, async client => {
      t.is(await committed(client, 'a'), 1)
      t.is(await committed(client, 'b'), -1, 'this commit is lost')
      t.is(await committed(client, 'c'), 3)
      t.is(await commit(client, 'b', 2), 0)
      t.is(await committed(client, 'b'), 2)
    })
    t.is(lines.filter(line => line.includes('is not known any more')).length, 1)
  }
})

test("a broker whose metadata is damaged doesn't start, changes nothing, and says what to do", async t => {
  for (const clean of [true, false]) {
    const dataDir = directory(t)
    await withBroker(dataDir, async client => {
      await create(client, 1)
      await createTopic(client, 'another')
    })
    const path = logOf(dataDir, '__cluster_metadata-0')
    damage(path, offset => offset === 1)
    const damaged = readFileSync(path)
    if (!clean) forgetCleanStop(dataDir)
    for (let attempt = 0; attempt < 2; attempt++)
      await t.throwsAsync(
        withBroker(dataDir, async () => {}),
        { message: /the cluster's metadata .* is damaged.*Nothing was changed\. .*import-kafka/ },
      )
    t.deepEqual(readFileSync(path), damaged)
    t.true(readdirSync(dataDir).includes('topic-0'))
    // Mended, it starts again.
    damage(path, offset => offset === 1)
    for (const name of readdirSync(join(dataDir, '__cluster_metadata-0')))
      if (name.endsWith('.damaged')) rmSync(join(dataDir, '__cluster_metadata-0', name))
    await withBroker(dataDir, async client => {
      t.deepEqual(await fetch(client, 0), { error: 0, offsets: [0] })
    })
  }
})
