/**
 * A process that appends to the logs of a directory as fast as it can and prints, a line an append, the ends that were acknowledged. To be killed.
 */
import { writeSync } from 'node:fs'
import { batchesFrom, createLog } from '../../conformance/suite.ts'
import { allOutcomes } from '../../engine.ts'
import { createFileEngine } from '../engine.ts'

const engine = createFileEngine({ dataDir: process.argv[2]! })
await engine.open()
const logs = [await createLog(engine, { segmentBytes: 50_000 }, 0), await createLog(engine, {}, 1)]
const ends: number[] = []
for (const log of logs) ends.push((await log.bounds()).end)
for (let round = 0; ; round++) {
  const requests = logs.map((log, index) => ({
    log,
    batches: batchesFrom(ends[index]!, { offsets: 1 + (round % 3), sizeBytes: 100 + ((round * 37) % 3000) }, {}),
    expectedEnd: ends[index]!,
  }))
  const outcomes = await allOutcomes(engine.append(requests))
  for (const [index, { end }] of outcomes.entries()) ends[index] = end
  writeSync(1, `${ends.join(' ')}\n`)
}
