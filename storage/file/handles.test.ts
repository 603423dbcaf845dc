import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { nodeDisk } from './disk.ts'
import { Handles, LogFile } from './handles.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

test('no more files are open than are allowed, and those in use stay', t => {
  const directory = temporaryDirectory(t)
  const handles = new Handles(nodeDisk, 3)
  const files = Array.from({ length: 8 }, (_, index) => {
    const path = join(directory, String(index))
    writeFileSync(path, `file ${index}`)
    return new LogFile(path)
  })
  const content = Buffer.alloc(6)
  for (const [index, file] of files.entries()) {
    nodeDisk.read(handles.fd(files[0]!), content, 0, 6, 0)
    t.is(content.toString(), 'file 0')
    nodeDisk.read(handles.fd(file), content, 0, 6, 0)
    t.is(content.toString(), `file ${index}`)
    t.true(handles.count <= 3)
  }
  t.true(files[0]!.fd >= 0)
  handles.closeAll()
  t.is(handles.count, 0)
  t.true(files.every(file => file.fd === -1))
})

test('a file that is closed is opened again when it is used', t => {
  const handles = new Handles(nodeDisk, 3)
  const file = new LogFile(join(temporaryDirectory(t), 'file'))
  nodeDisk.write(handles.create(file, 'wx+'), [Buffer.from('bytes')], 0)
  handles.close(file)
  handles.close(file)
  const content = Buffer.alloc(5)
  nodeDisk.read(handles.fd(file), content, 0, 5, 0)
  t.is(content.toString(), 'bytes')
  t.throws(() => handles.create(new LogFile(file.path), 'wx+'), { code: 'EEXIST' })
  handles.closeAll()
})

test('files that nobody uses are closed after a while, those in use are not', t => {
  const handles = new Handles(nodeDisk, 10)
  const directory = temporaryDirectory(t)
  const used = new LogFile(join(directory, 'used'))
  const idle = new LogFile(join(directory, 'idle'))
  let timer: (() => void) | null = null
  const cancel = handles.closeWhenIdle(60_000, (delayMs, fire) => {
    t.is(delayMs, 60_000)
    timer = fire
    return () => {
      timer = null
    }
  })
  for (const file of [used, idle]) handles.create(file, 'wx+')
  for (let round = 0; round < 3; round++) {
    timer!()
    handles.fd(used)
  }
  t.true(used.fd >= 0)
  t.is(idle.fd, -1)
  t.is(handles.count, 1)
  handles.fd(idle)
  t.is(handles.count, 2)
  cancel()
  t.is(timer, null)
  handles.closeAll()
})
