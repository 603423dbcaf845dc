import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { batchesFrom, createLog } from '../../conformance/suite.ts'
import { createFileEngine } from '../engine.ts'
import { withKilledEngine } from '../testing/killed-engine.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

test('a long recovery lets others have a turn, and says how far it is', async t => {
  const dataDir = temporaryDirectory(t)
  await withKilledEngine(dataDir, async engine => {
    for (const partition of [0, 1]) {
      const log = await createLog(engine, { segmentBytes: 100_000_000 }, partition)
      for (let base = 0; base < 40; base += 4) {
        const batches = batchesFrom(base, ...Array.from({ length: 4 }, () => ({ sizeBytes: 1_000_000 })))
        await Promise.all(await engine.append([{ log, batches, expectedEnd: base }]))
      }
    }
  })
  writeFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), '0\n0\n')
  let nowMs = 0
  const warnings: string[] = []
  const engine = createFileEngine({ dataDir, warn: line => warnings.push(line), monotonic: () => nowMs })
  let turns = 0
  let over = false
  const others = (): void => {
    turns++
    nowMs += 1600
    if (!over) setImmediate(others)
  }
  setImmediate(others)
  await engine.open()
  over = true
  // Of 80 MB a turn each 16 MiB, and one after each log.
  t.true(turns >= 6, `${turns} turns`)
  t.true(warnings.length >= 2)
  for (const line of warnings)
    t.regex(line, /recovering after an unclean stop: \d+ MB read, [0-2] of 2 logs done, at .*\/t-[01]$/)
  await engine.close()
})
