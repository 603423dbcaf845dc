import test from 'ava'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { OffsetMap } from './offset-map.ts'

const SLOT_BYTES = 24

test('the map holds the last offset of every key, of any length, up to 2^53', t => {
  const random = new SeededRandom(3)
  const offsets = new OffsetMap({ maxBytes: 8000 * SLOT_BYTES, loadFactor: 0.9, mostKeys: 1e9 })
  const expected = new Map<string, number>()
  let offset = 0
  for (let step = 0; step < 10_000; step++) {
    const key = String(random.integer(2000)).repeat(1 + random.integer(3) * 20)
    offset += 1 + random.integer(2 ** 31) * 250
    offsets.put(Buffer.from(key), offset)
    expected.set(key, offset)
  }
  t.true(offset > 2 ** 50)
  t.is(offsets.size, expected.size)
  for (const [key, last] of expected) t.is(offsets.get(Buffer.from(key)), last)
  for (let key = 2000; key < 3000; key++) t.is(offsets.get(Buffer.from(String(key))), -1)
})

test('keys of no bytes, and keys that begin alike, are told apart', t => {
  const offsets = new OffsetMap({ maxBytes: 1 << 20, loadFactor: 0.9, mostKeys: 100 })
  const key = (fill: number, size: number): Buffer => Buffer.alloc(size, fill)
  offsets.put(Buffer.alloc(0), 5)
  for (const size of [31, 32, 33, 1000]) for (const fill of [1, 2]) offsets.put(key(fill, size), size * 10 + fill)
  t.is(offsets.get(Buffer.alloc(0)), 5)
  for (const size of [31, 32, 33, 1000]) for (const fill of [1, 2]) t.is(offsets.get(key(fill, size)), size * 10 + fill)
  t.is(offsets.get(key(3, 40)), -1)
  t.is(offsets.size, 9)
})

test('the table takes what it may, or what the keys need, and is full at its load factor', t => {
  const filled = (size: ConstructorParameters<typeof OffsetMap>[0]): number => {
    const offsets = new OffsetMap(size)
    for (let key = 0; !offsets.full; key++) offsets.put(Buffer.from(String(key)), key)
    for (let key = 0; key < offsets.size; key++) t.is(offsets.get(Buffer.from(String(key))), key)
    t.is(offsets.get(Buffer.from('other')), -1)
    return offsets.size
  }
  t.is(filled({ maxBytes: 1000 * SLOT_BYTES, loadFactor: 0.9, mostKeys: 1e9 }), 900)
  t.is(filled({ maxBytes: 1000 * SLOT_BYTES, loadFactor: 1, mostKeys: 1e9 }), 999)
  t.is(filled({ maxBytes: 1, loadFactor: 0.9, mostKeys: 1e9 }), 1)
  const needed = filled({ maxBytes: 1 << 30, loadFactor: 0.9, mostKeys: 100 })
  t.true(needed >= 100 && needed < 110)
})
