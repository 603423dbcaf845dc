/**
 * Compaction of a large log in the background while a client produces and fetches: how long it takes, in what memory, and how long the broker's
 * event loop is held by it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RawClient } from '../broker/testing/raw-client.ts'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { DescribeLogDirs } from '../protocol/messages/describe-log-dirs.ts'
import { Fetch } from '../protocol/messages/fetch.ts'
import { Produce } from '../protocol/messages/produce.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { type Codec, ready } from '../protocol/records/compression.ts'
import { type LoopHolds, MeasuredBroker } from './measured-broker.ts'

interface Load {
  readonly name: string
  /** Of batches as they are stored. */
  readonly totalBytes: number
  readonly recordsPerBatch: number
  readonly valueBytes: number
  readonly codec: Codec
  /** The cleaner's; a small one makes several passes. */
  readonly mapBytes: number
}

const MAP_BYTES = 128 << 20
const KEYS = 1_000_000

const loads: readonly Load[] = [
  { name: '100 B', totalBytes: 2 ** 30, recordsPerBatch: 1000, valueBytes: 70, codec: 'none', mapBytes: MAP_BYTES },
  {
    name: '100 B, 4 passes',
    totalBytes: 2 ** 28,
    recordsPerBatch: 1000,
    valueBytes: 70,
    codec: 'none',
    mapBytes: 8 << 20,
  },
  {
    name: '10 B, 1 MB batches',
    totalBytes: 2 ** 27,
    recordsPerBatch: 40_000,
    valueBytes: 5,
    codec: 'none',
    mapBytes: MAP_BYTES,
  },
  {
    name: '100 B, gzip',
    totalBytes: 2 ** 27,
    recordsPerBatch: 10_000,
    valueBytes: 70,
    codec: 'gzip',
    mapBytes: MAP_BYTES,
  },
  {
    name: '100 B, zstd',
    totalBytes: 2 ** 27,
    recordsPerBatch: 10_000,
    valueBytes: 70,
    codec: 'zstd',
    mapBytes: MAP_BYTES,
  },
  {
    name: '100 B, lz4',
    totalBytes: 2 ** 27,
    recordsPerBatch: 10_000,
    valueBytes: 70,
    codec: 'lz4',
    mapBytes: MAP_BYTES,
  },
]

/** Batches whose keys together are all keys, and whose values differ. */
const batchesOf = (load: Load): Buffer[] => {
  const { recordsPerBatch, valueBytes, codec } = load
  let seed = 1
  const batches: Buffer[] = []
  for (let first = 0; first < KEYS; first += recordsPerBatch) {
    const records = Array.from({ length: recordsPerBatch }, (_, index) => {
      const value = Buffer.allocUnsafe(valueBytes)
      for (let at = 0; at < valueBytes; at++) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
        // As compressible as text is.
        value[at] = 97 + ((seed >>> 16) & 15)
      }
      return { timestamp: Date.now(), key: Buffer.from(`key-${first + index}`), value }
    })
    batches.push(buildBatch({ records, compression: codec }))
  }
  return batches
}

const createTopics = async (client: RawClient): Promise<void> => {
  const compacted = [
    ['cleanup.policy', 'compact'],
    ['segment.bytes', String(256 << 20)],
    ['max.message.bytes', '8000000'],
  ].map(([name, value]) => ({ name: name!, value: value! }))
  const topics = [
    { name: 'compacted', configs: compacted },
    { name: 'other', configs: [] },
  ].map(topic => ({ ...topic, numPartitions: 1, replicationFactor: 1, assignments: [] }))
  await client.request(CreateTopics, 5, { topics, timeoutMs: 5000 })
}

const produce = async (client: RawClient, topic: string, records: Buffer): Promise<void> => {
  const topicData = [{ name: topic, partitionData: [{ index: 0, records: [records] }] }]
  const answer = await client.request(Produce, 9, { acks: -1, timeoutMs: 30_000, topicData })
  const code = answer.responses[0]?.partitionResponses[0]?.errorCode
  if (code !== 0) throw new Error(`a Produce failed with ${code}`)
}

const sizeOf = async (client: RawClient, topic: string): Promise<number> => {
  const answer = await client.request(DescribeLogDirs, 1, { topics: [{ topic, partitions: [0] }] })
  return Number(answer.results[0]?.topics[0]?.partitions[0]?.partitionSize ?? 0)
}

/** Produces and fetches a little, again and again, until `ended`: the ms that each pair took. */
const trickle = async (address: string, ended: () => boolean): Promise<number[]> => {
  const client = await RawClient.connect(address)
  const records = buildBatch({ records: [{ timestamp: Date.now(), key: Buffer.from('k'), value: Buffer.alloc(100) }] })
  const took: number[] = []
  for (let offset = 0; !ended(); offset++) {
    const began = performance.now()
    await produce(client, 'other', Buffer.from(records))
    const partitions = [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20 }]
    await client.request(Fetch, 12, {
      maxWaitMs: 100,
      minBytes: 1,
      maxBytes: 1 << 20,
      topics: [{ topic: 'other', partitions }],
    })
    took.push(performance.now() - began)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  await client.close()
  return took.sort((a, b) => a - b)
}

const report = (what: string, holds: LoopHolds, took: readonly number[]): void => {
  const at = (share: number): string => (took[Math.floor((took.length - 1) * share)] ?? 0).toFixed(1)
  const loop = `loop held p50 ${holds.p50.toFixed(1)}, p99 ${holds.p99.toFixed(1)}, p99.9 ${holds.p999.toFixed(1)}, max ${holds.max.toFixed(1)} ms`
  console.log(`    ${what.padEnd(12)} ${loop}; produce + fetch p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} ms`)
}

/** What the loop does for as long as nothing but the trickle goes on. */
const QUIET_MS = 3000

const measure = async (load: Load): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'samsa-bench-'))
  const broker = await MeasuredBroker.start({
    'samsa.engine': 'file',
    'log.dirs': dir,
    listeners: 'PLAINTEXT://127.0.0.1:0',
    'log.cleaner.enable': 'false',
    'log.cleaner.dedupe.buffer.size': String(load.mapBytes),
  })
  try {
    const address = await broker.address()
    const client = await RawClient.connect(address)
    await createTopics(client)
    const batches = batchesOf(load)
    for (let bytes = 0, index = 0; bytes < load.totalBytes; index = (index + 1) % batches.length) {
      await produce(client, 'compacted', Buffer.from(batches[index]!))
      bytes += batches[index]!.length
    }
    const before = await sizeOf(client, 'compacted')
    const quietUntil = performance.now() + QUIET_MS
    await broker.holds()
    const quietTook = await trickle(address, () => performance.now() > quietUntil)
    const quiet = await broker.holds()
    const memoryBefore = await broker.memory()
    let peak = 0
    let done = false
    const watch = setInterval(() => {
      void broker.memory().then(bytes => {
        peak = Math.max(peak, bytes)
      })
    }, 100)
    const began = performance.now()
    const compacting = broker.compact().then(() => {
      done = true
    })
    const took = await trickle(address, () => done)
    await compacting
    const seconds = (performance.now() - began) / 1000
    clearInterval(watch)
    const holds = await broker.holds()
    const after = await sizeOf(client, 'compacted')
    const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
    const speed = `${(before / seconds / 1e6).toFixed(0)} MB/s`
    console.log(
      `  ${load.name}: ${mb(before)} to ${mb(after)} in ${seconds.toFixed(1)} s, ${speed}; RSS ${mb(memoryBefore)} before, at most ${mb(peak)}`,
    )
    report('quiet', quiet, quietTook)
    report('compacting', holds, took)
    await client.close()
  } finally {
    await broker.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Runs every load, each on a broker of its own. */
export const run = async (): Promise<void> => {
  await ready('zstd')
  for (const load of loads) await measure(load)
}
