import test from 'ava'
import { referenceBytes, uvarintBytes } from './chunk-writer.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

test('large slices go by reference between the written parts, small ones are copied', t => {
  const writer = new Writer()
  const [large, small] = [Buffer.alloc(referenceBytes, 1), Buffer.alloc(referenceBytes - 1, 2)]
  writer.int32(7)
  writer.bytes(large)
  writer.bytes(small)
  t.is(writer.length, 4 + 4 + large.length + 4 + small.length)
  const chunks = writer.finish()
  t.is(chunks.length, 3)
  t.is(chunks[1], large)
  small.fill(9)
  const reader = new Reader(Buffer.concat(chunks))
  t.is(reader.int32(), 7)
  t.deepEqual(reader.bytes(), large)
  t.deepEqual(reader.bytes(), Buffer.alloc(referenceBytes - 1, 2))
  t.is(reader.remaining, 0)
})

test('many batches stand behind one length', t => {
  const writer = new Writer()
  const batches = [Buffer.alloc(2000, 1), Buffer.alloc(5, 2), Buffer.alloc(3000, 3), Buffer.alloc(0)]
  writer.records(batches)
  writer.compactRecords(batches)
  const reader = new Reader(writer.finishBuffer())
  t.deepEqual(reader.records(), [Buffer.concat(batches)])
  t.deepEqual(reader.compactRecords(), [Buffer.concat(batches)])
})

test('messages of one Writer share no bytes, however large they are', t => {
  const writer = new Writer()
  const sizes = [10, 20_000, 3, 500_000, 16_384, 16_383, 1]
  const messages = sizes.map((size, i) => {
    for (let n = 0; n < size; n++) writer.int8(i)
    t.is(writer.length, size)
    return writer.finishBuffer()
  })
  for (const [i, size] of sizes.entries()) t.true(messages[i]?.equals(Buffer.alloc(size, i)))
})

test('an outsized message does not keep its memory for the messages after it', t => {
  const writer = new Writer()
  writer.need(1_000_000)
  writer.int8(1)
  writer.finish()
  t.true(writer.buffer.length < 100_000)
})

test('clear drops what was written since the last finish', t => {
  const writer = new Writer()
  writer.int8(1)
  const kept = writer.finish()
  writer.int8(2)
  writer.bytes(Buffer.alloc(5000))
  writer.openSize()
  writer.clear()
  t.is(writer.length, 0)
  t.deepEqual(writer.finish(), [])
  writer.raw(Buffer.alloc(2000, 3))
  t.deepEqual(writer.finish(), [Buffer.alloc(2000, 3)])
  t.deepEqual(kept, [Buffer.from([1])])
})

test('tagged fields know their size at every length, nested and at the end of the slab', t => {
  for (const size of [0, 1, 127, 128, 16_382, 16_383, 16_384, 40_000, 2_100_000]) {
    for (const before of [0, 16_380]) {
      const writer = new Writer()
      writer.raw(Buffer.alloc(Math.min(before, referenceBytes - 1)))
      for (let n = writer.length; n < before; n++) writer.int8(0)
      writer.uvarint(300)
      const outer = writer.openSize()
      writer.uvarint(5)
      const inner = writer.openSize()
      writer.raw(Buffer.alloc(size, 7))
      writer.closeSize(inner)
      writer.closeSize(outer)
      const reader = new Reader(writer.finishBuffer())
      reader.skip(before)
      t.is(reader.uvarint(), 300)
      const outerEnd = reader.openTag()
      t.is(reader.uvarint(), 5)
      const innerEnd = reader.openTag()
      t.true(reader.slice(size).equals(Buffer.alloc(size, 7)))
      reader.closeTag(innerEnd)
      reader.closeTag(outerEnd)
      t.is(reader.remaining, 0)
    }
  }
})

test('strings of every length and script come back', t => {
  const writer = new Writer()
  const strings = [
    '',
    'a',
    'x'.repeat(39),
    'x'.repeat(40),
    'é'.repeat(20),
    'ü'.repeat(16_383),
    '🦉',
    'z'.repeat(32_767),
  ]
  for (const each of strings) t.true(writer.string(each) && writer.compactString(each))
  const reader = new Reader(writer.finishBuffer())
  for (const each of strings) {
    t.is(reader.string(), each)
    t.is(reader.compactString(), each)
  }
  t.false(writer.string('é'.repeat(16_384)))
  t.false(writer.compactString('z'.repeat(32_768)))
  t.is(writer.length, 0)
})

test('half a surrogate pair is written as the replacement character', t => {
  const writer = new Writer()
  for (const each of ['a\ud800b', '\udc00'.repeat(50)]) writer.string(each)
  const reader = new Reader(writer.finishBuffer())
  t.is(reader.string(), 'a\ufffdb')
  t.is(reader.string(), '\ufffd'.repeat(50))
})

test('varints take as few bytes as they need', t => {
  const writer = new Writer()
  const values = [0, 1, 127, 128, 16_383, 16_384, 2 ** 21 - 1, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 32 - 1]
  for (const value of values) {
    writer.uvarint(value)
    t.is(writer.length, uvarintBytes(value))
    t.is(new Reader(writer.finishBuffer()).uvarint(), value)
  }
  for (const value of [0, -1, 1, 2 ** 31 - 1, -(2 ** 31)]) {
    writer.varint(value)
    t.is(new Reader(writer.finishBuffer()).varint(), value)
  }
})

test('a uuid must be 22 characters of base64url', t => {
  const writer = new Writer()
  t.true(writer.uuid('VhPlQa2EnmQgl02SEokHMg'))
  t.is(new Reader(writer.finishBuffer()).uuid(), 'VhPlQa2EnmQgl02SEokHMg')
  for (const each of ['', 'VhPlQa2EnmQgl02SEokHM', 'VhPlQa2EnmQgl02SEokHMgA', 'VhPlQa2EnmQgl02SEok#Mg']) {
    t.false(writer.uuid(each), each)
  }
  t.is(writer.length, 0)
})
