import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { append, batchesFrom, contents, createLog, logOptions } from '../conformance/suite.ts'
import { nodeDisk } from './disk.ts'
import { createFileEngine } from './engine.ts'
import { stageDirectory } from './directory/log-directories.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

const id = 'data/c3RhZ2VkLWJ5LWEtdGVzdA/4'

test('a staged log is adopted with its bounds, and is there after a stop and after a crash', async t => {
  const dataDir = temporaryDirectory(t)
  const engine = createFileEngine({ dataDir })
  await engine.open()
  const source = await createLog(engine)
  await append(engine, source, batchesFrom(0, {}, {}, {}))
  const staged = stageDirectory(nodeDisk, dataDir, id, 'staged-4', 'unique')
  await nodeDisk.sync(join(dataDir, 't-0/00000000000000000000.log'))
  nodeDisk.link(join(dataDir, 't-0/00000000000000000000.log'), join(staged, '00000000000000000000.log'))
  const log = { id, options: logOptions('staged-4'), directory: staged, start: 1, end: 3 }
  await t.throwsAsync(engine.log(id).segments(), { message: /doesn't exist/ })
  await engine.adoptLogs([log])
  t.deepEqual(await engine.log(id).bounds(), { start: 1, committed: 3, end: 3 })
  await t.throwsAsync(engine.adoptLogs([log]), { message: /is there already/ })

  const crashed = temporaryDirectory(t)
  cpSync(dataDir, crashed, { recursive: true })
  rmSync(join(crashed, '.lock'))
  await engine.close()
  for (const directory of [dataDir, crashed]) {
    const next = createFileEngine({ dataDir: directory })
    t.is((await next.open()).unclean.length, directory === crashed ? 2 : 0)
    t.deepEqual(await next.log(id).bounds(), { start: 1, committed: 3, end: 3 })
    t.is((await contents(next.log(id))).length, 2)
    await next.close()
  }
})

test('a staged log that is never adopted is removed at the next start', async t => {
  const dataDir = temporaryDirectory(t)
  const engine = createFileEngine({ dataDir })
  await engine.open()
  const staged = stageDirectory(nodeDisk, dataDir, id, 'staged-4', 'unique')
  await createLog(engine)
  t.throws(() => stageDirectory(nodeDisk, dataDir, id, 't-0', 'other'), { message: /is there already/ })
  await engine.close()
  const next = createFileEngine({ dataDir })
  await next.open()
  await next.close()
  t.false(existsSync(staged))
})
