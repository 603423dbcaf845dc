/**
 * A produce-fetch loop over a socket: the broker in a process of its own, pre-encoded frames, what it cost the broker in
 * CPU time as well as what came through.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RawClient } from '../broker/testing/raw-client.ts'
import { BrokerProcess } from '../cli/testing/broker-process.ts'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { Fetch } from '../protocol/messages/fetch.ts'
import { Produce } from '../protocol/messages/produce.ts'
import * as batch from '../protocol/records/batch.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { encodeRequest } from '../protocol/wire/frames.ts'
import { cpuSeconds } from './cpu-seconds.ts'

interface Load {
  readonly name: string
  readonly records: number
  readonly recordBytes: number
  readonly connections: number
  readonly inFlight: number
  readonly requests: number
}

const loads: readonly Load[] = [
  { name: 'produce 1,000 × 100 B', records: 1000, recordBytes: 100, connections: 2, inFlight: 5, requests: 6000 },
  { name: 'produce 1 × 100 B', records: 1, recordBytes: 100, connections: 4, inFlight: 16, requests: 100_000 },
]

const produceFrame = (load: Load): Buffer => {
  const value = Buffer.alloc(load.recordBytes, 120)
  const records = buildBatch({
    records: Array.from({ length: load.records }, () => ({ timestamp: Date.now(), value })),
  })
  const topicData = [{ name: 'bench', partitionData: [{ index: 0, records: [records] }] }]
  return Buffer.concat(encodeRequest(Produce, 9, 1, 'bench', { acks: -1, timeoutMs: 10_000, topicData }))
}

/** Keeps `inFlight` requests under way on each connection until all are answered. */
const drive = async (clients: readonly RawClient[], frame: Buffer, load: Load): Promise<void> => {
  let left = load.requests
  const lane = async (client: RawClient): Promise<void> => {
    while (left-- > 0) await client.exchange([frame])
  }
  await Promise.all(clients.flatMap(client => Array.from({ length: load.inFlight }, () => lane(client))))
}

const measureProduce = async (address: string, pid: number, load: Load): Promise<void> => {
  const clients = await Promise.all(Array.from({ length: load.connections }, () => RawClient.connect(address)))
  const frame = produceFrame(load)
  await drive(clients, frame, { ...load, requests: load.requests / 10 })
  const [began, cpu] = [performance.now(), cpuSeconds(pid)]
  await drive(clients, frame, load)
  const seconds = (performance.now() - began) / 1000
  report(load.name, load.requests, load.requests * frame.length, seconds, cpuSeconds(pid) - cpu)
  for (const client of clients) await client.close()
}

const measureFetch = async (address: string, pid: number): Promise<void> => {
  const client = await RawClient.connect(address)
  const [began, cpu] = [performance.now(), cpuSeconds(pid)]
  let [offset, bytes, requests] = [0, 0, 0]
  while (bytes < 1 << 30) {
    const partition = { partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20 }
    const topics = [{ topic: 'bench', partitions: [partition] }]
    const answer = await client.request(Fetch, 12, { maxWaitMs: 100, minBytes: 1, maxBytes: 1 << 20, topics })
    const records = Buffer.concat(answer.responses[0]?.partitions[0]?.records ?? [])
    requests++
    bytes += records.length
    // The last batch's base offset and last offset delta tell where to go on; at the end, begin again.
    offset = records.length < 1 << 19 ? 0 : nextOffset(records)
  }
  report('fetch, 1 MiB at a time', requests, bytes, (performance.now() - began) / 1000, cpuSeconds(pid) - cpu)
  await client.close()
}

const nextOffset = (records: Buffer): number => {
  let next = 0
  for (const position of batch.batches(records)) next = batch.nextOffset(records, position)
  return next
}

const report = (name: string, requests: number, bytes: number, seconds: number, cpu: number): void => {
  const figures = [
    `${Math.round(bytes / seconds / 1e6)} MB/s`,
    `${Math.round(requests / seconds)} requests/s`,
    `${((cpu / bytes) * 1e9).toFixed(2)} CPU s/GB`,
    `${((cpu / requests) * 1e6).toFixed(1)} µs CPU/request`,
  ]
  console.log(`  ${name.padEnd(26)}${figures.map(figure => figure.padStart(22)).join('')}`)
}

/** Runs the loop on each engine. */
export const run = async (): Promise<void> => {
  for (const engine of ['memory', 'file']) {
    const dir = mkdtempSync(join(tmpdir(), 'samsa-bench-'))
    const broker = await BrokerProcess.start(['--engine', engine, '--data-dir', dir])
    const { address, pid } = broker
    console.log(`  ${engine} engine: listening after ${Math.round(broker.startMs)} ms`)
    const client = await RawClient.connect(address)
    // What a produce load writes is dropped soon, so that the memory engine's and the disk's size don't matter.
    const configs = [
      { name: 'retention.bytes', value: String(256 << 20) },
      { name: 'segment.bytes', value: String(64 << 20) },
    ]
    const topic = { name: 'bench', numPartitions: 1, replicationFactor: 1, assignments: [], configs }
    await client.request(CreateTopics, 5, { topics: [topic], timeoutMs: 5000 })
    for (const load of loads) await measureProduce(address, pid, load)
    await measureFetch(address, pid)
    await client.close()
    await broker.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}
