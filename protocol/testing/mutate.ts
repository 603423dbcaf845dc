import type { Random } from './random.ts'

/** A copy of `valid` as a broken or hostile peer might send it: bits flipped, lengths out of all proportion, cut, stretched. */
export function mutate(random: Random, valid: Buffer): Buffer {
  let bytes = Buffer.from(valid)
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    if (bytes.length === 0) return random.bytes(random.below(20))
    const at = random.below(bytes.length)
    switch (random.below(5)) {
      case 0:
        bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
        break
      case 1:
        bytes[at] = random.pick([0, 1, 127, 128, 255])
        break
      case 2:
        bytes.fill(random.pick([0x7f, 0xff, 0x80, 0]), at, Math.min(bytes.length, at + random.pick([2, 4, 5, 8])))
        break
      case 3:
        bytes = bytes.subarray(0, at)
        break
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(8)), bytes.subarray(at)])
    }
  }
  return bytes
}
