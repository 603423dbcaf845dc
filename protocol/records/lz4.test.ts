import test from 'ava'
import { messageSetFacts } from './facts.test.fixture.ts'
import { breakHeaderChecksum, lz4Compress, lz4Decompress, mendHeaderChecksum } from './lz4.ts'
import { messageOverhead } from './message.ts'

test('the frames that Kafka wrote in magic 0 have the checksum that we write there; mended they are read', t => {
  const wrappers = messageSetFacts.filter(({ batches: [first] }) => first!.magic === 0 && first!.compression === 'lz4')
  t.true(wrappers.length > 3)
  for (const { data } of wrappers) {
    const frame = data.subarray(messageOverhead(0))
    t.deepEqual(breakHeaderChecksum(Buffer.from(frame)), frame)
    const mended = mendHeaderChecksum(frame)
    t.notDeepEqual(mended, frame)
    t.true(lz4Decompress(mended, 1 << 20).length > 0)
    t.deepEqual(breakHeaderChecksum(mended), frame)
  }
})

test('a frame that we write has a true checksum, which mending keeps', t => {
  const frame = lz4Compress(Buffer.from('text'))
  t.deepEqual(mendHeaderChecksum(frame), frame)
})

test('checksums of blocks and of the content are checked', t => {
  // Header, one stored block "abc" with its checksum, the end mark, the content's checksum.
  const sum = 'ff53d132'
  const frame = mendHeaderChecksum(
    Buffer.from(`04224d18744000 03000080616263 ${sum} 00000000 ${sum}`.replaceAll(' ', ''), 'hex'),
  )
  t.deepEqual(lz4Decompress(frame, 3), Buffer.from('abc'))
  for (const at of [14, 22]) {
    const wrong = Buffer.from(frame)
    wrong[at]! ^= 1
    t.throws(() => lz4Decompress(wrong, 3), { any: true })
  }
  t.throws(() => lz4Decompress(frame.subarray(0, frame.length - 1), 3), { any: true })
})
