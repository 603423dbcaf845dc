/** Random values of any declared message, and what a reader must see of them. */
import type { Slot } from '../schema/layout.ts'
import type { Random } from './random.ts'

type Struct = Record<string, unknown>

const strings = ['', 'a', 'topic-1', 'grüße', '日本語-トピック', '🦉', 'x'.repeat(39), 'x'.repeat(40), 'y'.repeat(200)]

/** A value that an author may give: optional fields are sometimes left out, nullable ones sometimes null. */
export function randomStruct(random: Random, slots: readonly Slot[]): Struct {
  const value: Struct = {}
  for (const slot of slots) {
    if (slot.place === 'absent') continue
    if (slot.optional && random.oneIn(4)) continue
    value[slot.name] = randomField(random, slot)
  }
  return value
}

function randomField(random: Random, slot: Slot): unknown {
  if (slot.nullable && random.oneIn(4)) return null
  if (slot.type === 'struct') return randomStruct(random, slot.body)
  if (slot.type !== 'array') return randomScalar(random, slot.type)
  const element = slot.body[0] as Slot
  return Array.from({ length: random.below(4) }, () => randomField(random, element))
}

function randomScalar(random: Random, type: Slot['type']): unknown {
  const bits = (count: number) => random.pick([0, 1, 2 ** count - 1, 2 ** (count - 1), random.uint32() % 2 ** count])
  const signed = (count: number) => bits(count) - 2 ** (count - 1)
  const wide = () => random.uint32() * 2 ** 21 + (random.uint32() >>> 11)
  switch (type) {
    case 'bool':
      return random.oneIn(2)
    case 'int8':
      return signed(8)
    case 'int16':
      return signed(16)
    case 'uint16':
      return bits(16)
    case 'int32':
      return signed(32)
    case 'uint32':
      return bits(32)
    case 'int64':
      return random.pick([0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, wide(), -1 - wide()])
    case 'bigint64':
      return BigInt.asIntN(64, (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()))
    case 'float64':
      return random.pick([0, -0.5, 1e300, Number.POSITIVE_INFINITY, random.uint32() / 7])
    case 'string':
      return random.pick(strings)
    case 'uuid':
      return random.bytes(16).toString('base64url')
    case 'records':
      return [randomBytes(random), randomBytes(random)]
    default:
      return randomBytes(random)
  }
}

const randomBytes = (random: Random): Buffer => random.bytes(random.pick([0, 1, 30, 1023, 1024, 3000]))

/** What a reader sees of an author's value: every field, with its default where the author gave none. */
export function asRead(slots: readonly Slot[], value: Struct): Struct {
  return Object.fromEntries(slots.map(slot => [slot.name, fieldAsRead(slot, value[slot.name])]))
}

function fieldAsRead(slot: Slot, value: unknown): unknown {
  if (value === undefined) {
    if (slot.default === null) return null
    if (slot.type === 'array') return []
    return slot.type === 'struct' ? asRead(slot.body, {}) : slot.default
  }
  if (value === null) return null
  if (slot.type === 'array') return (value as unknown[]).map(each => fieldAsRead(slot.body[0] as Slot, each))
  if (slot.type === 'struct') return asRead(slot.body, value as Struct)
  return slot.type === 'records' ? [Buffer.concat(value as Buffer[])] : value
}
