import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { deflateRawSync, gzipSync } from 'node:zlib'
import test from 'ava'
import { KafkaError } from '../errors.ts'
import { type Codec, codecOf, codecs, compress, decompress, ready } from './compression.ts'

test.before(() => ready('zstd'))

const compressing = codecs.filter(codec => codec !== 'none')
const text = Buffer.from(Array.from({ length: 20_000 }, (_, at) => `line ${(at * 7919) % 1000} of text\n`).join(''))
/** Incompressible: a sequence by xorshift. */
const noise = Buffer.alloc(300_000)
let state = 88172645
for (let at = 0; at < noise.length; at++) {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  noise[at] = state
}

const refusal = (codec: Codec, data: Buffer, maxBytes = 1 << 20): string => {
  try {
    decompress(codec, data, maxBytes)
  } catch (error) {
    if (error instanceof KafkaError) return error.name
    throw error
  }
  return 'accepted'
}

test('what each codec compresses it decompresses, of every size and kind', t => {
  for (const codec of codecs)
    for (const data of [
      Buffer.from('a'),
      Buffer.alloc(100_000),
      text,
      noise,
      text.subarray(0, 32768),
      Buffer.alloc(65537, 'ab'),
    ]) {
      const compressed = compress(codec, data)
      t.true(decompress(codec, compressed, data.length).equals(data))
      t.true(codec === 'none' || data !== text || compressed.length < data.length / 2)
    }
})

test('no codec gives a byte more than is allowed', t => {
  for (const codec of compressing)
    for (const data of [Buffer.alloc(1000), text, noise]) {
      t.is(refusal(codec, compress(codec, data), data.length), 'accepted')
      t.is(refusal(codec, compress(codec, data), data.length - 1), 'MESSAGE_TOO_LARGE', codec)
      t.is(refusal(codec, compress(codec, data), 1), 'MESSAGE_TOO_LARGE')
    }
})

/** 200 MB of zeros in little; zstd's by hand, as 1600 blocks that repeat a byte. */
const bombOf = (codec: Codec): Buffer => {
  if (codec !== 'zstd') return compress(codec, Buffer.alloc(200 << 20))
  const block = Buffer.from([0, 0, 0, 0])
  block.writeUIntLE(((128 << 10) << 3) | (1 << 1), 0, 3)
  const last = Buffer.from(block)
  last[0]! |= 1
  return Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), ...new Array<Buffer>(1599).fill(block), last])
}

test('a bomb of 200 MB in each codec is refused without taking its memory', t => {
  const program = fileURLToPath(new URL('decompress-bomb.test.fixture.js', import.meta.url))
  for (const codec of compressing) {
    const bomb = bombOf(codec)
    t.true(bomb.length < (200 << 20) / 15)
    // In a process of its own, as memory is counted by process.
    const { refusal, grownBytes } = JSON.parse(
      execFileSync(process.execPath, [program, codec], { input: bomb }).toString(),
    )
    t.is(refusal, 'MESSAGE_TOO_LARGE')
    t.true(grownBytes < 32 << 20, `${codec} took ${grownBytes} bytes`)
  }
})

test('cut data, data with leftovers and other data are CORRUPT_MESSAGE', t => {
  for (const codec of compressing) {
    const compressed = compress(codec, text)
    for (const part of [0, 1, 5, 6, 7, 9, 100, compressed.length >> 1, compressed.length - 1])
      t.is(refusal(codec, compressed.subarray(0, part)), 'CORRUPT_MESSAGE', `${codec} ${part}`)
    t.is(refusal(codec, noise), 'CORRUPT_MESSAGE', codec)
    // zlib, like Java's, reads what follows a member only where it begins another.
    if (codec !== 'gzip')
      t.is(refusal(codec, Buffer.concat([compressed, Buffer.from('xyz')])), 'CORRUPT_MESSAGE', codec)
  }
})

test('gzip has its levels, and members in a row are one', t => {
  t.true(compress('gzip', text, 9).length < compress('gzip', text, 1).length)
  t.deepEqual(decompress('gzip', Buffer.concat([gzipSync('ab'), gzipSync('c')]), 10), Buffer.from('abc'))
  t.is(refusal('gzip', deflateRawSync(text)), 'CORRUPT_MESSAGE')
})

test('snappy is written in chunks of 32 KiB behind the header of snappy-java, and raw snappy is read too', t => {
  const framed = compress('snappy', Buffer.alloc(70_000, 'ab'))
  t.is(framed.toString('hex', 0, 16), '82534e41505059000000000100000001')
  let chunks = 0
  for (let at = 16; at < framed.length; at += 4 + framed.readInt32BE(at)) chunks++
  t.is(chunks, 3)
  // Raw: 3 bytes, one literal of them.
  t.deepEqual(decompress('snappy', Buffer.from([3, 2 << 2, 97, 98, 99]), 10), Buffer.from('abc'))
  t.deepEqual(decompress('snappy', Buffer.from([0]), 10), Buffer.alloc(0))
})

test('snappy that declares more than its bytes can give is CORRUPT_MESSAGE, more than is allowed MESSAGE_TOO_LARGE', t => {
  t.is(refusal('snappy', Buffer.from('ffff7f00', 'hex'), 1 << 30), 'CORRUPT_MESSAGE')
  t.is(refusal('snappy', Buffer.from('ffffffff0f00', 'hex')), 'MESSAGE_TOO_LARGE')
  t.is(refusal('snappy', Buffer.from('ffffffffff', 'hex')), 'CORRUPT_MESSAGE')
  const chunk = (length: number) => {
    const data = compress('snappy', Buffer.from('abc'))
    data.writeInt32BE(length, 16)
    return data
  }
  for (const length of [-1, 0, 4, 6, 2 ** 31 - 1])
    t.is(refusal('snappy', chunk(length)), 'CORRUPT_MESSAGE', `${length}`)
})

test('lz4 is written as one frame of independent blocks without checksums or sizes', t => {
  const frame = compress('lz4', text)
  t.is(frame.readUInt32LE(0), 0x184d2204)
  t.is(frame[4], 0x60)
  t.is(frame.readUInt32LE(frame.length - 4), 0)
})

test('an lz4 frame that is small and claims large blocks is counted exactly', t => {
  const data = Buffer.alloc(3_000_000, 'abc')
  const frame = compress('lz4', data)
  t.is(frame[5]! >>> 4, 7, 'blocks of up to 4 MiB')
  t.true(decompress('lz4', frame, data.length).equals(data))
  t.is(refusal('lz4', frame, data.length - 1), 'MESSAGE_TOO_LARGE')
})

test('zstd of every form of header is read: content size declared or not, blocks stored, repeated and compressed', t => {
  const frame = (descriptor: string, ...blocks: string[]) =>
    Buffer.from(`28b52ffd${descriptor}${blocks.join('')}`, 'hex')
  const block = (last: boolean, type: number, size: number, body: string): string => {
    const header = Buffer.alloc(3)
    header.writeUIntLE((size << 3) | (type << 1) | Number(last), 0, 3)
    return header.toString('hex') + body
  }
  const stored = block(true, 0, 3, '616263')
  for (const [descriptor, name] of [
    ['0058', 'window, no size'],
    ['2003', 'size of one byte'],
    ['800003000000', 'window, size of four bytes'],
    ['a003000000', 'size of four bytes'],
    ['e00300000000000000', 'size of eight bytes'],
  ] as const)
    t.deepEqual(decompress('zstd', frame(descriptor, stored), 3), Buffer.from('abc'), name)
  const repeated = frame('0058', block(false, 0, 1, '61'), block(true, 1, 100_000, '62'))
  t.is(decompress('zstd', repeated, 100_001).length, 100_001)
  t.is(refusal('zstd', repeated, 100_000), 'MESSAGE_TOO_LARGE')
  const large = compress('zstd', Buffer.alloc(300, 'ab'))
  t.is(decompress('zstd', large, 300).length, 300)
  for (const [descriptor, name] of [
    ['0858', 'reserved bit'],
    ['015801', 'dictionary'],
    ['2004', 'a size that its blocks do not give'],
    ['2002', 'a size less than its blocks give'],
    ['e0ffffffffffffff00', 'a size of eight bytes that its blocks cannot give'],
    ['00', 'no window'],
  ] as const)
    t.is(refusal('zstd', frame(descriptor, stored)), 'CORRUPT_MESSAGE', name)
  t.is(refusal('zstd', frame('0058', block(true, 3, 3, '616263'))), 'CORRUPT_MESSAGE')
  t.is(refusal('zstd', frame('0058', block(true, 0, 200_000, '616263'))), 'CORRUPT_MESSAGE')
})

test('zstd has its levels, negative ones too', t => {
  t.true(compress('zstd', text, 19).length < compress('zstd', text, -5).length)
  t.true(decompress('zstd', compress('zstd', text, -5), text.length).equals(text))
})

test('only zstd may have to be waited for, and only once', t => {
  for (const codec of codecs) t.is(ready(codec), null)
})

test('codec numbers are those of the attributes, others are unsupported', t => {
  t.deepEqual([0, 1, 2, 3, 4].map(codecOf), ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
  const error = t.throws(() => codecOf(5), { any: true }) as unknown
  t.true(error instanceof KafkaError && error.name === 'UNSUPPORTED_COMPRESSION_TYPE')
})
