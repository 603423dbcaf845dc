import test from 'ava'
import { crc32c, crc32cPortable } from './crc32c.ts'

/** Values published in RFC 3720, appendix B.4. */
const published: readonly (readonly [Buffer, number])[] = [
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
  [Buffer.from(Array.from({ length: 32 }, (_, at) => 31 - at)), 0x113fdb5c],
  [Buffer.from('123456789'), 0xe3069283],
  [Buffer.alloc(0), 0],
]

test('the published values come out', t => {
  for (const [data, expected] of published) t.is(crc32c(data), expected)
})

test('the native and the portable sum agree at every length, on ranges too', t => {
  const data = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) >>> 3))
  for (let end = 300; end < 700; end++) t.is(crc32c(data, 3, end), crc32cPortable(data, 3, end))
  t.is(crc32c(data), crc32cPortable(data))
  t.is(crc32cPortable(data, 11, 20), crc32cPortable(Buffer.from(data.subarray(11, 20))))
})

test('a sum can be gone on with', t => {
  const data = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) >>> 3))
  for (const cut of [0, 1, 100, 383, 384, 2500, 4616, 4617, 4999, 5000]) {
    t.is(crc32c(data, cut, 5000, crc32c(data, 0, cut)), crc32c(data), `cut at ${cut}`)
    t.is(crc32cPortable(data, cut, 5000, crc32cPortable(data, 0, cut)), crc32c(data), `cut at ${cut}, portable`)
  }
})
