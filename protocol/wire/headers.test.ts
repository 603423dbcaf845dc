import test from 'ava'
import { KafkaError } from '../errors.ts'
import { ApiVersions, apisByKey } from '../messages/index.ts'
import { encodeMessage, isFlexible } from '../schema/codec.ts'
import { RequestHeader, readRequestHeader } from './headers.ts'
import { Reader } from './reader.ts'

const lookup = (key: number, version: number): boolean | undefined => {
  const api = apisByKey.get(key)
  return api && isFlexible(api, version)
}
const read = (hex: string) => {
  const reader = new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  return { header: readRequestHeader(reader, lookup), remaining: reader.remaining }
}

test('an inflexible header ends at the client id, a flexible one after its tagged fields', t => {
  const expected = { apiKey: 18, correlationId: 7, clientId: 'ab' }
  t.deepEqual(read('0012 0002 00000007 0002 6162 ff'), { header: { ...expected, apiVersion: 2 }, remaining: 1 })
  t.deepEqual(read('0012 0003 00000007 0002 6162 00 ff'), { header: { ...expected, apiVersion: 3 }, remaining: 1 })
  t.deepEqual(read('0012 0003 00000007 0002 6162 01 05 01 00 ff'), {
    header: { ...expected, apiVersion: 3 },
    remaining: 1,
  })
})

test('the client id may be null', t => {
  t.is(read('0012 0003 00000007 ffff 00').header.clientId, null)
})

test('a version of ApiVersions that nobody knows yet still yields its correlation id', t => {
  for (const requestApiVersion of [6, 99, 32767, -1]) {
    const flexible = requestApiVersion > 0
    const value = { requestApiKey: ApiVersions.key, requestApiVersion, correlationId: -5, clientId: 'later' }
    const reader = new Reader(encodeMessage(RequestHeader, flexible ? 2 : 1, value))
    const header = { apiKey: ApiVersions.key, apiVersion: requestApiVersion, correlationId: -5, clientId: 'later' }
    t.deepEqual(readRequestHeader(reader, lookup), header)
  }
})

test('an unknown API and a header that is cut off are refused', t => {
  for (const hex of [
    '7fff 0000 00000007 ffff',
    '0012 0000 0000',
    '',
    '0012 0000 00000007 0005 61',
    '0012 0003 00000007 ffff',
  ]) {
    const error = t.throws(() => read(hex), { any: true }) as unknown
    t.true(error instanceof KafkaError && error.name === 'INVALID_REQUEST', hex)
  }
})
