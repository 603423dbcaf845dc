import test from 'ava'
import { KafkaError } from '../errors.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import { decodeMessage, encodeMessage, isFlexible, messageCodec, requestCodec, versionsOf } from './codec.ts'
import {
  api,
  array,
  bigint64,
  bool,
  bytes,
  float64,
  int8,
  int16,
  int32,
  int64,
  message,
  records,
  string,
  struct,
  uint16,
  uint32,
  uuid,
} from './notation.ts'

const hex = (buffer: Buffer): string => buffer.toString('hex')
const unhex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Version 1 has all fields, version 2 is flexible. */
const Sample = message({
  name: 'Sample',
  versions: '0-2',
  flexible: '2+',
  fields: {
    id: int32(),
    label: string('1+', { nullable: '1+', default: 'none' }),
    limit: int32('1+', { default: 7, ignorable: true }),
    inner: struct('1+', { depth: int8('1+', { default: -1 }) }),
    list: array('1+', int16()),
    blob: bytes('1+', { nullable: '1+', default: null }),
  },
})
const sampleDefaults = { label: 'none', limit: 7, inner: { depth: -1 }, list: [], blob: null }

test('a reader sees the default of every field that the version does not have', t => {
  t.deepEqual(decodeMessage(Sample, 0, unhex('00000005')), { id: 5, ...sampleDefaults })
})

test('an author may leave out what has a default, and it is written where the version has it', t => {
  t.is(hex(encodeMessage(Sample, 0, { id: 5 })), '00000005')
  const encoded = encodeMessage(Sample, 1, { id: 5 })
  t.is(hex(encoded), `00000005 0004${hex(Buffer.from('none'))} 00000007 ff 00000000 ffffffff`.replaceAll(' ', ''))
  t.deepEqual(decodeMessage(Sample, 1, encoded), { id: 5, ...sampleDefaults })
})

test('each read gives arrays and structs of its own', t => {
  const [a, b] = [decodeMessage(Sample, 0, unhex('00000005')), decodeMessage(Sample, 0, unhex('00000005'))]
  a.list.push(1)
  a.inner.depth = 3
  t.deepEqual(b, { id: 5, ...sampleDefaults })
})

test('a value for a field that the version does not have is dropped if ignorable, refused if not', t => {
  t.is(hex(encodeMessage(Sample, 0, { id: 5, limit: 9 })), '00000005')
  const refused = [{ label: 'x' }, { label: null }, { inner: { depth: 0 } }, { list: [1] }, { blob: Buffer.alloc(0) }]
  for (const extra of refused) {
    const error = t.throws(() => encodeMessage(Sample, 0, { id: 5, ...extra }), { any: true }) as unknown
    t.true(error instanceof KafkaError && error.name === 'UNSUPPORTED_VERSION')
    t.regex(String(error), new RegExp(`Sample version 0 has no ${Object.keys(extra)[0]}`))
  }
  t.is(hex(encodeMessage(Sample, 0, { id: 5, ...sampleDefaults })), '00000005')
})

test('flexible versions have compact lengths and end structs with their tagged fields', t => {
  const encoded = encodeMessage(Sample, 2, { id: 5, label: null, list: [1, 2], blob: Buffer.from([9]) })
  t.is(hex(encoded), '00000005 00 00000007 ff00 0300010002 0209 00'.replaceAll(' ', ''))
})

const Scalars = message({
  name: 'Scalars',
  versions: '0',
  flexible: 'none',
  fields: {
    flag: bool(),
    i8: int8(),
    i16: int16(),
    u16: uint16(),
    i32: int32(),
    u32: uint32(),
    i64: int64(),
    b64: bigint64(),
    f64: float64(),
    text: string(),
    id: uuid(),
    blob: bytes(),
    batches: records('0+', { nullable: '0+' }),
    list: array('0+', { names: array('0+', string()) }),
  },
})
const scalars = {
  flag: true,
  i8: -128,
  i16: -32768,
  u16: 65535,
  i32: -2147483648,
  u32: 4294967295,
  i64: Number.MAX_SAFE_INTEGER,
  b64: -(2n ** 63n),
  f64: 0.1,
  text: 'grüße',
  id: 'VhPlQa2EnmQgl02SEokHMg',
  blob: Buffer.from([1, 2]),
  batches: [Buffer.from([3])],
  list: [{ names: ['a', ''] }],
}

test('every type comes back as it was written', t => {
  t.deepEqual(decodeMessage(Scalars, 0, encodeMessage(Scalars, 0, scalars)), scalars)
})

test("an author's value that is not what its type says is a TypeError naming message, version and field", t => {
  const wrong: Record<string, unknown[]> = {
    flag: [undefined, 1],
    i8: [128, -129, 0.5, '1', null],
    i16: [32768, Number.NaN],
    u16: [-1, 65536],
    i32: [2147483648, undefined],
    u32: [-1, 4294967296],
    i64: [2 ** 53, 0.5, 1n],
    b64: [1, 2n ** 63n],
    f64: ['1'],
    text: [undefined, null, 7, 'x'.repeat(32768)],
    id: ['short', 'VhPlQa2EnmQgl02SEok#Mg', null],
    blob: ['text', null, new Uint8Array(1)],
    batches: [Buffer.alloc(1)],
    list: [undefined, null, {}],
  }
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const error = t.throws(() => encodeMessage(Scalars, 0, { ...scalars, [name]: value } as never), {
        instanceOf: TypeError,
      })
      t.regex(error.message, new RegExp(`^Scalars\\.${name} \\(version 0\\) is .+ where \\w+ is wanted$`))
    }
  }
  const nested = { ...scalars, list: [{ names: ['a', 1] }] }
  t.throws(() => encodeMessage(Scalars, 0, nested as never), { message: /^Scalars\.list\.names .* is number 1 where/ })
  t.throws(() => encodeMessage(Scalars, 0, undefined as never), { message: /^Scalars \(version 0\) is undefined/ })
})

test('a message that failed to encode leaves nothing behind for the next', t => {
  t.throws(() => encodeMessage(Sample, 1, { id: 1, list: [99999] }), { instanceOf: TypeError })
  t.is(hex(encodeMessage(Sample, 0, { id: 5 })), '00000005')
})

test('int64 beyond safe integers saturates when read, and bigint64 keeps its bits', t => {
  const Both = message({ name: 'Both', versions: '0', flexible: 'none', fields: { n: int64(), b: bigint64() } })
  const read = (value: bigint) => {
    const bytes = Buffer.alloc(16)
    bytes.writeBigInt64BE(value)
    bytes.writeBigInt64BE(value, 8)
    const { n, b } = decodeMessage(Both, 0, bytes)
    t.is(b, value)
    return n
  }
  t.is(read(2n ** 63n - 1n), Number.MAX_SAFE_INTEGER)
  t.is(read(2n ** 53n), Number.MAX_SAFE_INTEGER)
  t.is(read(2n ** 53n - 1n), Number.MAX_SAFE_INTEGER)
  t.is(read(2n ** 53n - 2n), Number.MAX_SAFE_INTEGER - 1)
  t.is(read(-(2n ** 63n)), Number.MIN_SAFE_INTEGER)
  t.is(read(-(2n ** 53n)), Number.MIN_SAFE_INTEGER)
  t.is(read(-(2n ** 53n) + 2n), Number.MIN_SAFE_INTEGER + 1)
  t.is(read(-1n), -1)
})

test('null where the version does not allow it is malformed, and the field is named', t => {
  const Strict = message({
    name: 'Strict',
    versions: '0-1',
    flexible: 'none',
    fields: { names: array('0+', string('0+', { nullable: '1+' })) },
  })
  t.deepEqual(decodeMessage(Strict, 1, unhex('00000001 ffff')), { names: [null] })
  const refused = (bytes: string, why: RegExp) =>
    t.regex(String(t.throws(() => decodeMessage(Strict, 0, unhex(bytes)), { any: true })), why)
  refused('00000001 ffff', /INVALID_REQUEST: Strict version 0: names is null, at byte 6/)
  refused('ffffffff', /INVALID_REQUEST: Strict version 0: names is null, at byte 4/)
})

test('codecs are made once a version; an undeclared version is refused', t => {
  t.is(messageCodec(Sample, 1), messageCodec(Sample, 1))
  t.not(messageCodec(Sample, 1), messageCodec(Sample, 2))
  for (const version of [-1, 3, 0.5, Number.NaN]) {
    const error = t.throws(() => messageCodec(Sample, version), { any: true }) as unknown
    t.true(error instanceof KafkaError && error.name === 'UNSUPPORTED_VERSION')
  }
  t.deepEqual(versionsOf(Sample), { min: 0, max: 2 })
})

test('two APIs with the same fields keep their own codecs', t => {
  const shared = { id: int32() }
  const one = api({ key: 1, name: 'One', versions: '0', flexible: 'none', request: shared, response: shared })
  const two = api({ key: 2, name: 'Two', versions: '0-1', flexible: '0+', request: shared, response: shared })
  const size = (codec: { encode(writer: Writer, value: { id: number }): void }) => {
    const writer = new Writer()
    codec.encode(writer, { id: 1 })
    return writer.length
  }
  t.is(size(requestCodec(one, 0)), 4)
  t.is(size(requestCodec(two, 0)), 5)
})

test('flexibility is known of versions newer than the declared ones', t => {
  t.deepEqual(
    [0, 1, 2, 99].map(version => isFlexible(Sample, version)),
    [false, false, true, true],
  )
})

test('bytes after a message are left in the reader', t => {
  const reader = new Reader(unhex('00000005 ff'))
  messageCodec(Sample, 0).decode(reader)
  t.is(reader.remaining, 1)
})
