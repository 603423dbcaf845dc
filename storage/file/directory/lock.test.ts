import { spawn } from 'node:child_process'
import { readFileSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { createFileEngine } from '../engine.ts'
import { nodeDisk } from '../disk.ts'
import { DirectoryLock } from './lock.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

test('a second engine on a directory is refused, with the holder named', async t => {
  const dataDir = temporaryDirectory(t)
  const engine = createFileEngine({ dataDir })
  await engine.open()
  await t.throwsAsync(createFileEngine({ dataDir }).open(), { message: /\.lock is held by this process/ })
  await engine.close()
  const next = createFileEngine({ dataDir })
  await next.open()
  await next.close()
})

test('a lock of another process that lives is respected, and taken over when that is dead', async t => {
  const dataDir = temporaryDirectory(t)
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  const exited = new Promise(resolve => other.once('exit', resolve))
  await new Promise(resolve => other.once('spawn', resolve))
  writeFileSync(join(dataDir, '.lock'), `${other.pid} \n`)
  const lock = new DirectoryLock(nodeDisk, dataDir, 'unique')
  t.throws(() => lock.take(), { message: new RegExp(`held by the process ${other.pid}`) })
  other.stdin.end()
  await exited
  lock.take()
  t.regex(readFileSync(join(dataDir, '.lock'), 'utf8'), new RegExp(`^${process.pid} `))
  lock.release()
  t.deepEqual(readdirSync(dataDir), [])
})

// The system tells when a process was started on Linux only.
const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('a lock of an earlier process with the same number is taken over', t => {
  const dataDir = temporaryDirectory(t)
  writeFileSync(join(dataDir, '.lock'), `${process.pid} 1\n`)
  new DirectoryLock(nodeDisk, dataDir, 'unique').take()
  t.not(readFileSync(join(dataDir, '.lock'), 'utf8'), `${process.pid} 1\n`)
})

test("an empty lock file, as Kafka's is, is taken over", t => {
  const dataDir = temporaryDirectory(t)
  writeFileSync(join(dataDir, '.lock'), '')
  new DirectoryLock(nodeDisk, dataDir, 'unique').take()
  t.throws(() => new DirectoryLock(nodeDisk, dataDir, 'other').take(), { message: /is held by this process/ })
})

test('where links are not to be had the lock is taken without', t => {
  const dataDir = temporaryDirectory(t)
  const disk = {
    ...nodeDisk,
    link: () => {
      throw Object.assign(new Error('no links'), { code: 'EPERM', syscall: 'link' })
    },
  }
  const lock = new DirectoryLock(disk, dataDir, 'unique')
  lock.take()
  t.throws(() => new DirectoryLock(disk, dataDir, 'other').take(), { message: /is held by this process/ })
  lock.release()
  new DirectoryLock(disk, dataDir, 'other').take()
})

test('a lock that another took over between look and move is given back', t => {
  const dataDir = temporaryDirectory(t)
  const path = join(dataDir, '.lock')
  writeFileSync(path, '999999999 1\n')
  const taken = `${process.pid} \n`
  let looks = 0
  const disk = {
    ...nodeDisk,
    readFile(wanted: string) {
      const content = nodeDisk.readFile(wanted)
      if (wanted === path && ++looks === 1) writeFileSync(path, taken)
      return content
    },
  }
  t.throws(() => new DirectoryLock(disk, dataDir, 'unique').take(), { message: /is held by this process/ })
  t.is(readFileSync(path, 'utf8'), taken)
})

test('what processes left that died while they took the lock is removed, what living ones need stays', t => {
  const dataDir = temporaryDirectory(t)
  // No process has a number so high.
  writeFileSync(join(dataDir, '.lock.dead'), '999999999 1\n')
  writeFileSync(join(dataDir, '.lock.dead.stale'), '999999998 1\n')
  writeFileSync(join(dataDir, '.lock.empty'), '')
  const living = `${process.ppid} \n`
  writeFileSync(join(dataDir, '.lock.living'), living)
  const lock = new DirectoryLock(nodeDisk, dataDir, 'unique')
  lock.take()
  t.deepEqual(readdirSync(dataDir).sort(), ['.lock', '.lock.living'])
  lock.release()
})

test('a process whose own file was taken for a leftover writes it again', t => {
  const dataDir = temporaryDirectory(t)
  let links = 0
  const link = (existing: string, name: string): void => {
    if (++links === 1) unlinkSync(existing)
    nodeDisk.link(existing, name)
  }
  const lock = new DirectoryLock({ ...nodeDisk, link }, dataDir, 'unique')
  lock.take()
  t.is(links, 2)
  t.deepEqual(readdirSync(dataDir), ['.lock'])
  lock.release()
})
