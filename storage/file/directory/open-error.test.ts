import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { append, batchAt, createLog, fill } from '../../conformance/suite.ts'
import { createFileEngine } from '../engine.ts'
import { hookedDisk, systemError } from '../testing/faulty-disk.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

const refusals: readonly [string, RegExp][] = [
  ['EROFS', /the data directory \/\S+ can't be used: its file system is read-only\. .*--data-dir/],
  ['EACCES', /the data directory \/\S+ can't be used: this user may not read and write all of it\. .*--data-dir/],
  ['ENOSPC', /the data directory \/\S+ can't be used: its disk is full\. .*make room.*--data-dir/],
]

test('a start where nothing can be written says why, where, and what to do', async t => {
  for (const [code, message] of refusals)
    for (const exists of [true, false]) {
      const dataDir = join(temporaryDirectory(t), 'data')
      if (exists) {
        const engine = createFileEngine({ dataDir })
        await engine.open()
        await fill(t, engine, await createLog(engine), [batchAt(0)])
        await engine.close()
      }
      const before = existsSync(dataDir) ? readdirSync(dataDir) : []
      const disk = hookedDisk((_call, _path, changes) => {
        if (changes) throw systemError(code)
        return undefined
      })
      await t.throwsAsync(createFileEngine({ dataDir, disk }).open(), { instanceOf: Error, message })
      t.deepEqual(existsSync(dataDir) ? readdirSync(dataDir) : [], before)
      // Once it can be written it starts.
      const engine = createFileEngine({ dataDir })
      await engine.open()
      const log = await createLog(engine)
      t.true((await append(engine, log, [batchAt(exists ? 1 : 0)])).ok)
      await engine.close()
    }
})

test('a file in the place of the directory, or of one above it, is named', async t => {
  const dataDir = join(temporaryDirectory(t), 'data')
  writeFileSync(dataDir, '')
  await t.throwsAsync(createFileEngine({ dataDir }).open(), {
    message: /data can't be used: there is a file of that name/,
  })
  await t.throwsAsync(createFileEngine({ dataDir: join(dataDir, 'below') }).open(), {
    message: /data\/below can't be used: a part of the path is a file/,
  })
})

// The administrator may write everywhere.
const asAnyone = process.platform !== 'win32' && process.getuid?.() !== 0 ? test : test.skip

asAnyone("a directory of another user's is refused by the system itself", async t => {
  const dataDir = join(temporaryDirectory(t), 'data')
  mkdirSync(dataDir)
  chmodSync(dataDir, 0o500)
  await t.throwsAsync(createFileEngine({ dataDir }).open(), { message: /this user may not read and write/ })
  chmodSync(dataDir, 0o700)
})
