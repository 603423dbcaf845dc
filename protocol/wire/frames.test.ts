import test from 'ava'
import { apisByKey, ApiVersions, Fetch, Heartbeat, Metadata, Produce } from '../messages/index.ts'
import { isFlexible } from '../schema/codec.ts'
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './frames.ts'
import { readRequestHeader } from './headers.ts'
import { Reader } from './reader.ts'

/** A frame's body, after its length was found right. */
function bodyOf(chunks: readonly Buffer[]): Buffer {
  const frame = Buffer.concat(chunks)
  const length = frame.readInt32BE()
  if (length !== frame.length - 4) throw new Error(`length ${length} before ${frame.length - 4} bytes`)
  return frame.subarray(4)
}

test('a request goes through its frame, flexible or not', t => {
  for (const version of [0, 4]) {
    const value = { groupId: 'g', generationId: 3, memberId: 'm' }
    const reader = new Reader(bodyOf(encodeRequest(Heartbeat, version, 41, 'tests', value)))
    const header = readRequestHeader(reader, (key, v) => isFlexible(apisByKey.get(key)!, v))
    t.deepEqual(header, { apiKey: Heartbeat.key, apiVersion: version, correlationId: 41, clientId: 'tests' })
    t.deepEqual(decodeRequest(Heartbeat, version, reader), { ...value, groupInstanceId: null })
    t.is(reader.remaining, 0)
  }
})

test('a response goes through its frame, and its batches by reference', t => {
  const batch = Buffer.alloc(5000, 1)
  const partition = {
    partitionIndex: 0,
    errorCode: 0,
    highWatermark: 9,
    abortedTransactions: null,
    records: [batch, batch],
  }
  for (const version of [4, 16]) {
    const chunks = encodeResponse(Fetch, version, 42, { responses: [{ partitions: [partition] }] })
    t.is(chunks.filter(chunk => chunk === batch).length, 2)
    const { correlationId, response } = decodeResponse(Fetch, version, bodyOf(chunks))
    t.is(correlationId, 42)
    t.like(response.responses[0]?.partitions[0], { highWatermark: 9, records: [Buffer.concat([batch, batch])] })
  }
})

test('responses of ApiVersions have the old header in every version, as the client does not know us yet', t => {
  const value = { errorCode: 35, apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }] }
  const frame = Buffer.concat(encodeResponse(ApiVersions, 3, 1, value))
  t.is(frame.toString('hex').slice(8, 20), '000000010023')
  t.like(decodeResponse(ApiVersions, 3, frame.subarray(4)), { correlationId: 1, response: value })
})

test('other flexible responses have tagged fields in their header', t => {
  const frame = Buffer.concat(encodeResponse(Heartbeat, 4, 1, { errorCode: 0 }))
  t.is(frame.toString('hex'), '0000000c 00000001 00 00000000 0000 00'.replaceAll(' ', ''))
})

test('frames encoded one after the other stay as they were', t => {
  const response = (name: string) =>
    encodeResponse(Metadata, 1, 1, { brokers: [], controllerId: 1, topics: [{ errorCode: 0, name, partitions: [] }] })
  const first = response('first')
  const copy = Buffer.concat(first)
  for (let i = 0; i < 1000; i++) response(`topic-${i}`)
  t.deepEqual(Buffer.concat(first), copy)
})

test('a frame that failed to encode leaves nothing behind', t => {
  t.throws(() => encodeResponse(Heartbeat, 0, 1, { errorCode: 99_999 }), { instanceOf: TypeError })
  t.is(bodyOf(encodeResponse(Heartbeat, 0, 1, { errorCode: 0 })).length, 6)
})

test('a decoded request holds slices of its frame', t => {
  const batch = Buffer.alloc(10, 1)
  const value = { acks: 1, timeoutMs: 1, topicData: [{ name: 't', partitionData: [{ index: 0, records: [batch] }] }] }
  const body = bodyOf(encodeRequest(Produce, 9, 1, null, value))
  const reader = new Reader(body)
  readRequestHeader(reader, () => true)
  const records = decodeRequest(Produce, 9, reader).topicData[0]?.partitionData[0]?.records?.[0]
  body.fill(7)
  t.deepEqual(records, Buffer.alloc(10, 7))
})
