/**
 * For tests, a program: decompresses its input with the codec that its argument names, to at most 1 MiB, and prints how that was refused and by
 * how much the process's greatest memory grew.
 */
import { readFileSync } from 'node:fs'
import { KafkaError } from '../errors.ts'
import { type Codec, compress, decompress, ready } from './compression.ts'

const codec = process.argv[2] as Codec
const bomb = readFileSync(0)
await ready(codec)
// Loads the library, which isn't to be counted.
decompress(codec, compress(codec, Buffer.alloc(1000)), 1000)
const before = process.resourceUsage().maxRSS
let refusal: string | null = null
try {
  decompress(codec, bomb, 1 << 20)
} catch (error) {
  if (!(error instanceof KafkaError)) throw error
  refusal = error.name
}
process.stdout.write(JSON.stringify({ refusal, grownBytes: (process.resourceUsage().maxRSS - before) * 1024 }))
