/** Times what is done with record batches: checksums, the header view, the walk on Produce, building, codecs, conversions. Run it alone, or import `run`. */
import { pathToFileURL } from 'node:url'
import * as batch from '../../protocol/records/batch.ts'
import { buildBatch, type NewRecord } from '../../protocol/records/build.ts'
import { codecs, compress, decompress, ready } from '../../protocol/records/compression.ts'
import { crc32c, crc32cPortable } from '../../protocol/records/crc32c.ts'
import { downConvert } from '../../protocol/records/down-convert.ts'
import { filterBatch } from '../../protocol/records/filter-batch.ts'
import { records } from '../../protocol/records/records.ts'
import { upConvert } from '../../protocol/records/up-convert.ts'
import { walkRecords } from '../../protocol/records/walk.ts'

const WARM_UP_MS = 200
const SAMPLES = 100

/** Nanoseconds a call: a low percentile of many short samples, which on a shared machine is the undisturbed cost. */
const measure = (call: () => number): number => {
  let sum = 0
  let calls = 0
  const began = performance.now()
  for (; performance.now() - began < WARM_UP_MS; calls += 10) for (let i = 0; i < 10; i++) sum += call()
  const callsPerSample = Math.max(1, Math.round((2 * calls) / WARM_UP_MS))
  const samples = Array.from({ length: SAMPLES }, () => {
    const start = performance.now()
    for (let i = 0; i < callsPerSample; i++) sum += call()
    return ((performance.now() - start) * 1e6) / callsPerSample
  })
  // What calls return is summed, so that no call can be left out.
  if (Number.isNaN(sum)) throw new Error('a call returned no number')
  return samples.sort((a, b) => a - b)[SAMPLES / 10]!
}

const report = (name: string, nanoseconds: number, count: number, bytes: number): void => {
  const each = `${(nanoseconds / count).toFixed(1)} ns`
  const rate = `${(bytes / nanoseconds).toFixed(2)} GB/s`
  console.log(`  ${name.padEnd(44)}${each.padStart(14)}${rate.padStart(14)}`)
}

/** Records of 100 bytes of JSON-like text. */
const recordsOf = (count: number): readonly NewRecord[] =>
  Array.from({ length: count }, (_, at) => ({
    timestamp: 1_700_000_000_000 + (at % 50),
    key: Buffer.from(`user-${(at * 7919) % 1000}`),
    value: Buffer.from(`{"id":${at},"name":"item ${(at * 31) % 977}","price":${(at * 17) % 100}}`.padEnd(92, ' ')),
  }))

const walk = (data: Buffer): number =>
  walkRecords(data, batch.HEADER_SIZE, data.length, batch.recordCount(data, 0), 0).maxTimestampIndex

const readHeader = (data: Buffer): number =>
  batch.batchEnd(data, 0) +
  batch.codec(data, 0) +
  batch.lastOffset(data, 0) +
  batch.maxTimestamp(data, 0) +
  batch.producerId(data, 0) +
  batch.producerEpoch(data, 0) +
  batch.lastSequence(data, 0) +
  batch.recordCount(data, 0)

const readAll = (data: Buffer): number => {
  let sum = 0
  for (const { offset } of records(data)) sum += offset
  return sum
}

const runPlain = (): void => {
  for (const size of [100, 1000, 100_000]) {
    const data = Buffer.alloc(size, 7)
    report(
      `CRC-32C of ${size} bytes`,
      measure(() => crc32c(data)),
      1,
      size,
    )
    report(
      `  the same without native code`,
      measure(() => crc32cPortable(data)),
      1,
      size,
    )
  }
  for (const count of [1, 100, 1000]) {
    const list = recordsOf(count)
    const data = buildBatch({ records: list })
    const each = count === 1 ? '1 record' : `${count} records, each`
    if (count === 1) {
      report(
        'read a header: end and seven fields',
        measure(() => readHeader(data)),
        1,
        data.length,
      )
      const stamp = () => {
        batch.stamp(data, 0, 2 ** 33, 5)
        return 1
      }
      report('stamp offset and leader epoch', measure(stamp), 1, data.length)
    }
    report(
      `check the CRC of ${each}`,
      measure(() => Number(batch.checkCrc(data, 0))),
      count,
      data.length,
    )
    report(
      `walk ${each}`,
      measure(() => walk(data)),
      count,
      data.length,
    )
    report(
      `build ${each}`,
      measure(() => buildBatch({ records: list }).length),
      count,
      data.length,
    )
    report(
      `read as objects ${each}`,
      measure(() => readAll(data)),
      count,
      data.length,
    )
    const odd = () => filterBatch(data, 0, ({ offset }) => offset % 2 === 1).length
    report(`filter ${each}`, measure(odd), count, data.length)
  }
}

const runConversions = (): void => {
  const data = buildBatch({ records: recordsOf(1000) })
  const set = downConvert(data, { toMagic: 1, firstOffset: 0 })
  report(
    'convert down 1000 records, each',
    measure(() => downConvert(data, { toMagic: 1, firstOffset: 0 }).length),
    1000,
    data.length,
  )
  report(
    'convert up 1000 records, each',
    measure(() => upConvert(set, 1 << 24)?.length ?? 0),
    1000,
    data.length,
  )
}

const runCodecs = async (): Promise<void> => {
  const data = buildBatch({ records: recordsOf(1000) }).subarray(batch.HEADER_SIZE)
  for (const codec of codecs) {
    if (codec === 'none') continue
    await ready(codec)
    const compressed = compress(codec, data)
    const ratio = (data.length / compressed.length).toFixed(1)
    report(
      `${codec}: compress (${ratio}×) 1000 records, each`,
      measure(() => compress(codec, data).length),
      1000,
      data.length,
    )
    // What native code gives is freed between turns only.
    await new Promise(resolve => setImmediate(resolve))
    const open = () => decompress(codec, compressed, 1 << 24).length
    report(`${codec}: decompress 1000 records, each`, measure(open), 1000, data.length)
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** Prints the time a call or record takes, and the bytes of batch that makes in a second. */
export const run = async (): Promise<void> => {
  runPlain()
  runConversions()
  await runCodecs()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run()
