import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import test from 'ava'
import { batchesFrom, batchesOf, createLog, offsetsOf } from '../conformance/suite.ts'
import { DamagedRange, type Log } from '../engine.ts'
import { damagedLog } from './testing/damaged-log.ts'
import { withKilledEngine } from './testing/killed-engine.ts'

/** What can be read of a log, and what can't. */
const survey = async (log: Log): Promise<{ offsets: number[]; damaged: [number, number][] }> => {
  const { start, end } = await log.bounds()
  const offsets: number[] = []
  const damaged: [number, number][] = []
  for (let next = start; next < end; ) {
    try {
      const slice = await log.read(next, { maxBytes: 150, atLeastOne: true })
      offsets.push(...offsetsOf(batchesOf(slice.chunks)))
      const { sizeBytes } = slice
      next = sizeBytes === 0 ? end : slice.next
      slice.release()
    } catch (error) {
      if (!(error instanceof DamagedRange)) throw error
      damaged.push([error.from, error.to])
      next = error.to
    }
  }
  return { offsets, damaged }
}

test('damage in the middle stays, is told at each start, and what stands before and after is read', async t => {
  const { dataDir, path } = await damagedLog(t, { batches: 5, segmentBytes: 300, damage: bytes => flip(bytes, 170) })
  const before = readFileSync(path(0))
  for (let start = 1; start <= 3; start++) {
    const warnings = await withKilledEngine(dataDir, async engine => {
      const log = await createLog(engine)
      t.deepEqual(await survey(log), { offsets: [0, 2, 3, 4], damaged: [[1, 2]] })
      t.is((await log.bounds()).end, 5)
    })
    t.is(warnings.length, 1, `start ${start}`)
    t.regex(warnings[0]!, /offsets 1 to 1 can't be read, 100 bytes from byte 100 on: a batch with a wrong checksum/)
  }
  t.deepEqual(readFileSync(path(0)), before)
})

const flip = (bytes: Buffer, at: number, bits = 0x41): void => {
  bytes[at] = bytes[at]! ^ bits
}

test('one flipped bit anywhere in the middle of a log hides one batch and no other', async t => {
  const batches = batchesFrom(
    0,
    ...Array.from({ length: 6 }, (_, index) => ({ timestamp: index, sizeBytes: 70 + index })),
  )
  const { dataDir, path } = await damagedLog(t, { batches, damage: () => {} })
  const sound = readFileSync(path(0))
  const at = batches.slice(0, 2).reduce((sum, { bytes }) => sum + bytes.length, 0)
  for (let bit = 0; bit < batches[2]!.bytes.length * 8; bit++) {
    const byte = bit >> 3
    // The leader epoch isn't under the checksum, and nothing shows that it is another.
    if (byte >= 12 && byte < 16) continue
    const bytes = Buffer.from(sound)
    flip(bytes, at + byte, 1 << (bit & 7))
    writeFileSync(path(0), bytes)
    rmSync(path(0, 'damaged'), { force: true })
    await withKilledEngine(dataDir, async engine => {
      const log = await createLog(engine)
      t.deepEqual(await survey(log), { offsets: [0, 1, 3, 4, 5], damaged: [[2, 3]] }, `byte ${byte}, bit ${bit & 7}`)
      t.is((await log.firstAtOrAfter(2))?.baseOffset, 3)
    })
    t.deepEqual(readFileSync(path(0)), bytes)
  }
})
