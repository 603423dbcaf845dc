import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { contents, createLog, offsetsOf } from '../conformance/suite.ts'
import { createFileEngine } from './engine.ts'
import { temporaryDirectory } from './testing/temporary-directory.ts'

const KILLS = 5

/** Runs the process until it has acknowledged so many appends, kills it, and returns the ends that it acknowledged last. */
const killedAfter = async (dataDir: string, appends: number): Promise<number[]> => {
  // The tests run from what the compiler made of them.
  const program = fileURLToPath(new URL('testing/appending-process.js', import.meta.url))
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise(resolve => child.once('exit', resolve))
  let text = ''
  for await (const chunk of child.stdout) {
    text += chunk
    if (text.split('\n').length > appends) child.kill('SIGKILL')
  }
  await exited
  const whole = text.slice(0, text.lastIndexOf('\n')).split('\n')
  return whole.at(-1)!.split(' ').map(Number)
}

test('all that a process acknowledged before SIGKILL is there, and its lock is no obstacle', async t => {
  const dataDir = temporaryDirectory(t)
  for (let kill = 1; kill <= KILLS; kill++) {
    const acknowledged = await killedAfter(dataDir, 40 * kill)
    const engine = createFileEngine({ dataDir })
    t.is((await engine.open()).unclean.length, 2)
    for (const [partition, end] of acknowledged.entries()) {
      const log = await createLog(engine, {}, partition)
      const bounds = await log.bounds()
      t.true(bounds.end >= end, `partition ${partition} ends at ${bounds.end}, ${end} was acknowledged`)
      const offsets = offsetsOf(await contents(log))
      t.is(offsets[0], 0)
      t.true(offsets.length > 40)
    }
    await engine.close()
  }
})
