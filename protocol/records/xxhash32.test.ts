import test from 'ava'
import { compress } from './compression.ts'
import { xxhash32Short } from './xxhash32.ts'

test('the published values come out', t => {
  const hash = (text: string) => xxhash32Short(Buffer.from(text), 0, text.length)
  t.is(hash(''), 0x02cc5d05)
  t.is(hash('a'), 0x550d7456)
  t.is(hash('abc'), 0x32d153ff)
})

test('it is the checksum in the frames that the lz4 library writes', t => {
  const frame = compress('lz4', Buffer.from('anything'))
  t.is((xxhash32Short(frame, 4, 6) >>> 8) & 255, frame[6]!)
})
