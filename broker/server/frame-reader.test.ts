import test from 'ava'
import { SeededRandom } from '../testing/seeded-random.ts'
import { BadFrame, FrameReader } from './frame-reader.ts'

const frame = (body: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

test('frames come out whole and in order however their bytes are cut', t => {
  const seed = 20_240_601
  const random = new SeededRandom(seed)
  for (let round = 0; round < 200; round++) {
    const bodies = Array.from({ length: 1 + random.integer(6) }, (_, i) =>
      Buffer.alloc(8 + random.integer(random.integer(2) === 0 ? 50 : 200_000), i + 1),
    )
    const stream = Buffer.concat(bodies.map(frame))
    const reader = new FrameReader(1_000_000)
    const seen: Buffer[] = []
    for (let at = 0; at < stream.length; ) {
      const size = 1 + random.integer(random.integer(2) === 0 ? 7 : 65_536)
      t.is(
        reader.push(stream.subarray(at, at + size), body => seen.push(body)),
        null,
      )
      at += size
    }
    t.deepEqual(
      seen.map(body => [body.length, body[0]]),
      bodies.map(body => [body.length, body[0]]),
      `seed ${seed}`,
    )
    t.true(
      seen.every((body, i) => body.equals(bodies[i] as Buffer)),
      `seed ${seed}`,
    )
    t.is(reader.partialBytes, 0)
  }
})

test('a frame that came in one chunk is a slice of it', t => {
  const chunk = frame(Buffer.alloc(20, 7))
  let seen: Buffer | null = null
  new FrameReader(100).push(chunk, body => {
    seen = body
  })
  t.is((seen as unknown as Buffer).buffer, chunk.buffer)
})

test('a length beyond socket.request.max.bytes, negative, or too small for a header is refused at once', t => {
  const lengths = [1001, 300 << 20, -1, -2147483648, 0, 7]
  for (const length of lengths) {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(length)
    const bad = new FrameReader(1000).push(bytes, () => t.fail())
    t.true(bad instanceof BadFrame, String(length))
  }
})

test('a declared length takes no memory before its bytes come', t => {
  const reader = new FrameReader(1 << 30)
  const bytes = Buffer.alloc(6)
  bytes.writeInt32BE(1 << 29)
  const before = process.memoryUsage().arrayBuffers
  reader.push(bytes, () => t.fail())
  t.true(process.memoryUsage().arrayBuffers - before < 1 << 20)
  t.is(reader.partialBytes, 2)
  t.is(reader.declaredBytes, 1 << 29)
})
