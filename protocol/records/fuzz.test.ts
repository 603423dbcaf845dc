/**
 * Random and mutated bytes into everything that reads records: each call gives a value or a KafkaError, within the bounds it was given.
 * Seeded: a failure's title tells the case.
 */
import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { KafkaError } from '../errors.ts'
import * as batch from './batch.ts'
import { buildBatch } from './build.ts'
import { codecs, compress, decompress, ready } from './compression.ts'
import { readControl } from './control.ts'
import { downConvert } from './down-convert.ts'
import { batchFacts, messageSetFacts } from './facts.test.fixture.ts'
import { filterBatch } from './filter-batch.ts'
import * as message from './message.ts'
import { MessageReader } from './message-reader.ts'
import { records } from './records.ts'
import { upConvert } from './up-convert.ts'
import { walkRecords } from './walk.ts'

const MAX_BYTES = 1 << 20
const CASES = 3000

test.before(() => ready('zstd'))

/** Numbers in [0, below), by the mulberry32 generator. */
const randomOf = (seed: number) => (below: number) => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below
}
type Random = ReturnType<typeof randomOf>

/** Numbers at which checks are wrong by one. */
const edges = [-1, 0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x7fffffff, -0x80000000, -2]

const mutate = (source: Buffer, random: Random): Buffer => {
  let data = Buffer.from(source)
  for (let times = 1 + random(4); times > 0 && data.length > 4; times--) {
    const at = random(data.length - 4)
    const choice = random(6)
    if (choice === 0) data[at]! ^= 1 << random(8)
    else if (choice === 1) data[at] = random(256)
    else if (choice === 2) data.writeInt32BE(edges[random(edges.length)]!, at)
    else if (choice === 3) data = data.subarray(0, at)
    else if (choice === 4) data = Buffer.concat([data.subarray(0, at), data.subarray(at + 1 + random(8))])
    else data = Buffer.concat([data.subarray(0, at), data.subarray(random(at + 1), at + 1), data.subarray(at)])
  }
  return data
}

/** Runs it; anything thrown but a KafkaError is a failure. True if it gave a value. */
const attempt = (run: () => void): boolean => {
  try {
    run()
    return true
  } catch (error) {
    if (error instanceof KafkaError) return false
    throw error
  }
}

const readAll = (data: Buffer): void => {
  for (const position of batch.batches(data)) {
    batch.checkCrc(data, position)
    attempt(() => {
      for (const record of records(data, position, MAX_BYTES)) record.headers.length
    })
    attempt(() =>
      filterBatch(data, position, ({ offset }) => offset % 2 === 0, { maxBytes: MAX_BYTES, deleteHorizonMs: 5 }),
    )
    attempt(() => readControl(data, position))
    const end = batch.batchEnd(data, position)
    attempt(() => walkRecords(data, position + batch.HEADER_SIZE, end, batch.recordCount(data, position), 0))
  }
}

/** Calls `one` with many cases; names the one that fails, and sees that some give values and some are refused. */
const fuzz = (title: string, one: (random: Random) => boolean): void => {
  test.serial(`${title}: a value or a KafkaError`, async t => {
    let accepted = 0
    for (let seed = 0; seed < CASES; seed++) {
      // What native code gave is freed between turns only.
      if (seed % 100 === 0) await setImmediate()
      try {
        if (one(randomOf(seed))) accepted++
      } catch (error) {
        t.fail(`seed ${seed}: ${error instanceof Error ? error.stack : error}`)
        return
      }
    }
    t.true(accepted > 0 && accepted < CASES, `${accepted} of ${CASES} gave a value`)
  })
}

const short = <T extends { readonly data: Buffer }>(facts: readonly T[]): readonly T[] =>
  facts.filter(({ data }) => data.length < 1000)
const shortBatches = short(batchFacts)
const shortSets = short(messageSetFacts)

fuzz('mutated batches', random =>
  attempt(() => readAll(mutate(shortBatches[random(shortBatches.length)]!.data, random))),
)

fuzz('batches in a row converted down', random => {
  const sources = [0, 1].map(() => shortBatches[random(shortBatches.length)]!.data)
  const toMagic = random(2) === 0 ? 0 : 1
  return attempt(() => {
    const set = downConvert(mutate(Buffer.concat(sources), random), {
      toMagic,
      firstOffset: random(1000),
      maxBytes: MAX_BYTES,
    })
    // What was converted is itself whole.
    const reader = new MessageReader(set, 8 * MAX_BYTES)
    while (reader.next()) reader.offset
  })
})

fuzz('bodies of batches under a true header', random => {
  const source = shortBatches[random(shortBatches.length)]!.data
  const data = Buffer.concat([
    source.subarray(0, batch.HEADER_SIZE),
    mutate(source.subarray(batch.HEADER_SIZE), random),
  ])
  data.writeInt32BE(data.length - batch.LENGTH_OVERHEAD, batch.BATCH_LENGTH)
  readAll(data)
  return attempt(() => {
    for (const record of records(data, 0, MAX_BYTES)) record.headers.length
  })
})

fuzz('records under a true codec', random => {
  const compression = codecs[random(codecs.length)]!
  const count = 1 + random(5)
  const plain = buildBatch({
    records: Array.from({ length: count }, (_, at) => ({ value: Buffer.alloc(random(50), at) })),
  })
  const body = compress(compression, mutate(plain.subarray(batch.HEADER_SIZE), random))
  const data = Buffer.concat([plain.subarray(0, batch.HEADER_SIZE), body])
  data.writeInt32BE(data.length - batch.LENGTH_OVERHEAD, batch.BATCH_LENGTH)
  data.writeInt16BE(codecs.indexOf(compression), batch.ATTRIBUTES)
  readAll(data)
  return attempt(() => {
    for (const record of records(data, 0, MAX_BYTES)) record.headers.length
  })
})

fuzz('compressed data', random => {
  const codec = codecs[1 + random(codecs.length - 1)]!
  const content = Buffer.alloc(random(3) === 0 ? 200_000 : random(500), 'some text, some more')
  const data = mutate(compress(codec, content), random)
  return attempt(() => {
    const { length } = decompress(codec, data, MAX_BYTES)
    if (length > MAX_BYTES) throw new Error(`${codec} gave ${length} bytes`)
  })
})

/** Gives every outer message that has a sound size its true CRC, so that what is behind the CRC is reached. */
const mendCrcs = (set: Buffer): Buffer => {
  for (let position = 0; set.length - position > message.ATTRIBUTES; ) {
    const end = position + set.readInt32BE(position + message.SIZE) + message.CRC
    if (end <= position + message.MAGIC || end > set.length) break
    set.writeUInt32BE(message.crcOfMessage(set, position, end), position + message.CRC)
    position = end
  }
  return set
}

fuzz('mutated message sets', random => {
  const set = mutate(shortSets[random(shortSets.length)]!.data, random)
  return attempt(() => upConvert(random(4) === 0 ? set : mendCrcs(set), MAX_BYTES))
})

fuzz('mutated message sets in true wrappers', random => {
  const magic = random(2) === 0 ? 0 : 1
  const plain = shortSets.filter(({ batches: [first] }) => first!.magic === magic && first!.compression === 'none')
  const inner = mendCrcs(mutate(plain[random(plain.length)]!.data, random))
  const codec = 1 + random(3)
  const value = compress(codecs[codec]!, inner)
  const set = Buffer.alloc(message.messageOverhead(magic) + value.length)
  message.writeMessage(set, 0, magic, { offset: random(100), attributes: codec, timestamp: 1, key: null, value })
  return attempt(() => upConvert(set, MAX_BYTES))
})

fuzz('random bytes', random => {
  const data = Buffer.from(Array.from({ length: random(200) }, () => random(256)))
  const codec = codecs[random(codecs.length)]!
  attempt(() => readAll(data))
  attempt(() => upConvert(data, MAX_BYTES))
  attempt(() => downConvert(data, { toMagic: 1, firstOffset: 0, maxBytes: MAX_BYTES }))
  return attempt(() => decompress(codec, data, MAX_BYTES))
})
