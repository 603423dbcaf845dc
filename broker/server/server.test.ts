/**
 * The server as a peer sees it: what ends a connection, what doesn't, and the bounds on how many there are.
 */
import { Writable } from 'node:stream'
import test from 'ava'
import { pino } from 'pino'
import { ApiVersions } from '../../protocol/messages/api-versions.ts'
import { Metadata } from '../../protocol/messages/metadata.ts'
import { Produce } from '../../protocol/messages/produce.ts'
import { decodeResponse, encodeRequest } from '../../protocol/wire/frames.ts'
import { type BrokerOptions, type RunningBroker, startBroker } from '../index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { RawClient } from '../testing/raw-client.ts'

/** A broker whose log lines are kept. */
const listening = async (options: BrokerOptions = {}): Promise<{ broker: RunningBroker; lines: string[] }> => {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)).msg)
      done()
    },
  })
  return { broker: await startBroker({ logger: pino({ level: 'warn' }, stream), ...options }), lines }
}

const frameOf = (...body: readonly Buffer[]): Buffer => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.reduce((sum, part) => sum + part.length, 0))
  return Buffer.concat([length, ...body])
}

/** API key, version, correlation id 7, no client id. */
const header = (apiKey: number, version: number): Buffer => {
  const bytes = Buffer.alloc(10)
  bytes.writeInt16BE(apiKey, 0)
  bytes.writeInt16BE(version, 2)
  bytes.writeInt32BE(7, 4)
  bytes.writeInt16BE(-1, 8)
  return bytes
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const badInput: readonly (readonly [string, Buffer, RegExp])[] = [
  [
    'a length beyond socket.request.max.bytes',
    int32(300 << 20),
    /314572800 bytes, more than socket\.request\.max\.bytes/,
  ],
  ['a negative length', int32(-1), /-1 bytes/],
  ['a length too small for a header', frameOf(Buffer.alloc(3)), /3 bytes/],
  ['an API that nobody knows', frameOf(header(999, 0)), /no API has key 999/],
  ['a version that is not served', frameOf(header(3, 99), Buffer.from([0])), /Metadata version 99 isn't served/],
  ['a body that ends too soon', frameOf(header(3, 1), int32(5)), /doesn't parse.*MetadataRequest/],
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), /1195725856 bytes/],
]

for (const [what, bytes, message] of badInput) {
  test(`${what} closes that connection with one log line, and no other`, async t => {
    const { broker, lines } = await listening()
    const good = await RawClient.connect(broker.bootstrapServers)
    const bad = await RawClient.connect(broker.bootstrapServers)
    bad.write(bytes)
    await bad.closed
    t.is(lines.length, 1)
    t.regex(lines[0] ?? '', message)
    t.is((await good.request(Metadata, 9, { topics: [] })).controllerId, 1)
    await good.close()
    await broker.stop()
  })
}

test('an unknown version of ApiVersions is answered in version 0, with the full list', async t => {
  const { broker, lines } = await listening()
  const client = await RawClient.connect(broker.bootstrapServers)
  const body = await client.exchange([frameOf(header(18, 127), Buffer.from([0]))])
  const { correlationId, response } = decodeResponse(ApiVersions, 0, body)
  t.is(correlationId, 7)
  t.is(response.errorCode, 35)
  t.true(response.apiKeys.some(({ apiKey, minVersion }) => apiKey === 0 && minVersion === 0))
  const known = await client.request(ApiVersions, 0, {})
  t.is(known.errorCode, 0)
  t.deepEqual(lines, [])
  await client.close()
  await broker.stop()
})

test('a request that comes in a byte at a time is answered', async t => {
  const { broker } = await listening()
  const client = await RawClient.connect(broker.bootstrapServers)
  const frame = Buffer.concat(encodeRequest(Metadata, 9, 1, 'slow', { topics: [] }))
  for (const byte of frame.subarray(0, -1)) client.write(Buffer.from([byte]))
  const body = await client.exchange([frame.subarray(-1)])
  t.is(decodeResponse(Metadata, 9, body).correlationId, 1)
  await client.close()
  await broker.stop()
})

test('a Produce with acks=0 that fails closes its connection', async t => {
  const { broker, lines } = await listening()
  const client = await RawClient.connect(broker.bootstrapServers)
  const topicData = [{ name: 'nowhere', partitionData: [{ index: 0, records: [Buffer.alloc(80)] }] }]
  client.send(Produce, 9, { acks: 0, timeoutMs: 1000, topicData })
  await client.closed
  t.regex(lines[0] ?? '', /acks=0 failed: UNKNOWN_TOPIC_OR_PARTITION/)
  await broker.stop()
})

test('connections beyond max.connections and max.connections.per.ip are refused', async t => {
  for (const key of ['max.connections', 'max.connections.per.ip']) {
    const { broker, lines } = await listening({ settings: { [key]: 2 } })
    const open = [await RawClient.connect(broker.bootstrapServers), await RawClient.connect(broker.bootstrapServers)]
    for (const client of open) await client.request(Metadata, 9, { topics: [] })
    const third = await RawClient.connect(broker.bootstrapServers)
    await third.closed
    t.regex(lines[0] ?? '', new RegExp(`${key}=2`))
    await open[0]?.close()
    // The broker may hear of the close a moment later than we do.
    let next = await RawClient.connect(broker.bootstrapServers)
    const answered = (client: RawClient) =>
      client.request(Metadata, 9, { topics: [] }).then(
        () => true,
        () => false,
      )
    while (!(await answered(next))) next = await RawClient.connect(broker.bootstrapServers)
    await next.close()
    await open[1]?.close()
    await broker.stop()
  }
})

test('a connection that is idle longer than connections.max.idle.ms is closed, one in use is not', async t => {
  const clock = new ManualClock()
  const { broker, lines } = await listening({ clock, settings: { 'connections.max.idle.ms': 60_000 } })
  const [idle, used] = [
    await RawClient.connect(broker.bootstrapServers),
    await RawClient.connect(broker.bootstrapServers),
  ]
  for (const client of [idle, used]) await client.request(Metadata, 9, { topics: [] })
  let closed = false
  const ending = idle.closed.then(() => {
    closed = true
  })
  for (let quarter = 0; quarter < 4; quarter++) {
    await clock.advance(14_000)
    await used.request(Metadata, 9, { topics: [] })
  }
  t.false(closed)
  for (let quarter = 0; quarter < 3; quarter++) {
    await clock.advance(15_000)
    await used.request(Metadata, 9, { topics: [] })
  }
  await ending
  t.deepEqual(lines, [])
  await used.close()
  await broker.stop()
})
