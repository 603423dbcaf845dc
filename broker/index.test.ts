import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { DescribeCluster } from '../protocol/messages/describe-cluster.ts'
import { Fetch } from '../protocol/messages/fetch.ts'
import { ListGroups } from '../protocol/messages/list-groups.ts'
import { Metadata } from '../protocol/messages/metadata.ts'
import { OffsetCommit } from '../protocol/messages/offset-commit.ts'
import { Produce } from '../protocol/messages/produce.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { records } from '../protocol/records/records.ts'
import { ConfigError } from './config/config-error.ts'
import { startBroker } from './index.ts'
import { RawClient } from './testing/raw-client.ts'

const produce = async (client: RawClient, topic: string, text: string): Promise<number | undefined> => {
  const records = [buildBatch({ records: [{ timestamp: Date.now(), value: Buffer.from(text) }] })]
  const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
  const answer = await client.request(Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
  return answer.responses[0]?.partitionResponses[0]?.errorCode
}

const fetch = async (client: RawClient, topic: string): Promise<string[]> => {
  const topics = [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }]
  const answer = await client.request(Fetch, 12, { maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 20, topics })
  const bytes = Buffer.concat(answer.responses[0]?.partitions[0]?.records ?? [])
  return bytes.length === 0 ? [] : [...records(bytes)].map(record => String(record.value))
}

const topicNames = async (client: RawClient): Promise<(string | null)[]> =>
  (await client.request(Metadata, 9, { topics: null })).topics.map(({ name }) => name)

const autoCreate = (client: RawClient, name: string) =>
  client.request(Metadata, 9, { topics: [{ name }], allowAutoTopicCreation: true })

test('brokers in one process do not disturb each other', async t => {
  const brokers = await Promise.all([startBroker(), startBroker({ settings: { 'node.id': 7 } })])
  const clients = await Promise.all(brokers.map(broker => RawClient.connect(broker.bootstrapServers)))
  for (const [index, client] of clients.entries()) {
    await autoCreate(client, 'shared-name')
    t.is(await produce(client, 'shared-name', `from ${index}`), 0)
  }
  t.deepEqual(await fetch(clients[0]!, 'shared-name'), ['from 0'])
  t.deepEqual(await fetch(clients[1]!, 'shared-name'), ['from 1'])
  const clusters = await Promise.all(
    clients.map(client => client.request(DescribeCluster, 0, { includeClusterAuthorizedOperations: false })),
  )
  t.not(clusters[0]?.clusterId, clusters[1]?.clusterId)
  t.deepEqual(
    clusters.map(({ controllerId }) => controllerId),
    [1, 7],
  )
  for (const client of clients) await client.close()
  for (const broker of brokers) await broker.stop()
})

test('a client is told the address that it connected to', async t => {
  const broker = await startBroker()
  const client = await RawClient.connect(broker.bootstrapServers)
  const { brokers } = await client.request(DescribeCluster, 0, { includeClusterAuthorizedOperations: false })
  t.is(`${brokers[0]?.host}:${brokers[0]?.port}`, broker.bootstrapServers)
  await client.close()
  await broker.stop()
})

test('advertised.listeners is what clients are told', async t => {
  const settings = { 'advertised.listeners': 'PLAINTEXT://kafka.example:19092' }
  const broker = await startBroker({ settings })
  const client = await RawClient.connect(broker.bootstrapServers)
  const { brokers } = await client.request(DescribeCluster, 0, { includeClusterAuthorizedOperations: false })
  t.like(brokers[0], { host: 'kafka.example', port: 19092 })
  await client.close()
  await broker.stop()
})

test('reset leaves a broker as new, and its connections open', async t => {
  const broker = await startBroker()
  const client = await RawClient.connect(broker.bootstrapServers)
  await autoCreate(client, 'old')
  await produce(client, 'old', 'gone soon')
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }]
  const commit = { groupId: 'g', generationIdOrMemberEpoch: -1, memberId: '', topics: [{ name: 'old', partitions }] }
  const committed = await client.request(OffsetCommit, 8, commit)
  t.is(committed.topics[0]?.partitions[0]?.errorCode, 0)
  t.deepEqual(
    (await client.request(ListGroups, 4, {})).groups.map(({ groupId }) => groupId),
    ['g'],
  )
  await broker.reset()
  t.deepEqual(await topicNames(client), [])
  t.deepEqual((await client.request(ListGroups, 4, {})).groups, [])
  await autoCreate(client, 'old')
  t.deepEqual(await fetch(client, 'old'), [])
  t.is(await produce(client, 'old', 'new'), 0)
  t.is((await client.request(OffsetCommit, 8, commit)).topics[0]?.partitions[0]?.errorCode, 0)
  await client.close()
  await broker.stop()
})

test('the file engine keeps records over a stop, which may be called twice', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'samsa-embedded-'))
  const first = await startBroker({ engine: 'file', dataDir })
  const client = await RawClient.connect(first.bootstrapServers)
  const topic = { name: 'kept', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  await client.request(CreateTopics, 5, { topics: [topic], timeoutMs: 1000 })
  t.is(await produce(client, 'kept', 'still here'), 0)
  await Promise.all([first.stop(), first.stop()])
  await client.closed
  const second = await startBroker({ engine: 'file', dataDir })
  const again = await RawClient.connect(second.bootstrapServers)
  t.deepEqual(await fetch(again, 'kept'), ['still here'])
  await again.close()
  await second.stop()
  rmSync(dataDir, { recursive: true })
})

test('settings that cannot be used are refused by name, and nothing listens', async t => {
  await t.throwsAsync(startBroker({ settings: { 'num.partitions': 'many' } }), {
    instanceOf: ConfigError,
    message: /num\.partitions.*many/,
  })
  await t.throwsAsync(startBroker({ settings: { nonsense: 1 } }), { instanceOf: ConfigError, message: /nonsense/ })
})
