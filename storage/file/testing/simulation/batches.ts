/**
 * Batches of a simulation: no two are alike, so that one in another's place is seen.
 */
import * as header from '../../../../protocol/records/batch.ts'
import type { Random } from '../../../../protocol/testing/random.ts'
import { batchAt } from '../../../conformance/suite.ts'
import type { Batch, Offset } from '../../../engine.ts'
import type { Fate } from './expected-log.ts'

/** A batch that bears `unique` as its producer's id. */
const uniqueBatch = (
  base: Offset,
  unique: number,
  options: { readonly offsets: number; readonly timestamp: number; readonly sizeBytes: number },
): Batch => {
  const batch = batchAt(base, { ...options, fill: unique })
  header.writeInt64(batch.bytes, header.PRODUCER_ID, unique)
  header.writeCrc(batch.bytes, 0)
  return batch
}

/** Some batches from `base` on, mostly few and small. */
export const randomBatches = (random: Random, base: Offset, nowMs: number, unique: () => number): Batch[] => {
  const batches: Batch[] = []
  let next = base
  for (let count = 1 + random.below(random.oneIn(8) ? 20 : 3); count > 0; count--) {
    const sizeBytes = header.HEADER_SIZE + random.below(random.oneIn(20) ? 6000 : random.oneIn(4) ? 700 : 120)
    const timestamp = random.oneIn(8) ? -1 : nowMs + random.below(60) - 30
    const batch = uniqueBatch(next, unique(), {
      offsets: 1 + random.below(random.oneIn(30) ? 5000 : 4),
      timestamp,
      sizeBytes,
    })
    batches.push(batch)
    next = batch.lastOffset + 1
  }
  return batches
}

/** A rewrite that removes some batches and shortens some others, the same ones whenever it is asked. */
export const randomFate = (random: Random): Fate => {
  const salt = random.below(1000)
  return ({ baseOffset, lastOffset, maxTimestamp, bytes }) => {
    const lot = (baseOffset * 31 + salt) % 7
    if (lot === 0) return null
    if (lot > 1) return bytes
    const offsets = lastOffset - baseOffset + 1
    const sizeBytes = Math.max(header.HEADER_SIZE, bytes.length >> 1)
    return uniqueBatch(baseOffset, header.producerId(bytes, 0), { offsets, timestamp: maxTimestamp, sizeBytes }).bytes
  }
}

/** The batch that these bytes are. */
export const toBatch = (bytes: Buffer): Batch => ({
  baseOffset: header.baseOffset(bytes, 0),
  lastOffset: header.lastOffset(bytes, 0),
  maxTimestamp: header.maxTimestamp(bytes, 0),
  bytes,
})
