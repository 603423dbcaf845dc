import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { batchesFrom, createLog } from '../../conformance/suite.ts'
import type { Log } from '../../engine.ts'
import type { Disk } from '../disk.ts'
import { createFileEngine } from '../engine.ts'
import { hookedDisk } from '../testing/faulty-disk.ts'
import { withKilledEngine } from '../testing/killed-engine.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

const INTERVAL_BYTES = 4096
const options = { segmentBytes: 300_000, indexIntervalBytes: INTERVAL_BYTES }
const SEGMENT = 300
const BATCHES = 1000

/** A disk that counts the bytes that are read of `.log` files. */
const countingDisk = (): { readonly disk: Disk; readonly read: Map<string, number> } => {
  const paths = new Map<number, string>()
  const inner = hookedDisk(() => undefined, paths)
  const read = new Map<string, number>()
  const disk = {
    ...inner,
    read(fd: number, into: Buffer, at: number, length: number, position: number) {
      const got = inner.read(fd, into, at, length, position)
      const path = paths.get(fd)!
      if (path.endsWith('.log')) read.set(path, (read.get(path) ?? 0) + got)
      return got
    },
  }
  return { disk, read }
}

/** 1000 batches of 1000 bytes, 300 a segment; the recovery point is that of the last batches of each append. */
const write = async (log: Log, append: (base: number) => Promise<void>): Promise<void> => {
  for (let base = 0; base < BATCHES; base += 100) await append(base)
  await log.bounds()
}

const bytesOf = (read: ReadonlyMap<string, number>): number => [...read.values()].reduce((sum, bytes) => sum + bytes, 0)

test('after a clean stop nothing is read of the segments, and of a log in use the end of the last one', async t => {
  const dataDir = temporaryDirectory(t)
  const engine = createFileEngine({ dataDir })
  await engine.open()
  for (const partition of [0, 1, 2]) {
    const log = await createLog(engine, options, partition)
    await write(log, async base => {
      const batches = batchesFrom(
        base,
        ...Array.from({ length: 100 }, (_, i) => ({ sizeBytes: 1000, timestamp: base + i })),
      )
      await Promise.all(await engine.append([{ log, batches, expectedEnd: base }]))
    })
  }
  await engine.close()

  const { disk, read } = countingDisk()
  const next = createFileEngine({ dataDir, disk })
  t.deepEqual(await next.open(), { unclean: [] })
  t.is(bytesOf(read), 0)
  t.is((await (await createLog(next, options, 1)).bounds()).end, BATCHES)
  t.deepEqual(
    [...read.keys()].map(path => path.slice(dataDir.length)),
    ['/t-1/00000000000000000900.log'],
  )
  t.true(bytesOf(read) <= 5 * 8192, `${bytesOf(read)} bytes`)
  await next.close()
})

for (const recoveryPoint of [0, SEGMENT, 3 * SEGMENT, 950, BATCHES])
  test(`after a kill only what lies above the recovery point is read: ${recoveryPoint}`, async t => {
    const dataDir = temporaryDirectory(t)
    await withKilledEngine(dataDir, async engine => {
      const log = await createLog(engine, options)
      await write(log, async base => {
        const batches = batchesFrom(
          base,
          ...Array.from({ length: 100 }, (_, i) => ({ sizeBytes: 1000, timestamp: base + i })),
        )
        await Promise.all(await engine.append([{ log, batches, expectedEnd: base }]))
      })
    })
    writeFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), `0\n1\nt 0 ${recoveryPoint}\n`)
    const { disk, read } = countingDisk()
    const engine = createFileEngine({ dataDir, disk })
    t.is((await engine.open()).unclean.length, 1)
    const above = (BATCHES - recoveryPoint) * 1000
    // Below it headers behind the last entry of the index that was written: entries are written in blocks of 510.
    const headers = 1.1 * 100_000
    t.true(bytesOf(read) >= above, `${bytesOf(read)} bytes of ${above}`)
    t.true(bytesOf(read) <= above + headers + 10 * INTERVAL_BYTES, `${bytesOf(read)} bytes of ${above}`)
    for (const start of [0, 300, 600]) {
      const path = join(dataDir, 't-0', `${String(start).padStart(20, '0')}.log`)
      if (start + SEGMENT < recoveryPoint) t.is(read.get(path), undefined, path)
      // Of the one that ends there, whether something that was refused stands behind its end.
      else if (start + SEGMENT === recoveryPoint) t.true((read.get(path) ?? 0) <= 5 * 8192, `${read.get(path)} bytes`)
      else t.true((read.get(path) ?? 0) >= statSync(path).size)
    }
    const log = await createLog(engine, options)
    for (const offset of [0, 299, 300, 899, 900, 949, 950, 999]) {
      const slice = await log.read(offset, { maxBytes: 1000 })
      t.is(slice.next, offset + 1)
      slice.release()
      t.is((await log.firstAtOrAfter(offset))?.baseOffset, offset)
    }
    await engine.close()
  })
