/**
 * What durability=fsync costs: batches of 100 kB over few and many partitions, beside durability=os and beside a bare loop that writes and syncs the same
 * bytes; then a whole broker with many small producers, and how many records one sync serves.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, writevSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { RawClient } from '../broker/testing/raw-client.ts'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { Produce } from '../protocol/messages/produce.ts'
import * as header from '../protocol/records/batch.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { encodeRequest } from '../protocol/wire/frames.ts'
import { type AppendRequest, allOutcomes } from '../storage/engine.ts'
import { createFileEngine } from '../storage/file/engine.ts'

const BATCH_BYTES = 100_000
const ROUNDS = 3
const loads = [
  { logs: 4, turns: 1500 },
  { logs: 400, turns: 25 },
] as const

const batchBytes = (): Buffer => {
  const bytes = Buffer.alloc(BATCH_BYTES, 1)
  bytes.fill(0, 0, header.HEADER_SIZE)
  bytes.writeInt32BE(BATCH_BYTES - header.LENGTH_OVERHEAD, header.BATCH_LENGTH)
  bytes.writeInt8(2, header.MAGIC)
  bytes.writeInt32BE(1, header.RECORD_COUNT)
  header.writeCrc(bytes, 0)
  return bytes
}

/** In a new directory, which is removed afterwards. */
const inDirectory = async <T>(work: (path: string) => Promise<T>): Promise<T> => {
  const path = mkdtempSync(join(process.env.SAMSA_BENCH_DIR ?? tmpdir(), 'samsa-bench-'))
  try {
    return await work(path)
  } finally {
    rmSync(path, { recursive: true })
  }
}

/** MB/s of one growing file: a write and an fdatasync a turn. */
const bareLoop = (logs: number, turns: number): Promise<number> =>
  inDirectory(async path => {
    const sync = promisify(fdatasync)
    const fd = openSync(join(path, 'file'), 'wx')
    const buffers = Array.from({ length: logs }, batchBytes)
    const began = performance.now()
    for (let turn = 0; turn < turns; turn++) {
      writevSync(fd, buffers, turn * logs * BATCH_BYTES)
      await sync(fd)
    }
    const seconds = (performance.now() - began) / 1000
    closeSync(fd)
    return (turns * logs * BATCH_BYTES) / 1e6 / seconds
  })

/** MB/s of appends to as many logs in every turn, the next when the last is answered. */
const engineLoop = (durability: 'os' | 'fsync', logs: number, turns: number): Promise<number> =>
  inDirectory(async dataDir => {
    const engine = createFileEngine({ dataDir, durability, warn: line => console.error(line) })
    await engine.open()
    const ids = Array.from({ length: logs }, (_, index) => `data/YmVuY2gtb2YtZW5naW5lMQ/${index}`)
    const never = Number.MAX_SAFE_INTEGER
    const kept = { segmentBytes: 2 ** 30, indexIntervalBytes: 4096, segmentIndexBytes: 10 * 2 ** 20 }
    const options = { ...kept, segmentMs: never, flushMessages: never, flushMs: never }
    await Promise.all(ids.map((id, index) => engine.createLog(id, { name: `bench-${index}`, ...options })))
    const handles = ids.map(id => engine.log(id))
    const buffers = handles.map(batchBytes)
    const began = performance.now()
    for (let turn = 0; turn < turns; turn++) {
      const requests: AppendRequest[] = handles.map((log, index) => {
        const bytes = buffers[index]!
        header.stamp(bytes, 0, turn, 0)
        return { log, batches: [{ baseOffset: turn, lastOffset: turn, maxTimestamp: turn, bytes }], expectedEnd: turn }
      })
      const outcomes = await allOutcomes(engine.append(requests))
      if (outcomes.some(outcome => !outcome.ok)) throw new Error('an append failed')
    }
    const seconds = (performance.now() - began) / 1000
    await engine.close()
    return (turns * logs * BATCH_BYTES) / 1e6 / seconds
  })

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

const engines = async (): Promise<void> => {
  for (const { logs, turns } of loads) {
    const [bare, os, fsync]: [number[], number[], number[]] = [[], [], []]
    // By turns, so that what else the disk has to do strikes all alike.
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await bareLoop(logs, turns))
      fsync.push(await engineLoop('fsync', logs, turns))
      os.push(await engineLoop('os', logs, turns))
    }
    const ratio = (median(fsync) / median(bare)).toFixed(2)
    const all = (values: readonly number[]) =>
      `${median(values).toFixed(0)} (${values.map(v => v.toFixed(0)).join(', ')})`
    console.log(
      `  ${logs} × 100 kB a turn: bare ${all(bare)}, os ${all(os)}, fsync ${all(fsync)} MB/s; fsync/bare ${ratio}`,
    )
  }
}

const CONNECTIONS = 64
const SECONDS = 5

/** One record of 100 bytes for partition `index`. */
const produceFrame = (index: number): Buffer => {
  const records = buildBatch({ records: [{ timestamp: Date.now(), value: Buffer.alloc(100, 120) }] })
  const topicData = [{ name: 'bench', partitionData: [{ index, records: [records] }] }]
  return Buffer.concat(encodeRequest(Produce, 9, 1, 'bench', { acks: -1, timeoutMs: 10_000, topicData }))
}

/** The syncs that the broker's process has made so far. */
const syncsOf = async (child: ChildProcess): Promise<number> => {
  child.send('syncs?')
  const [syncs] = (await once(child, 'message')) as [number]
  return syncs
}

const smallProducers = (partitions: number): Promise<void> =>
  inDirectory(async dataDir => {
    const child = fork(fileURLToPath(new URL('./durability-broker.js', import.meta.url)), [dataDir])
    const [address] = (await once(child, 'message')) as [string]
    const admin = await RawClient.connect(address)
    const topic = { name: 'bench', numPartitions: partitions, replicationFactor: 1, assignments: [], configs: [] }
    await admin.request(CreateTopics, 5, { topics: [topic], timeoutMs: 10_000 })
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawClient.connect(address)))
    const before = await syncsOf(child)
    const began = performance.now()
    const counts = await Promise.all(
      clients.map(async (client, index) => {
        const frame = produceFrame(index % partitions)
        let acks = 0
        for (; performance.now() - began < SECONDS * 1000; acks++) await client.exchange([frame])
        return acks
      }),
    )
    const seconds = (performance.now() - began) / 1000
    const syncs = (await syncsOf(child)) - before
    const acks = counts.reduce((sum, count) => sum + count, 0)
    const rates = `${(acks / seconds).toFixed(0)} acks/s, ${(syncs / seconds).toFixed(0)} syncs/s`
    const partitionsText = `${partitions} partition${partitions === 1 ? '' : 's'}`
    console.log(
      `  ${CONNECTIONS} connections, 1 record each, ${partitionsText}: ${rates}, ${(acks / syncs).toFixed(1)} records a sync`,
    )
    for (const client of [...clients, admin]) await client.close()
    child.send('stop')
    await once(child, 'exit')
  })

/** Prints a line a load. */
export const run = async (): Promise<void> => {
  console.log('durability: MB/s of the median of three runs (each of them), then small producers')
  await engines()
  for (const partitions of [1, 64]) await smallProducers(partitions)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run()
