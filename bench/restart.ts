/**
 * How soon a broker answers after SIGKILL with 10 GB in a hundred partitions, at each durability: just killed, killed again, and with nothing of the
 * data in memory (where that can be had).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokerProcess } from '../cli/testing/broker-process.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { cpuSeconds } from './cpu-seconds.ts'
import { PartitionsClient, type Target, targetsOf } from './partitions-client.ts'

const PARTITIONS = 100
const TOTAL_BYTES = 10e9
const CONNECTIONS = 2

/** Each connection writes its share of the partitions, all in one request, again and again. */
const fill = async (address: string, targets: readonly Target[]): Promise<void> => {
  const records = buildBatch({
    records: Array.from({ length: 100 }, (_, index) => ({ timestamp: Date.now(), value: Buffer.alloc(1000, index) })),
  })
  let left = TOTAL_BYTES
  const lane = async (_: unknown, share: number): Promise<void> => {
    const client = await PartitionsClient.connect(address)
    const own = targets.filter(([, index]) => index % CONNECTIONS === share)
    while (left > 0) {
      left -= own.length * records.length
      await client.produce(own, records)
    }
    await client.close()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, lane))
}

/** Linux, and root, only: false elsewhere. */
const forgetPages = (): boolean => {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}

const measure = async (durability: 'os' | 'fsync'): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'samsa-bench-'))
  const args = ['--data-dir', dir, '--set', `samsa.durability=${durability}`]
  const targets = targetsOf(['restart'], PARTITIONS)
  const answers = async (what: string): Promise<BrokerProcess> => {
    const began = performance.now()
    const broker = await BrokerProcess.start(args)
    const figures = [`listening ${Math.round(performance.now() - began)}`]
    const cpuMs = Math.round(cpuSeconds(broker.pid) * 1000)
    const client = await PartitionsClient.connect(broker.address)
    for (const [name, ask] of [
      ['Metadata', () => client.metadata()],
      ['Fetch of one', () => client.fetch(targets.slice(0, 1), 1 << 20)],
      ['Fetch of all', () => client.fetch(targets)],
    ] as const) {
      await ask()
      figures.push(`${name} ${Math.round(performance.now() - began)}`)
    }
    await client.close()
    console.log(`    ${what.padEnd(34)} ${figures.join(', ')} ms; ${cpuMs} ms of CPU until it listened`)
    return broker
  }
  try {
    let broker = await BrokerProcess.start(args)
    const client = await PartitionsClient.connect(broker.address)
    await client.create(['restart'], PARTITIONS)
    await client.close()
    const began = performance.now()
    await fill(broker.address, targets)
    const seconds = (performance.now() - began) / 1000
    console.log(
      `  ${durability}: ${TOTAL_BYTES / 1e9} GB in ${PARTITIONS} partitions, at ${(TOTAL_BYTES / seconds / 1e6).toFixed(0)} MB/s`,
    )
    await broker.stop('SIGKILL')
    broker = await answers('killed while the last was written')
    await broker.stop('SIGKILL')
    broker = await answers('killed again')
    await broker.stop('SIGKILL')
    if (forgetPages()) {
      broker = await answers('killed, nothing in memory')
      await broker.stop()
      if (forgetPages()) broker = await answers('stopped cleanly, nothing in memory')
    } else broker = await answers('killed once more')
    await broker.stop()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Runs at both durabilities. */
export const run = async (): Promise<void> => {
  await measure('os')
  await measure('fsync')
}
