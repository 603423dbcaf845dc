import test from 'ava'
import { KafkaError } from '../errors.ts'
import * as varint from './varint.ts'

const buffer = Buffer.alloc(16)

/** The encoding by its definition: zigzag, then seven bits a byte, lowest first. */
const defined = (value: bigint, bits: number): Buffer => {
  let rest = BigInt.asUintN(bits, (value << 1n) ^ (value >> BigInt(bits - 1)))
  const bytes: number[] = []
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

/** Every power of two within the bits, and its neighbours, of both signs. */
const edges = (bits: number): readonly bigint[] => {
  const values = new Set<bigint>()
  for (let power = 0; power < bits; power++)
    for (const near of [-2n, -1n, 0n, 1n])
      for (const sign of [1n, -1n]) values.add(BigInt.asIntN(bits, sign * (2n ** BigInt(power) + near)))
  return [...values]
}

test('int32 numbers are written by the definition, at the size foretold, and read back', t => {
  for (const exact of edges(32)) {
    const value = Number(exact)
    const expected = defined(exact, 32)
    t.is(varint.sizeOfVarint(value), expected.length)
    t.is(varint.writeVarint(buffer, 3, value), 3 + expected.length)
    t.deepEqual(buffer.subarray(3, 3 + expected.length), expected)
    t.is(varint.readVarint(buffer, 3), value)
    t.is(varint.afterVarint, 3 + expected.length)
  }
})

test('int64 numbers are written by the definition, at the size foretold, and read back, exactly or nearly', t => {
  for (const exact of edges(64)) {
    const expected = defined(exact, 64)
    t.is(varint.sizeOfVarlongExact(exact), expected.length)
    t.is(varint.writeVarlongExact(buffer, 2, exact), 2 + expected.length)
    t.deepEqual(buffer.subarray(2, 2 + expected.length), expected)
    t.is(varint.readVarlongExact(buffer, 2), exact)
    t.is(varint.afterVarint, 2 + expected.length)
    t.is(varint.readVarlong(buffer, 2), Number(exact))
    t.is(varint.afterVarint, 2 + expected.length)
    const value = Number(exact)
    if (!Number.isSafeInteger(value)) continue
    t.is(varint.sizeOfVarlong(value), expected.length)
    t.is(varint.writeVarlong(buffer, 1, value), 1 + expected.length)
    t.deepEqual(buffer.subarray(1, 1 + expected.length), expected)
  }
})

test('a number without an end is an INVALID_RECORD, beyond its greatest length and beyond the buffer', t => {
  const endless = Buffer.alloc(12, 0x80)
  const cut = Buffer.from([0x80, 0x80])
  for (const data of [endless, cut, Buffer.alloc(0)])
    for (const read of [varint.readVarint, varint.readVarlong, varint.readVarlongExact]) {
      const error = t.throws(() => read(data, 0), { any: true }) as unknown
      t.true(error instanceof KafkaError && error.name === 'INVALID_RECORD')
    }
})
