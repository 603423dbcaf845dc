import { isDeepStrictEqual } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { KafkaError } from './errors.ts'
import { type AnyMessage, everyMessage } from './every-message.ts'
import { apisByKey } from './messages/index.ts'
import { isFlexible } from './schema/codec.ts'
import { inRange, layout, type Slot } from './schema/layout.ts'
import { mutate } from './testing/mutate.ts'
import { Random } from './testing/random.ts'
import { asRead, randomStruct } from './testing/random-value.ts'
import { readRequestHeader } from './wire/headers.ts'
import { Reader } from './wire/reader.ts'
import { Writer } from './wire/writer.ts'

/** Give SAMSA_FUZZ_SEED to try other values, or to repeat a failure. */
const seed = Number(process.env.SAMSA_FUZZ_SEED ?? 1)

interface Pair {
  readonly title: string
  readonly message: AnyMessage
  readonly version: number
  readonly slots: readonly Slot[]
  /** Of its own, so that a failure doesn't depend on what ran before. */
  readonly random: Random
}

function* everyPair(): Generator<Pair> {
  let index = 0
  for (const message of everyMessage) {
    const { min, max } = message.versions
    for (let version = min; version <= max; version++) {
      const slots = layout(message.fields, version, inRange(message.flexible, version))
      const title = `${message.name} version ${version}, seed ${seed}`
      yield { title, message, version, slots, random: new Random(seed * 100_003 + index++) }
    }
  }
}

const encode = ({ message, version }: Pair, value: unknown): Buffer => {
  const writer = new Writer()
  message.codec(version).encode(writer, value)
  return writer.finishBuffer()
}

test('every message comes back as it was written, in every version', t => {
  for (const pair of everyPair()) {
    for (let i = 0; i < 4; i++) {
      const value = randomStruct(pair.random, pair.slots)
      const reader = new Reader(encode(pair, value))
      t.deepEqual(pair.message.codec(pair.version).decode(reader), asRead(pair.slots, value), pair.title)
      t.is(reader.remaining, 0, pair.title)
    }
  }
})

test('random and mutated bytes give a value that can be written again, or INVALID_REQUEST', t => {
  let values = 0
  for (const pair of everyPair()) {
    const { random, slots } = pair
    for (let i = 0; i < 30; i++) values += tryBytes(t, pair, random.bytes(random.below(300)))
    for (let i = 0; i < 12; i++) {
      const valid = encode(pair, randomStruct(random, slots))
      for (let k = 0; k < 4; k++) values += tryBytes(t, pair, mutate(random, valid))
    }
  }
  t.true(values > 1000, 'mutations must reach beyond the first check')
})

test('long runs of one byte, which claim as many elements as there can be, do the same', t => {
  let values = 0
  for (const pair of everyPair()) {
    for (const byte of [0, 1, 2, 0x7f, 0x80, 0xff]) values += tryBytes(t, pair, Buffer.alloc(4096, byte))
  }
  t.true(values > 100)
})

/** 1 if `bytes` give a value, 0 if they are refused. */
function tryBytes(t: ExecutionContext, pair: Pair, bytes: Buffer): 0 | 1 {
  const { message, version, title } = pair
  let value: unknown
  try {
    value = message.codec(version).decode(new Reader(bytes))
  } catch (error) {
    if (error instanceof KafkaError && error.name === 'INVALID_REQUEST') return 0
    t.fail(`${title}: ${error} for ${bytes.toString('hex')}`)
    return 0
  }
  // What a frame grows into is bounded: no element is made that the frame didn't spend a byte on.
  if (elementsOf(value) > bytes.length) t.fail(`${title}: too many elements from ${bytes.toString('hex')}`)
  const again = message.codec(version).decode(new Reader(encode(pair, value)))
  if (!isDeepStrictEqual(again, value)) t.fail(`${title}: written again it reads differently, ${bytes.toString('hex')}`)
  return 1
}

function elementsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return 0
  let count = Array.isArray(value) ? value.length : 0
  for (const each of Object.values(value)) count += elementsOf(each)
  return count
}

test('random bytes give a request header or INVALID_REQUEST', t => {
  const random = new Random(seed)
  const lookup = (key: number, version: number) => {
    const api = apisByKey.get(key)
    return api && isFlexible(api, version)
  }
  let headers = 0
  for (let i = 0; i < 20_000; i++) {
    const bytes = random.bytes(random.below(40))
    // A known API, or most inputs would end at its key.
    if (bytes.length >= 2 && !random.oneIn(4)) bytes.writeInt16BE(random.below(95))
    try {
      readRequestHeader(new Reader(bytes), lookup)
      headers++
    } catch (error) {
      if (!(error instanceof KafkaError && error.name === 'INVALID_REQUEST')) {
        t.fail(`seed ${seed}: ${error} for ${bytes.toString('hex')}`)
      }
    }
  }
  t.true(headers > 100)
})
