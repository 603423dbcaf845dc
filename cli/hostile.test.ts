/**
 * Thirty seconds of what kills brokers: mutated frames, lengths that are lies, sockets that stop, clients that don't read.
 * Good clients must be answered within a second, and memory stays bounded.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import test from 'ava'
import { RawClient } from '../broker/testing/raw-client.ts'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { Fetch } from '../protocol/messages/fetch.ts'
import { Metadata } from '../protocol/messages/metadata.ts'
import { Produce } from '../protocol/messages/produce.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { BrokerProcess } from './testing/broker-process.ts'

const SECONDS = Number(process.env.SAMSA_HOSTILE_SECONDS ?? 30)
const MEMORY_LIMIT = 400 * 1024 * 1024
const seed = Number(process.env.SAMSA_SEED ?? 1)

const produce = async (client: RawClient, name: string, sizeBytes: number): Promise<number | undefined> => {
  const records = [buildBatch({ records: [{ timestamp: Date.now(), value: Buffer.alloc(sizeBytes, 120) }] })]
  const topicData = [{ name, partitionData: [{ index: 0, records }] }]
  const answer = await client.request(Produce, 9, { acks: -1, timeoutMs: 1000, topicData })
  return answer.responses[0]?.partitionResponses[0]?.errorCode
}

const fetch = async (client: RawClient, topic: string): Promise<number | undefined> => {
  const topics = [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }] }]
  const answer = await client.request(Fetch, 12, { maxWaitMs: 100, minBytes: 1, maxBytes: 1000, topics })
  return answer.responses[0]?.partitions[0]?.errorCode
}

for (const engine of ['file', 'memory'])
  test.serial(`hostile peers harm themselves alone, ${engine} engine`, async t => {
    t.timeout((SECONDS + 60) * 1000)
    t.log(`seed ${seed}`)
    const dir = mkdtempSync(join(tmpdir(), 'samsa-hostile-'))
    const broker = await BrokerProcess.start(['--engine', engine, '--data-dir', dir, '--log-level', 'fatal'])
    t.teardown(async () => {
      await broker.stop('SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    })
    const good = await RawClient.connect(broker.address)
    const topics = ['target', 'good'].map(name => ({
      name,
      numPartitions: 1,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    }))
    const created = await good.request(CreateTopics, 5, { topics, timeoutMs: 5000 })
    t.deepEqual(
      created.topics.map(topic => topic.errorCode),
      [0, 0],
    )
    for (let i = 0; i < 64; i++) t.is(await produce(good, 'target', 900_000), 0)

    const peers = new Worker(new URL('./testing/hostile-peers.js', import.meta.url), {
      workerData: { address: broker.address, seed },
    })
    t.teardown(() => peers.terminate())
    await once(peers, 'online')
    let slowestMs = 0
    const timed = async <T>(work: Promise<T>): Promise<T> => {
      const began = performance.now()
      const result = await work
      slowestMs = Math.max(slowestMs, performance.now() - began)
      return result
    }
    let [memory, rounds] = [0, 0]
    for (const end = performance.now() + SECONDS * 1000; performance.now() < end; rounds++) {
      const fresh = await timed(RawClient.connect(broker.address))
      const metadata = await timed(fresh.request(Metadata, 9, { topics: [{ name: 'good' }] }))
      t.is(metadata.topics[0]?.errorCode, 0)
      t.is(await timed(produce(good, 'good', 100)), 0)
      t.is(await timed(fetch(good, 'good')), 0)
      await fresh.close()
      memory = Math.max(memory, broker.memory().now)
    }
    await peers.terminate()
    t.log(
      `${rounds} rounds of a good client, its slowest answer ${Math.round(slowestMs)} ms; ${memory >> 20} MiB at most`,
    )
    t.true(broker.alive)
    t.true(slowestMs < 1000, `the slowest answer took ${slowestMs} ms`)
    t.true(memory < MEMORY_LIMIT, `${memory} bytes resident`)
    await good.close()
    t.is(await broker.stop(), 0)
  })
