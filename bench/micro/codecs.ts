/** Times encoding and decoding of the messages that a broker spends its day with. Run it alone, or import `run`. */
import { pathToFileURL } from 'node:url'
import { ApiVersions, apis, Fetch, Heartbeat, Metadata, Produce } from '../../protocol/messages/index.ts'
import { type Codec, requestCodec, responseCodec, versionsOf } from '../../protocol/schema/codec.ts'
import type { RequestWrite, ResponseOf } from '../../protocol/schema/notation.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { Writer } from '../../protocol/wire/writer.ts'

const topicId = (i: number): string => Buffer.from(`${i}`.padStart(16, 'x')).toString('base64url')
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

const heartbeat: RequestWrite<typeof Heartbeat> = {
  groupId: 'orders-service',
  generationId: 7,
  memberId: 'consumer-orders-service-1-5f0d1c1e-4ad6-4c9c-a9d8-6a3c0ad5d6b1',
}

const batch = Buffer.alloc(16 * 1024, 7)

const produce: RequestWrite<typeof Produce> = {
  transactionalId: null,
  acks: -1,
  timeoutMs: 30_000,
  topicData: [{ name: 'orders', partitionData: times(3, index => ({ index, records: [batch] })) }],
}

const fetch: ResponseOf<typeof Fetch> = {
  responses: times(5, t => ({
    topicId: topicId(t),
    partitions: times(10, partitionIndex => ({
      partitionIndex,
      errorCode: 0,
      highWatermark: 123_456_789,
      lastStableOffset: 123_456_789,
      logStartOffset: 0,
      abortedTransactions: null,
      records: [batch],
    })),
  })),
}

const metadata: ResponseOf<typeof Metadata> = {
  brokers: times(3, nodeId => ({ nodeId, host: `broker-${nodeId}.local`, port: 9092 })),
  clusterId: 'abcdefghijklmnopqrstuv',
  controllerId: 1,
  topics: times(100, t => ({
    errorCode: 0,
    name: `orders.topic-${t}`,
    topicId: topicId(t),
    partitions: times(10, partitionIndex => ({
      errorCode: 0,
      partitionIndex,
      leaderId: partitionIndex % 3,
      leaderEpoch: 5,
      replicaNodes: [0, 1, 2],
      isrNodes: [0, 1, 2],
    })),
  })),
}

const apiVersions: ResponseOf<typeof ApiVersions> = {
  errorCode: 0,
  apiKeys: apis.map(api => ({ apiKey: api.key, minVersion: versionsOf(api).min, maxVersion: versionsOf(api).max })),
  finalizedFeaturesEpoch: 1,
  finalizedFeatures: [{ name: 'transaction.version', maxVersionLevel: 2, minVersionLevel: 2 }],
}

interface Case {
  readonly title: string
  encode(writer: Writer): void
  decode(reader: Reader): unknown
}

const caseOf = <R, W>(title: string, codec: Codec<R, W>, value: W): Case => ({
  title,
  encode: writer => codec.encode(writer, value),
  decode: reader => codec.decode(reader),
})

const cases = (): Case[] => [
  caseOf('Heartbeat request v4', requestCodec(Heartbeat, 4), heartbeat),
  caseOf('Produce request v9, 3 batches of 16 KiB', requestCodec(Produce, 9), produce),
  caseOf('Fetch response v16, 50 batches of 16 KiB', responseCodec(Fetch, 16), fetch),
  caseOf('Metadata response v12, 100 topics of 10 partitions', responseCodec(Metadata, 12), metadata),
  caseOf(`ApiVersions response v4, ${apis.length} APIs`, responseCodec(ApiVersions, 4), apiVersions),
]

/**
 * The cost of one call in ns: a low percentile of many short samples, which on a shared machine is the undisturbed cost.
 */
function nanoseconds(call: () => void): number {
  const warmUntil = performance.now() + 300
  let warm = 0
  const start = performance.now()
  while (performance.now() < warmUntil) for (let i = 0; i < 10; i++, warm++) call()
  const perSample = Math.max(1, Math.round((2 * warm) / (performance.now() - start)))
  const samples = Array.from({ length: 200 }, () => {
    const begin = performance.now()
    for (let i = 0; i < perSample; i++) call()
    return ((performance.now() - begin) * 1e6) / perSample
  })
  return samples.sort((a, b) => a - b)[10] as number
}

const figures = (ns: number): string =>
  `${Math.round(1e9 / ns).toLocaleString('en')} ops/s  ${Math.round(ns).toLocaleString('en')} ns/op`

/** Prints operations a second and nanoseconds an operation, a line for each message and direction. */
export async function run(): Promise<void> {
  const writer = new Writer()
  // All codecs first: in a broker the Reader's and Writer's call sites see every message.
  for (const { encode, decode } of cases()) {
    for (let i = 0; i < 1000; i++) {
      encode(writer)
      decode(new Reader(writer.finishBuffer()))
    }
  }
  for (const { title, encode, decode } of cases()) {
    const encoding = nanoseconds(() => {
      encode(writer)
      writer.finish()
    })
    encode(writer)
    const frame = writer.finishBuffer()
    const decoding = nanoseconds(() => decode(new Reader(frame)))
    console.log(`${title} (${frame.length} bytes)`)
    console.log(`  encode  ${figures(encoding)}`)
    console.log(`  decode  ${figures(decoding)}`)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run()
