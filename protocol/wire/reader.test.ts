import test, { type ExecutionContext } from 'ava'
import { KafkaError } from '../errors.ts'
import { maxElements, Reader } from './reader.ts'
import { Writer } from './writer.ts'

const reading = (hex: string): Reader => new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

function refused(t: ExecutionContext, read: () => unknown, why: RegExp): void {
  const error = t.throws(read, { any: true }) as unknown
  t.true(error instanceof KafkaError && error.name === 'INVALID_REQUEST')
  t.regex(String(error), why)
}

test('every read of more than remains is refused, and says where', t => {
  const reads: ((reader: Reader) => unknown)[] = [
    r => r.bool(),
    r => r.int8(),
    r => r.int16(),
    r => r.uint16(),
    r => r.int32(),
    r => r.uint32(),
    r => r.int64(),
    r => r.bigint64(),
    r => r.float64(),
    r => r.uuid(),
    r => r.uvarint(),
    r => r.string(),
    r => r.compactString(),
    r => r.bytes(),
    r => r.compactBytes(),
    r => r.arrayLength(1),
    r => r.compactArrayLength(1),
    r => r.skipTags(),
  ]
  for (const read of reads) refused(t, () => read(reading('')), /bytes are wanted where 0 remain, at byte 0 of 0/)
})

test('a length is checked before anything is taken', t => {
  refused(t, () => reading('7fff 00').string(), /32767 bytes are wanted where 1 remain, at byte 2 of 3/)
  refused(t, () => reading('05 00').compactString(), /4 bytes are wanted where 1 remain/)
  refused(t, () => reading('7fffffff 00').bytes(), /2147483647 bytes are wanted where 1 remain/)
  refused(t, () => reading('ffffffff0f 00').compactBytes(), /4294967294 bytes are wanted where 1 remain/)
  refused(t, () => reading('7fffffff 00').records(), /2147483647 bytes/)
  refused(t, () => reading('01 05 80').skipTags(), /bytes are wanted/)
})

test('a string of more than 32767 bytes is refused in the compact form too', t => {
  const writer = new Writer()
  writer.compactBytes(Buffer.alloc(32768, 'x'))
  refused(t, () => new Reader(writer.finishBuffer()).compactString(), /32768 bytes; 32767 are allowed/)
})

test('an array may not claim more elements than its bytes can hold', t => {
  t.is(reading('00000002 0000').arrayLength(1), 2)
  refused(t, () => reading('00000003 0000').arrayLength(1), /3 elements of 1 bytes or more where 2 bytes remain/)
  refused(t, () => reading('7fffffff 0000').arrayLength(8), /2147483647 elements/)
  refused(t, () => reading('ffffffff0f 00').compactArrayLength(1), /4294967294 elements/)
  t.is(reading('ffffffff').arrayLength(1), -1)
  t.is(reading('00').compactArrayLength(1), -1)
})

test('one Reader gives out a bounded number of elements, however they are nested', t => {
  const half = Buffer.alloc(4 + maxElements / 2)
  half.writeInt32BE(maxElements / 2)
  const reader = new Reader(Buffer.concat([half, half, half]))
  for (let i = 0; i < 2; i++) {
    t.is(reader.arrayLength(1), maxElements / 2)
    reader.skip(maxElements / 2)
  }
  refused(t, () => reader.arrayLength(1), /more than 250000 elements/)
})

test('a varint has at most five bytes', t => {
  t.is(reading('00').uvarint(), 0)
  t.is(reading('7f').uvarint(), 127)
  t.is(reading('8001').uvarint(), 128)
  t.is(reading('ffffffff0f').uvarint(), 4294967295)
  refused(t, () => reading('ffffffffff01').uvarint(), /varint of more than 5 bytes/)
  t.is(reading('01').varint(), -1)
  t.is(reading('feffffff0f').varint(), 2147483647)
  t.is(reading('ffffffff0f').varint(), -2147483648)
})

test('odd values read as Kafka reads them', t => {
  t.true(reading('02').bool(), 'any byte but 0 is true')
  t.is(reading('0003 61ff62').string(), 'a\ufffdb', 'invalid UTF-8 is replaced')
  t.is(reading('fffe').string(), null, 'any negative length is null')
  t.is(reading('fffffffe').bytes(), null)
})

test('bytes and records are slices of the buffer, not copies', t => {
  const buffer = Buffer.from('00000002 0102 03 0304'.replaceAll(' ', ''), 'hex')
  const reader = new Reader(buffer)
  const bytes = reader.bytes()
  const records = reader.compactRecords()
  buffer.fill(9)
  t.deepEqual(bytes, Buffer.from([9, 9]))
  t.deepEqual(records, [Buffer.from([9, 9])])
})

test('a Reader over a slice of a buffer stays within the slice', t => {
  const reader = new Reader(Buffer.from('ff000000070102', 'hex').subarray(1, 5))
  t.is(reader.int32(), 7)
  refused(t, () => reader.int8(), /1 bytes are wanted where 0 remain, at byte 4 of 4/)
})
