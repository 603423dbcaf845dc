import test from 'ava'
import { KafkaError } from '../errors.ts'
import { codecs, compress } from './compression.ts'
import { messageSetFacts } from './facts.test.fixture.ts'
import { breakHeaderChecksum } from './lz4.ts'
import * as message from './message.ts'
import { MessageReader } from './message-reader.ts'

const MAX_BYTES = 10 * 1024 * 1024

const bytesOf = ({ source }: MessageReader, start: number, end: number): Buffer | null =>
  start === -1 ? null : source.subarray(start, end)

/** All that a reader gives, as the facts have it. */
const read = (set: Buffer, maxBytes = MAX_BYTES) => {
  const reader = new MessageReader(set, maxBytes)
  const seen = []
  while (reader.next())
    seen.push({
      magic: reader.magic,
      compression: reader.codec,
      timestampType: reader.magic === 0 ? 'NoTimestampType' : reader.isAppendTime ? 'LogAppendTime' : 'CreateTime',
      offset: reader.offset,
      timestamp: reader.timestamp,
      key: bytesOf(reader, reader.keyStart, reader.keyEnd)?.toString('base64') ?? null,
      value: bytesOf(reader, reader.valueStart, reader.valueEnd)?.toString('base64') ?? null,
    })
  return seen
}

test('every message set that Kafka wrote reads as Kafka reads it, in both magics and every codec', t => {
  t.true(messageSetFacts.length > 30)
  for (const { data, batches, what } of messageSetFacts) {
    const expected = batches.flatMap(({ magic, compression, timestampType, records }) =>
      records.map(record => ({ magic, compression, timestampType, ...record })),
    )
    t.deepEqual(read(data), expected as ReturnType<typeof read>, what)
  }
})

test('sets in a row read as one', t => {
  const [a, b] = [messageSetFacts.at(-1)!.data, messageSetFacts[0]!.data]
  t.deepEqual(read(Buffer.concat([a, b, a])), [...read(a), ...read(b), ...read(a)])
  t.deepEqual(read(Buffer.alloc(0)), [])
})

const refusal = (set: Buffer, maxBytes?: number): string => {
  try {
    read(set, maxBytes)
  } catch (error) {
    if (error instanceof KafkaError) return error.toString()
    throw error
  }
  return 'accepted'
}

const writeAll = (magic: message.OldMagic, messages: readonly Partial<message.NewMessage>[]): Buffer => {
  const buffer = Buffer.alloc(100_000)
  let end = 0
  messages.forEach((of, offset) => {
    const full = { offset, attributes: 0, timestamp: 5, key: null, value: Buffer.from('v'), ...of }
    end = message.writeMessage(buffer, end, magic, full)
  })
  return buffer.subarray(0, end)
}

const wrapper = (magic: message.OldMagic, codec: number, inner: Buffer | null): Buffer =>
  writeAll(magic, [{ offset: 100, attributes: codec, value: inner && compress(codecs[codec]!, inner) }])

test('a cut set, a wrong byte anywhere under the CRC and impossible sizes are CORRUPT_MESSAGE', t => {
  const set = writeAll(1, [{ key: Buffer.from('key') }, {}])
  t.is(read(set).length, 2)
  const second = set.length - message.messageOverhead(1) - 1
  for (let end = 1; end < set.length; end++)
    if (end !== second) t.regex(refusal(set.subarray(0, end)), /^CORRUPT_MESSAGE/, `${end}`)
  for (let at = message.CRC; at < second; at++) {
    const wrong = Buffer.from(set)
    wrong[at]! ^= 0x80
    t.regex(refusal(wrong), at === message.MAGIC ? /^INVALID_RECORD/ : /^CORRUPT_MESSAGE/, `${at}`)
  }
  for (const size of [-1, 0, 13, 21, 2 ** 31 - 1]) {
    const wrong = Buffer.from(set)
    wrong.writeInt32BE(size, message.SIZE)
    t.regex(refusal(wrong), /^CORRUPT_MESSAGE/)
  }
})

test('key and value sizes that go beyond the message are CORRUPT_MESSAGE, under a right CRC too', t => {
  for (const magic of [0, 1] as const) {
    for (const [at, size] of [
      [message.keyPosition(magic), 4],
      [message.keyPosition(magic), 2 ** 31 - 1],
      [message.keyPosition(magic) + 7, 2],
      [message.keyPosition(magic) + 7, 0],
      [message.keyPosition(magic) + 7, -1],
    ] as const) {
      const set = writeAll(magic, [{ key: Buffer.from('key') }])
      set.writeInt32BE(size, at)
      set.writeUInt32BE(message.crcOfMessage(set, 0, set.length), message.CRC)
      t.regex(refusal(set), /^CORRUPT_MESSAGE/)
    }
  }
})

test('offsets in a wrapper count from its first message in magic 1 and are absolute in magic 0', t => {
  const inner = (magic: message.OldMagic) => writeAll(magic, [{ offset: 0 }, { offset: 1 }, { offset: 5 }])
  t.deepEqual(
    read(wrapper(1, 1, inner(1))).map(({ offset }) => offset),
    [95, 96, 100],
  )
  t.deepEqual(
    read(wrapper(0, 1, inner(0))).map(({ offset }) => offset),
    [0, 1, 5],
  )
})

test('a wrapper that is null, empty, of another magic, or holds a wrapper is an INVALID_RECORD', t => {
  t.regex(refusal(wrapper(1, 2, null)), /^INVALID_RECORD: compressed message: its value is null/)
  t.regex(refusal(wrapper(1, 2, Buffer.alloc(0))), /^INVALID_RECORD: compressed message: it holds no messages/)
  t.regex(refusal(wrapper(1, 2, writeAll(0, [{}]))), /^INVALID_RECORD: compressed message: magic 1 holds magic 0/)
  t.regex(
    refusal(wrapper(1, 2, wrapper(1, 1, writeAll(1, [{}])))),
    /^INVALID_RECORD: compressed message: it holds a wrap/,
  )
})

test('a wrapper with a cut or wrong set inside is CORRUPT_MESSAGE', t => {
  for (const magic of [0, 1] as const) {
    const inner = writeAll(magic, [{}, {}])
    for (let end = 1; end < inner.length; end++)
      if (end !== inner.length / 2) t.regex(refusal(wrapper(magic, 3, inner.subarray(0, end))), /^CORRUPT_MESSAGE/)
    inner[inner.length - 1]! ^= 1
    t.regex(refusal(wrapper(magic, 1, inner)), /^CORRUPT_MESSAGE/)
  }
})

test('zstd and unknown codecs are UNSUPPORTED_COMPRESSION_TYPE', t => {
  t.regex(refusal(writeAll(1, [{ attributes: 4 }])), /^UNSUPPORTED_COMPRESSION_TYPE/)
  t.regex(refusal(writeAll(1, [{ attributes: 7 }])), /^UNSUPPORTED_COMPRESSION_TYPE/)
})

test('in magic 0 the header checksum of lz4 may be true or the one that old clients wrote; in magic 1 it must be true', t => {
  const of = (magic: message.OldMagic, broken: boolean): Buffer => {
    const frame = compress('lz4', writeAll(magic, [{}]))
    return writeAll(magic, [{ attributes: 3, value: broken ? breakHeaderChecksum(frame) : frame }])
  }
  t.is(read(of(0, true)).length, 1)
  t.is(read(of(0, false)).length, 1)
  t.is(read(of(1, false)).length, 1)
  t.regex(refusal(of(1, true)), /^CORRUPT_MESSAGE: lz4/)
})

test('all wrappers together are bounded', t => {
  const one = wrapper(1, 1, writeAll(1, [{ value: Buffer.alloc(50_000) }]))
  t.is(read(Buffer.concat([one, one]), 110_000).length, 2)
  t.regex(refusal(Buffer.concat([one, one]), 90_000), /^MESSAGE_TOO_LARGE/)
  t.regex(refusal(one, 40_000), /^MESSAGE_TOO_LARGE/)
  const tiny = wrapper(1, 1, writeAll(1, [{}]))
  t.regex(refusal(Buffer.concat(Array.from({ length: 100 }, () => tiny)), 100_000), /^MESSAGE_TOO_LARGE/)
})
