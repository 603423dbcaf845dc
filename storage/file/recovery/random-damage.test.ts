import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import test from 'ava'
import * as header from '../../../protocol/records/batch.ts'
import { batchAt, batchesFrom, createLog } from '../../conformance/suite.ts'
import type { Batch } from '../../engine.ts'
import { damagedLog } from '../testing/damaged-log.ts'
import { withKilledEngine } from '../testing/killed-engine.ts'
import { survey } from '../testing/survey.ts'

const ROUNDS = 60

/** Integers in [0, below), the same for the same seed. */
const seeded = (seed: number) => {
  let state = BigInt(seed)
  return (below: number): number => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn
    return Number(((state >> 33n) * BigInt(below)) >> 31n)
  }
}

/** Batches of many sizes, some with batches in their records. */
const someBatches = (random: (below: number) => number): Batch[] => {
  const batches: Batch[] = []
  let next = 0
  for (let index = 0; index < 40; index++) {
    const offsets = 1 + random(4)
    const made = batchAt(next, { offsets, sizeBytes: 61 + random(random(6) === 0 ? 5000 : 200), fill: random(256) })
    // Of another log: beyond this one's end, or before where it is.
    const elsewhere = random(2) === 0 || next < 4 ? 1000 + random(100_000) : random(next - 3)
    const inner = Buffer.concat(batchesFrom(elsewhere, {}, { offsets: 2 }).map(({ bytes }) => bytes))
    if (made.bytes.length > 70 + inner.length) {
      inner.copy(made.bytes, 61 + random(9))
      header.writeCrc(made.bytes, 0)
    }
    batches.push(made)
    next += offsets
  }
  return batches
}

/** Damages a few places of a file, as disks do: a bit, some bytes, a sector of zeros or of anything. Returns which bytes. */
const damage = (bytes: Buffer, random: (below: number) => number): [from: number, to: number][] =>
  Array.from({ length: 1 + random(4) }, () => {
    const kind = random(4)
    const at = random(bytes.length)
    const to = Math.min(bytes.length, at + [1, 1 + random(20), 512, 512][kind]!)
    if (kind === 0) bytes[at] = bytes[at]! ^ (1 << random(8))
    else if (kind === 2) bytes.fill(0, at, to)
    else for (let index = at; index < to; index++) bytes[index] = random(256)
    return [at, to]
  })

/** Bytes of a batch that nothing protects: the leader epoch, and the base offset, which only shows where it doesn't fit. */
const isUnprotected = (byte: number): boolean => byte < 8 || (byte >= 12 && byte < 16)

test('whatever is damaged at random, nothing is read that was not written, and all that is whole', async t => {
  t.timeout(60_000)
  const seed = Number(process.env.SAMSA_SEED ?? Math.floor(Math.random() * 2 ** 31))
  t.log(`SAMSA_SEED=${seed}`)
  const random = seeded(seed)
  for (let round = 0; round < ROUNDS; round++) {
    const batches = someBatches(random)
    const { dataDir, path } = await damagedLog(t, { batches, segmentBytes: 8000, damage: () => {} })
    const starts: number[] = []
    await withKilledEngine(dataDir, async engine => {
      for (const { start } of (await (await createLog(engine)).segments()).segments) starts.push(start)
    })
    const start = starts[random(starts.length)]!
    const sound = readFileSync(path(start))
    const bytes = Buffer.from(sound)
    damage(bytes, random)
    writeFileSync(path(start), bytes)
    rmSync(path(start, 'damaged'), { force: true })
    const whole = new Set(batches.map(batch => batch.baseOffset))
    const doubtful = new Set<number>()
    for (const at of header.batches(sound)) {
      const end = at + header.sizeInBytes(sound, at)
      const base = header.baseOffset(sound, at)
      for (let byte = at; byte < end; byte++) {
        if (bytes[byte] === sound[byte]) continue
        whole.delete(base)
        if (isUnprotected(byte - at)) doubtful.add(base)
      }
    }
    await withKilledEngine(dataDir, async engine => {
      const log = await createLog(engine)
      const found = new Map<number, Buffer>()
      await survey(log, batch => found.set(header.baseOffset(batch, 0), Buffer.from(batch)))
      // Where a base offset was hit its batch may be taken for one of other offsets, and a neighbour be hidden.
      if (doubtful.size > 0) return
      for (const { baseOffset, bytes: written } of batches) {
        const read = found.get(baseOffset)
        if (whole.has(baseOffset) && baseOffset < (await log.bounds()).end)
          t.true(
            read?.equals(written),
            `round ${round}: the batch at ${baseOffset} is ${read === undefined ? 'hidden' : 'another'}`,
          )
        else if (!whole.has(baseOffset))
          t.is(read, undefined, `round ${round}: the batch at ${baseOffset} isn't whole and is read`)
        found.delete(baseOffset)
      }
      t.deepEqual([...found.keys()], [], `round ${round}: nobody wrote these`)
      const last = batches.findLast(({ baseOffset }) => whole.has(baseOffset))!
      t.true((await log.bounds()).end > last.lastOffset, `round ${round}: what is whole is cut off`)
    })
  }
})
