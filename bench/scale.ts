/**
 * Ten thousand partitions on one broker, in a hundred topics and in one: creation, requests over many of them, what it holds, how it stops and starts.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokerProcess } from '../cli/testing/broker-process.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { cpuSeconds } from './cpu-seconds.ts'
import { PartitionsClient, targetsOf } from './partitions-client.ts'

/** Partitions in one request. */
const AT_ONCE = 1000
/** The first rounds of retention and of the cleaner have passed then, and unused files are closed. */
const IDLE_MS = 150_000

const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const began = performance.now()
  const result = await work()
  row(what, `${Math.round(performance.now() - began)} ms`)
  return result
}

const row = (what: string, figure: string): void => console.log(`    ${what.padEnd(46)}${figure.padStart(12)}`)

/** Linux only, as `BrokerProcess.memory`. */
const holdings = (what: string, broker: BrokerProcess): void => {
  row(`${what}: resident`, `${Math.round(broker.memory().now / 1e6)} MB`)
  row(`${what}: open files`, String(readdirSync(`/proc/${broker.pid}/fd`).length))
}

const measure = async (topicCount: number, partitions: number): Promise<void> => {
  console.log(`  ${topicCount} topics of ${partitions} partitions`)
  const dir = mkdtempSync(join(tmpdir(), 'samsa-bench-'))
  const start = async (what: string): Promise<[BrokerProcess, PartitionsClient]> => {
    const broker = await BrokerProcess.start(['--data-dir', dir])
    row(`${what}: exec to listening`, `${Math.round(broker.startMs)} ms`)
    row(`${what}: CPU until then`, `${Math.round(cpuSeconds(broker.pid) * 1000)} ms`)
    return [broker, await PartitionsClient.connect(broker.address)]
  }
  const records = buildBatch({ records: [{ timestamp: Date.now(), value: Buffer.alloc(100, 1) }] })
  const topics = Array.from({ length: topicCount }, (_, index) => `scale-${index}`)
  const targets = targetsOf(topics, partitions)
  try {
    let [broker, client] = await start('nothing there')
    await timed('create all', () => client.create(topics, partitions))
    await timed('Metadata of all', () => client.metadata())
    await timed('the first Produce to each, 1000 a request', async () => {
      for (let at = 0; at < targets.length; at += AT_ONCE)
        await client.produce(targets.slice(at, at + AT_ONCE), Buffer.from(records))
    })
    await timed('Produce to 1000', () => client.produce(targets.slice(0, AT_ONCE), Buffer.from(records)))
    await timed('Fetch of 1000', () => client.fetch(targets.slice(0, AT_ONCE)))
    holdings('all used', broker)
    await client.close()
    await timed('clean stop, all freshly written', () => broker.stop())
    ;[broker, client] = await start('after a clean stop')
    await timed('Metadata of all', () => client.metadata())
    await new Promise(resolve => setTimeout(resolve, IDLE_MS))
    holdings('idle', broker)
    await timed('the first Fetch of 1000', () => client.fetch(targets.slice(0, AT_ONCE)))
    await client.close()
    await broker.stop('SIGKILL')
    ;[broker, client] = await start('after SIGKILL')
    await client.close()
    await timed('clean stop', () => broker.stop())
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Runs both. */
export const run = async (): Promise<void> => {
  await measure(100, 100)
  await measure(1, 10_000)
}
