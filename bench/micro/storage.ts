/** Times appends and reads of every engine: large and small batches, one log and many in a turn. Run it alone, or import `run`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '../../broker/clock.ts'
import * as header from '../../protocol/records/batch.ts'
import { type AppendRequest, allOutcomes, type Batch, type Engine, type Log } from '../../storage/engine.ts'
import { type EngineName, engines } from '../../storage/engines.ts'

interface Load {
  readonly batchBytes: number
  readonly logs: number
  /** Bytes that are appended to all logs together, and read again. */
  readonly totalBytes: number
}

const loads: readonly Load[] = [
  { batchBytes: 100_000, logs: 1, totalBytes: 256e6 },
  { batchBytes: 100_000, logs: 64, totalBytes: 256e6 },
  { batchBytes: 200, logs: 1, totalBytes: 20e6 },
  { batchBytes: 200, logs: 64, totalBytes: 20e6 },
]

const READ_BYTES = 1024 * 1024

/** A batch as it comes off a socket: a fresh buffer, not much larger. */
const batchAt = (template: Buffer, offset: number): Batch => {
  const bytes = Buffer.allocUnsafeSlow(template.length)
  template.copy(bytes)
  header.stamp(bytes, 0, offset, 0)
  return { baseOffset: offset, lastOffset: offset, maxTimestamp: 1_700_000_000_000 + offset, bytes }
}

const template = (sizeBytes: number): Buffer => {
  const bytes = Buffer.alloc(sizeBytes, 1)
  bytes.fill(0, 0, header.HEADER_SIZE)
  bytes.writeInt32BE(sizeBytes - header.LENGTH_OVERHEAD, header.BATCH_LENGTH)
  bytes.writeInt8(2, header.MAGIC)
  bytes.writeInt32BE(1, header.RECORD_COUNT)
  header.writeCrc(bytes, 0)
  return bytes
}

const openLogs = async (engine: Engine, count: number): Promise<Log[]> => {
  const logs: Log[] = []
  for (let index = 0; index < count; index++) {
    const id = `data/YmVuY2gtb2YtZW5naW5lMQ/${index}`
    await engine.createLog(id, {
      name: `bench-${index}`,
      segmentBytes: 1024 ** 3,
      segmentMs: Number.MAX_SAFE_INTEGER,
      indexIntervalBytes: 4096,
      segmentIndexBytes: 10 * 1024 ** 2,
      flushMessages: Number.MAX_SAFE_INTEGER,
      flushMs: Number.MAX_SAFE_INTEGER,
    })
    logs.push(engine.log(id))
  }
  return logs
}

/** Seconds that appends take, without the making of the batches. One batch a log and turn. */
const timeAppends = async (engine: Engine, logs: readonly Log[], load: Load, rounds: number): Promise<number> => {
  const bytes = template(load.batchBytes)
  let seconds = 0
  for (let round = 0; round < rounds; round++) {
    const requests: AppendRequest[] = logs.map(log => ({
      log,
      batches: [batchAt(bytes, round)],
      expectedEnd: round,
    }))
    const began = performance.now()
    const outcomes = await allOutcomes(engine.append(requests))
    seconds += (performance.now() - began) / 1000
    if (outcomes.some(outcome => !outcome.ok)) throw new Error('an append failed')
  }
  return seconds
}

const timeReads = async (logs: readonly Log[], maxBytes: number): Promise<number> => {
  const began = performance.now()
  for (const log of logs) {
    const { end } = await log.bounds()
    for (let next = 0; next < end; ) {
      const slice = await log.read(next, { maxBytes, atLeastOne: true })
      next = slice.next
      slice.release()
    }
  }
  return (performance.now() - began) / 1000
}

const time = async (name: EngineName, load: Load): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'samsa-bench-'))
  const engine = await engines[name]({
    dataDir,
    durability: 'os',
    maxBytes: 1e9,
    now: Date.now,
    ...{ monotonic: systemClock.monotonic, after: systemClock.after },
    uuid: () => crypto.randomUUID().replaceAll('-', ''),
    warn: line => console.error(line),
  })
  try {
    await engine.open()
    const logs = await openLogs(engine, load.logs)
    const rounds = Math.ceil(load.totalBytes / load.batchBytes / load.logs)
    const appends = rounds * load.logs
    const appendSeconds = await timeAppends(engine, logs, load, rounds)
    const readSeconds = await timeReads(logs, READ_BYTES)
    const megabytes = (appends * load.batchBytes) / 1e6
    const what = `${name}, ${load.batchBytes} B batches, ${load.logs} log${load.logs === 1 ? '' : 's'}`
    const append = `${(megabytes / appendSeconds).toFixed(0)} MB/s, ${((appendSeconds / appends) * 1e6).toFixed(2)} µs each`
    console.log(`  ${what.padEnd(36)} append ${append.padEnd(26)} read ${(megabytes / readSeconds).toFixed(0)} MB/s`)
    await engine.close()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Prints a line an engine and load. */
export const run = async (): Promise<void> => {
  console.log('storage engines: appends and reads of 1 MiB')
  for (const name of Object.keys(engines) as EngineName[]) for (const load of loads) await time(name, load)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run()
