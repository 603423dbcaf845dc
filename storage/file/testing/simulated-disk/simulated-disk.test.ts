import test from 'ava'
import { Random } from '../../../../protocol/testing/random.ts'
import { systemCode, writeFully } from '../../disk.ts'
import { Killed } from './disk-faults.ts'
import { drive } from './drive.ts'
import { SimulatedDisk } from './simulated-disk.ts'

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed)

/** A disk with a file `/f` that holds `bytes`, and the process that has it open. */
const withFile = (seed: number, bytes: Buffer, order?: 'ordered') => {
  const disk = new SimulatedDisk(new Random(seed), () => 0, order)
  const calls = disk.start()
  const fd = calls.open('/f', 'w+')
  writeFully(calls, fd, [bytes], 0)
  return { disk, calls, fd }
}

const pattern = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => 1 + (at % 251)))

test('a kill takes nothing of what was written, and closes what was open', t => {
  const { disk, calls, fd } = withFile(1, pattern(2000))
  disk.end('kill')
  t.throws(() => calls.truncate(fd, 0), { instanceOf: Killed })
  t.is(disk.openFiles, 0)
  t.deepEqual(disk.start().readFile('/f'), pattern(2000))
})

test('a loss of power takes of un-synced bytes and names what it likes, sector by sector', t => {
  const found = new Set<string>()
  for (const seed of SEEDS) {
    const { disk } = withFile(seed, pattern(2000))
    disk.end('power')
    const content = disk.start().readFile('/f')
    if (content === null) found.add('no file')
    else if (content.equals(pattern(2000))) found.add('whole')
    else if (content.length === 0) found.add('empty')
    else {
      for (let at = 0; at < content.length; at += 512) {
        const sector = content.subarray(at, at + 512)
        t.true(sector.every(byte => byte === 0) || sector.equals(pattern(2000).subarray(at, at + sector.length)))
      }
      found.add('torn')
    }
  }
  t.deepEqual([...found].sort(), ['empty', 'no file', 'torn', 'whole'])
})

test('a loss of power takes nothing of a file that was synced in a directory that was', async t => {
  for (const seed of SEEDS) {
    const { disk, calls, fd } = withFile(seed, pattern(3000))
    await drive(disk, seed % 2 === 0 ? calls.sync('/f') : calls.syncData(fd))
    await drive(disk, calls.syncDirectory('/'))
    calls.write(fd, [Buffer.from('more')], 3000)
    disk.end('power')
    t.deepEqual(disk.start().readFile('/f')?.subarray(0, 3000), pattern(3000))
  }
})

test('where names keep their order a loss of power takes the later ones first', t => {
  for (const seed of SEEDS) {
    const disk = new SimulatedDisk(new Random(seed), () => 0, 'ordered')
    const calls = disk.start()
    for (let number = 0; number < 6; number++) calls.makeDirectory(`/${number % 2}/${number}`)
    disk.end('power')
    const there = [0, 1, 2, 3, 4, 5].map(number => disk.list('/').includes(`${number % 2}/${number}`))
    t.deepEqual(there, [...there].sort().reverse())
  }
})

test('a sync that fails leaves bytes that no later sync brings to the medium', async t => {
  let lost = 0
  for (const seed of SEEDS) {
    const { disk, calls } = withFile(seed, pattern(3000))
    await drive(disk, calls.syncDirectory('/'))
    disk.faults.eioOneIn.sync = 1
    t.is(systemCode(await t.throwsAsync(drive(disk, calls.sync('/f')))), 'EIO')
    disk.faults.clear()
    await drive(disk, calls.sync('/f'))
    t.deepEqual(calls.readFile('/f'), pattern(3000), 'the cache has them all the same')
    disk.end('power')
    if (!disk.start().readFile('/f')!.equals(pattern(3000))) lost++
  }
  t.true(lost > 0 && lost < SEEDS.length, `${lost} of ${SEEDS.length}`)
})

test('a full disk takes what fits, then nothing, and again when there is room', t => {
  const { disk, calls, fd } = withFile(1, pattern(100))
  disk.faults.capacityBytes = 150
  t.is(calls.write(fd, [pattern(100)], 100), 50)
  t.is(systemCode(t.throws(() => calls.write(fd, [pattern(1)], 150))), 'ENOSPC')
  t.is(calls.write(fd, [pattern(150)], 0), 150, 'what is there may be overwritten')
  t.is(systemCode(t.throws(() => calls.open('/g', 'w+'))), 'ENOSPC')
  disk.faults.clear()
  t.is(calls.write(fd, [pattern(100)], 150), 100)
})

test('a process has no more descriptors than it may', t => {
  const { disk, calls, fd } = withFile(1, pattern(1))
  disk.faults.maxOpenFiles = 1
  t.is(systemCode(t.throws(() => calls.open('/f', 'r+'))), 'EMFILE')
  calls.close(fd)
  t.true(calls.open('/f', 'r+') > 0)
})

test('a process dies before, in or after the call that was said, and does nothing more', t => {
  const sizes = new Set<number>()
  for (const seed of SEEDS) {
    const { disk, calls, fd } = withFile(seed, pattern(10))
    disk.killIn(2)
    t.is(calls.write(fd, [pattern(10)], 10), 10)
    t.throws(() => calls.write(fd, [pattern(10)], 20), { instanceOf: Killed })
    t.true(disk.dead)
    t.throws(() => calls.unlink('/f'), { instanceOf: Killed })
    disk.end('kill')
    sizes.add(disk.file('/f')!.sizeBytes)
  }
  t.true(sizes.has(20) && sizes.has(30) && sizes.size > 4, [...sizes].join())
})
