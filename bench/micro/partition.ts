/** Times Produce and Fetch from their handlers to the memory engine: all that isn't socket, codec of messages, or disk. Run it alone, or import `run`. */
import { pathToFileURL } from 'node:url'
import { settled } from '../../broker/testing/manual-clock.ts'
import { type FetchAsk, Stage } from '../../broker/partition/testing/stage.ts'
import * as batch from '../../protocol/records/batch.ts'
import { buildBatch } from '../../protocol/records/build.ts'
import { walkRecords } from '../../protocol/records/walk.ts'

const ROUNDS = 40
const IN_FLIGHT = 20
const NOW = 1_700_000_000_000

/** µs an operation: the lower quartile of rounds of many, which on a shared machine is about the undisturbed cost. */
const measure = async (each: number, round: () => Promise<void> | void): Promise<number> => {
  for (let warm = 0; warm < 10; warm++) await round()
  const samples: number[] = []
  for (let index = 0; index < ROUNDS; index++) {
    const began = performance.now()
    await round()
    samples.push(((performance.now() - began) * 1000) / each)
  }
  return samples.sort((a, b) => a - b)[ROUNDS / 4]!
}

const report = (name: string, micros: number, bytes: number): void => {
  const rate = bytes === 0 ? '' : `${(bytes / micros / 1000).toFixed(2)} GB/s`
  console.log(`  ${name.padEnd(52)}${`${micros.toFixed(2)} µs`.padStart(12)}${rate.padStart(14)}`)
}

const batchOf = (records: number, recordBytes: number, producerId = -1): Buffer =>
  buildBatch({
    records: Array.from({ length: records }, () => ({ timestamp: NOW, value: Buffer.alloc(recordBytes, 120) })),
    ...(producerId < 0 ? {} : { producerId, producerEpoch: 0, baseSequence: 0 }),
  })

/** As many requests as a few producers have in flight, all in one turn of the loop. */
const produce = async (name: string, records: number, recordBytes: number, producerId?: number): Promise<void> => {
  const template = batchOf(records, recordBytes, producerId)
  const buffers = Array.from({ length: IN_FLIGHT }, () => Buffer.from(template))
  const rounds = Math.max(1, Math.floor(200 / Math.max(1, template.length / 1000)))
  let sequence = 0
  const prepare = (bytes: Buffer): Buffer => {
    batch.stamp(bytes, 0, 0, -1)
    if (producerId === undefined) return bytes
    bytes.writeInt32BE(sequence++, batch.BASE_SEQUENCE)
    batch.writeCrc(bytes, 0)
    return bytes
  }
  let stage = new Stage()
  await stage.create()
  const micros = await measure(rounds * IN_FLIGHT, async () => {
    for (let index = 0; index < rounds; index++)
      await Promise.all(buffers.map(bytes => stage.producing(prepare(bytes)).answer))
  })
  report(`produce ${name}`, micros, template.length)
  stage = new Stage()
}

const checks = async (): Promise<void> => {
  const bytes = batchOf(1000, 100)
  const check = (): number =>
    (batch.checkCrc(bytes, 0) ? 1 : 0) +
    walkRecords(bytes, batch.HEADER_SIZE, bytes.length, batch.recordCount(bytes, 0), NOW).maxTimestampIndex
  let sum = 0
  const micros = await measure(100, () => {
    for (let index = 0; index < 100; index++) sum += check()
  })
  if (Number.isNaN(sum)) throw new Error('a check returned no number')
  report('of that: CRC and walk', micros, bytes.length)
}

const fetch = async (
  name: string,
  batches: number,
  records: number,
  partitions: number,
  ask: FetchAsk,
): Promise<void> => {
  const stage = new Stage()
  await stage.create('t', {}, partitions)
  let bytes = 0
  for (let index = 0; index < batches; index++) {
    const produced = batchOf(records, 100)
    bytes += produced.length
    await stage.produce(produced)
  }
  const { sessionId } = await stage.fetch(ask.sessionEpoch === undefined ? ask : { ...ask, sessionEpoch: 0 })
  let sessionEpoch = 1
  const once = async (): Promise<void> => {
    const { answer, seen } = stage.fetching(
      ask.sessionEpoch === undefined
        ? ask
        : { ...ask, targets: [], sessionId: sessionId!, sessionEpoch: sessionEpoch++ },
    )
    await answer
    seen.sent()
  }
  const micros = await measure(100, async () => {
    for (let index = 0; index < 100; index++) await once()
  })
  report(`fetch ${name}`, micros, bytes)
}

const wake = async (): Promise<void> => {
  const stage = new Stage()
  await stage.create()
  let offset = 0
  const bytes = batchOf(1, 100)
  const micros = await measure(100, async () => {
    for (let index = 0; index < 100; index++) {
      const { answer, seen } = stage.fetching({ offset, maxWaitMs: 500 })
      batch.stamp(bytes, 0, 0, -1)
      await Promise.all([answer, stage.produce(Buffer.from(bytes))])
      seen.sent()
      offset++
    }
  })
  report('produce 1 × 100 B that wakes a waiting fetch', micros, 0)
}

/** Prints the table. */
export const run = async (): Promise<void> => {
  await produce('1,000 × 100 B', 1000, 100)
  await checks()
  await produce('1 × 100 B', 1, 100)
  await produce('1 × 100 B, idempotent (its CRC made here)', 1, 100, 7)
  const all = Array.from({ length: 200 }, (_, index) => ['t', index, 0] as const)
  await fetch('1 MB of batches of 100 kB', 10, 1000, 1, { maxBytes: 1 << 21, partitionMaxBytes: 1 << 21 })
  await fetch('1 × 100 B', 1, 1, 1, {})
  await fetch('nothing from 200 partitions in a session', 0, 0, 200, { targets: all, sessionEpoch: 0 })
  await wake()
  await settled()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run()
