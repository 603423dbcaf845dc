import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { append, batchAt, batchesFrom, bytesOf, contents, createLog, fill } from '../conformance/suite.ts'
import type { Engine, Segment } from '../engine.ts'
import { createFileEngine } from './engine.ts'
import { type Call, hookedDisk, systemError } from './testing/faulty-disk.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

interface Faulty {
  readonly engine: Engine
  readonly dataDir: string
  readonly warnings: string[]
  /** Is asked before each call once it is set. */
  hook: (call: Call, path: string) => number | undefined
}

/** An open engine on a disk that does what the test says. */
const faulty = async (t: ExecutionContext): Promise<Faulty> => {
  const dataDir = temporaryDirectory(t)
  const warnings: string[] = []
  const result: Faulty = {
    dataDir,
    warnings,
    hook: () => undefined,
    engine: createFileEngine({
      dataDir,
      warn: line => warnings.push(line),
      disk: hookedDisk((call, path) => result.hook(call, path)),
    }),
  }
  await result.engine.open()
  return result
}

/** Lets `bytes` more be written into `.log` files, and fails then. */
const room = (bytes: number, code: string) => {
  let left = bytes
  return (call: Call, path: string): number | undefined => {
    if (call !== 'write' || !path.endsWith('.log')) return undefined
    if (left === 0) throw systemError(code)
    const allowed = left
    left = 0
    return allowed
  }
}

test('a full disk answers `full`, leaves nothing of the append and takes a later one', async t => {
  const subject = await faulty(t)
  const { engine, dataDir } = subject
  const log = await createLog(engine)
  await fill(t, engine, log, [batchAt(0)])
  for (const bytes of [0, 1, 99, 100, 150]) {
    subject.hook = room(bytes, 'ENOSPC')
    t.deepEqual(await append(engine, log, batchesFrom(1, {}, {})), { ok: false, reason: 'full', end: 1 })
    t.is(readFileSync(join(dataDir, 't-0/00000000000000000000.log')).length, 100)
  }
  subject.hook = () => undefined
  await fill(t, engine, log, batchesFrom(1, {}, {}))
  t.deepEqual(await contents(log), bytesOf(batchesFrom(0, {}, {}, {})))
  await engine.close()
  t.deepEqual(subject.warnings, [])
})

test('a disk that is full in the midst of an append over several segments leaves no segment of it', async t => {
  const subject = await faulty(t)
  const { engine, dataDir } = subject
  const log = await createLog(engine, { segmentBytes: 200 })
  await fill(t, engine, log, [batchAt(0)])
  const before = await log.segments()
  let writes = 0
  subject.hook = (call, path) => {
    if (call === 'write' && path.endsWith('.log') && ++writes === 3) throw systemError('ENOSPC')
    return undefined
  }
  const batches = batchesFrom(1, {}, {}, {}, {}, {}, {})
  t.deepEqual(await append(engine, log, batches), { ok: false, reason: 'full', end: 1 })
  const [{ modifiedMs: _, ...written }] = before.segments as [Segment]
  const after = await log.segments()
  t.is(after.segments.length, 1)
  t.like(after.segments[0], written)
  t.deepEqual(
    readdirSync(join(dataDir, 't-0')).filter(name => name.startsWith('0')),
    ['00000000000000000000.log'],
  )
  t.true((await append(engine, log, batches)).ok)
  t.is((await contents(log)).length, 7)
  await engine.close()
})

test('writes that take less than they are given are finished', async t => {
  const subject = await faulty(t)
  const { engine } = subject
  const log = await createLog(engine)
  subject.hook = call => (call === 'write' ? 37 : undefined)
  const batches = batchesFrom(0, {}, { sizeBytes: 70_000 }, { sizeBytes: 130 }, { sizeBytes: 61 })
  t.true((await append(engine, log, batches)).ok)
  t.deepEqual(await contents(log), bytesOf(batches))
  await engine.close()
})

test('after an I/O error the log takes no more appends until it is opened anew, others do', async t => {
  const subject = await faulty(t)
  const { engine, dataDir } = subject
  const [log, other] = [await createLog(engine, {}, 0), await createLog(engine, {}, 1)]
  await fill(t, engine, log, [batchAt(0)])
  await fill(t, engine, other, [batchAt(0)])
  subject.hook = room(30, 'EIO')
  t.deepEqual(await append(engine, log, [batchAt(1)]), { ok: false, reason: 'failed', end: 1 })
  subject.hook = () => undefined
  t.deepEqual(await append(engine, log, [batchAt(1)]), { ok: false, reason: 'failed', end: 1 })
  t.deepEqual(await contents(log), [batchAt(0).bytes], 'what was acknowledged is still read')
  await fill(t, engine, other, [batchAt(1)])
  t.is(subject.warnings.length, 1)
  t.regex(subject.warnings[0]!, /t-0 takes no more appends until it is recovered: .*EIO/)
  await engine.close()

  const next = createFileEngine({ dataDir })
  t.is((await next.open()).unclean.length, 2, 'this was no clean stop')
  await fill(t, next, next.log(log.id), [batchAt(1)])
  await next.close()
})

test('a read that the disk refuses is KAFKA_STORAGE_ERROR', async t => {
  const subject = await faulty(t)
  const { engine } = subject
  const log = await createLog(engine)
  await fill(t, engine, log, [batchAt(0)])
  subject.hook = call => {
    if (call === 'read') throw systemError('EIO')
    return undefined
  }
  await t.throwsAsync(async () => log.read(0, { maxBytes: 100 }), { any: true, name: 'KAFKA_STORAGE_ERROR' })
  subject.hook = () => undefined
  t.is((await log.read(0, { maxBytes: 100 })).sizeBytes, 100)
  await engine.close()
})

test('an index that cannot be written serves from memory and is written by the stop', async t => {
  const subject = await faulty(t)
  const { engine, dataDir } = subject
  const log = await createLog(engine, { segmentBytes: 200_000, indexIntervalBytes: 1 })
  subject.hook = (call, path) => {
    if (call === 'write' && path.endsWith('index')) throw systemError('ENOSPC')
    return undefined
  }
  const batches = batchesFrom(0, ...Array.from({ length: 3000 }, (_, index) => ({ timestamp: index })))
  await fill(t, engine, log, batches)
  for (const base of [0, 1, 1500, 1999, 2500, 2999]) t.is((await log.firstAtOrAfter(base))?.baseOffset, base)
  subject.hook = () => undefined
  await engine.close()
  t.deepEqual(subject.warnings, [])
  t.is(readFileSync(join(dataDir, 't-0/00000000000000000000.index')).length, 8 * 1999)
  t.is(readFileSync(join(dataDir, 't-0/00000000000000000000.timeindex')).length, 12 * 1999)
})

test('a rewrite that the disk refuses leaves the log as it was', async t => {
  const subject = await faulty(t)
  const { engine } = subject
  const log = await createLog(engine, { segmentBytes: 200 })
  await fill(t, engine, log, batchesFrom(0, {}, {}, {}, {}, {}))
  const before = await log.segments()
  subject.hook = (call, path) => {
    if (call === 'write' && path.endsWith('.cleaned')) throw systemError('ENOSPC')
    return undefined
  }
  const range = { from: 0, to: 4, generation: before.generation }
  await t.throwsAsync(
    log.rewrite(range, async batches => batches),
    { any: true, name: 'KAFKA_STORAGE_ERROR' },
  )
  subject.hook = () => undefined
  t.deepEqual(await log.segments(), before)
  t.true(await log.rewrite(range, async batches => batches.slice(1)))
  await engine.close()
})

test('fewer files may be open than there are logs', async t => {
  const dataDir = temporaryDirectory(t)
  let open = 0
  let most = 0
  const hooked = hookedDisk(() => undefined)
  const engine = createFileEngine({
    dataDir,
    maxOpenFiles: 4,
    disk: {
      ...hooked,
      open(path, flags) {
        // As a process with a limit lower than ours.
        if (open >= 3) throw systemError('EMFILE')
        most = Math.max(most, ++open)
        return hooked.open(path, flags)
      },
      close(fd) {
        open--
        hooked.close(fd)
      },
    },
  })
  await engine.open()
  const logs = await Promise.all(Array.from({ length: 12 }, (_, index) => createLog(engine, {}, index)))
  for (let base = 0; base < 5; base++) for (const log of logs) await fill(t, engine, log, [batchAt(base)])
  for (const log of logs) t.is((await contents(log)).length, 5)
  await engine.close()
  t.is(most, 3)
  t.is(open, 0)
})

test('a log that has failed is not rolled: what its last append left would come to lie in its midst', async t => {
  const subject = await faulty(t)
  const { engine } = subject
  const log = await createLog(engine)
  await fill(t, engine, log, [batchAt(0)])
  subject.hook = room(30, 'EIO')
  t.deepEqual(await append(engine, log, [batchAt(1)]), { ok: false, reason: 'failed', end: 1 })
  subject.hook = () => undefined
  await t.throwsAsync(log.roll(), { any: true, name: 'KAFKA_STORAGE_ERROR' })
  t.is((await log.segments()).segments.length, 1)
  await engine.close()
})

test('a log whose first file finds no room takes appends when there is some', async t => {
  const subject = await faulty(t)
  const { engine } = subject
  const log = await createLog(engine)
  subject.hook = (call, path) => {
    if (call === 'open' && path.endsWith('.log')) throw systemError('ENOSPC')
    return undefined
  }
  t.deepEqual(await append(engine, log, [batchAt(0)]), { ok: false, reason: 'full', end: 0 })
  subject.hook = () => undefined
  t.true((await append(engine, log, [batchAt(0)])).ok)
  await engine.close()
})

test('a log that could not be deleted, and is back at the next start, leaves no mark of a clean stop', async t => {
  const subject = await faulty(t)
  const { engine, dataDir } = subject
  const log = await createLog(engine)
  await fill(t, engine, log, [batchAt(0)])
  subject.hook = call => {
    if (call === 'rename') throw systemError('EIO')
    return undefined
  }
  await t.throwsAsync(engine.deleteLog(log.id), { any: true, name: 'KAFKA_STORAGE_ERROR' })
  subject.hook = () => undefined
  await engine.close()
  const next = createFileEngine({ dataDir })
  t.deepEqual((await next.open()).unclean, [log.id])
  t.deepEqual(await contents(await createLog(next)), bytesOf([batchAt(0)]))
  await next.close()
})
