import test from 'ava'
import { KafkaError } from '../errors.ts'
import { decodeMessage, encodeMessage } from './codec.ts'
import { array, bigint64, int8, int16, int32, message, string, struct } from './notation.ts'

const hex = (buffer: Buffer): string => buffer.toString('hex')
const unhex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

const Tagged = message({
  name: 'Tagged',
  versions: '0-1',
  flexible: '1+',
  fields: {
    late: string('1+', { tag: 2, nullable: '1+', default: null }),
    early: struct('1+', { tag: 0 }, { a: int32('1+'), b: array('1+', int32()) }),
    end: bigint64('1+', { tag: 1, default: 0x7fffffffffffffffn }),
    maybe: struct('1+', { tag: 4, nullable: '1+', default: null }, { a: int8('1+') }),
    id: int8(),
  },
})
const taggedDefaults = { late: null, early: { a: 0, b: [] }, end: 0x7fffffffffffffffn, maybe: null }

test('tagged fields are written by ascending tag, and only where they are not the default', t => {
  t.is(hex(encodeMessage(Tagged, 1, { id: 1, ...taggedDefaults })), '0100')
  const value = { id: 1, late: 'x', early: { a: 1, b: [] }, end: -2n, maybe: { a: 3 } }
  const encoded = encodeMessage(Tagged, 1, value)
  t.is(hex(encoded), '01 04 0006000000010100 0108fffffffffffffffe 02020278 0403010300'.replaceAll(' ', ''))
  t.deepEqual(decodeMessage(Tagged, 1, encoded), value)
})

test('a tagged field of more than 127 bytes has a longer size before it', t => {
  for (const count of [29, 30, 5000]) {
    const value = { ...taggedDefaults, id: 1, early: { a: 1, b: Array.from({ length: count }, (_, i) => i) }, end: 3n }
    t.deepEqual(decodeMessage(Tagged, 1, encodeMessage(Tagged, 1, value)), value)
  }
})

test('unknown tagged fields are skipped, in any order, and the last of two wins', t => {
  const decoded = decodeMessage(Tagged, 1, unhex('01 04 63020102 02020278 02020279 6400'))
  t.deepEqual(decoded, { ...taggedDefaults, id: 1, late: 'y' })
})

test('a tagged field neither reads past its own size nor leaves some of it', t => {
  const refused = (bytes: string) => {
    const error = t.throws(() => decodeMessage(Tagged, 1, unhex(bytes)), { any: true }) as unknown
    t.true(error instanceof KafkaError && error.name === 'INVALID_REQUEST')
    t.regex(String(error), /Tagged version 1/)
  }
  refused('01 01 0107 fffffffffffffffe')
  refused('01 01 0109 fffffffffffffffe 00')
  refused('01 01 0208 fffffffffffffffe')
  refused('01 01 63ff ff ff ff 0f')
  refused('01 ffffffff0f 6300')
})

const Nullable = message({
  name: 'Nullable',
  versions: '0',
  flexible: '0+',
  fields: { cursor: struct('0+', { nullable: '0+', default: null }, { a: int16() }) },
})

test('a nullable struct has a byte before it that says whether it is there', t => {
  t.is(hex(encodeMessage(Nullable, 0, {})), 'ff00')
  t.is(hex(encodeMessage(Nullable, 0, { cursor: { a: 2 } })), '0100020000')
  t.deepEqual(decodeMessage(Nullable, 0, unhex('ff00')), { cursor: null })
  t.deepEqual(decodeMessage(Nullable, 0, unhex('0100020000')), { cursor: { a: 2 } })
})
