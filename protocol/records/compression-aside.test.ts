import test from 'ava'
import { KafkaError } from '../errors.ts'
import { compressAside, decompressAside } from './compression-aside.ts'
import { codecs, compress, decompress, ready } from './compression.ts'

test.before(() => ready('zstd'))

const text = Buffer.from(Array.from({ length: 80_000 }, (_, at) => `line ${(at * 7919) % 1000} of text\n`).join(''))
const sizes = [1, 1000, 20_000, 300_000, text.length]

test('what is compressed or decompressed aside is what it would be in place', async t => {
  for (const codec of codecs)
    for (const size of sizes) {
      const data = text.subarray(0, size)
      const compressed = await compressAside(codec, data)
      t.true(decompress(codec, compressed, size).equals(data), `${codec}, ${size}`)
      t.true((await decompressAside(codec, compress(codec, data), size)).equals(data), `${codec}, ${size}`)
    }
})

test('decompression aside is bounded, and damage is refused, as in place', async t => {
  for (const codec of codecs.filter(each => each !== 'none'))
    for (const size of sizes.slice(1)) {
      const compressed = compress(codec, text.subarray(0, size))
      const refusal = async (data: Buffer, maxBytes: number): Promise<string> => {
        try {
          await decompressAside(codec, data, maxBytes)
        } catch (error) {
          if (error instanceof KafkaError) return error.name
          throw error
        }
        return 'accepted'
      }
      t.is(await refusal(compressed, size - 1), 'MESSAGE_TOO_LARGE', `${codec}, ${size}`)
      t.is(await refusal(compressed.subarray(0, -3), size), 'CORRUPT_MESSAGE', `${codec}, ${size}`)
    }
})
