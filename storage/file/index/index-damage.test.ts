import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { batchesFrom, createLog, fill, offsetsOf } from '../../conformance/suite.ts'
import type { Batch, Log } from '../../engine.ts'
import { createFileEngine } from '../engine.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

const options = { segmentBytes: 2000, indexIntervalBytes: 150 }
const FIRST = '00000000000000000000'

/** Two segments of small batches whose timestamps go up and down a little, closed cleanly. */
const batches: readonly Batch[] = batchesFrom(
  0,
  ...Array.from({ length: 36 }, (_, index) => ({ timestamp: 5000 + index * 10 - (index % 4) * 13, sizeBytes: 100 })),
)

const closedLog = async (t: ExecutionContext): Promise<string> => {
  const dataDir = temporaryDirectory(t)
  const engine = createFileEngine({ dataDir })
  await engine.open()
  await fill(t, engine, await createLog(engine, options), batches)
  await engine.close()
  return dataDir
}

/** Asks for every offset and every time, and says which answer was wrong. */
const wrongAnswer = async (log: Log): Promise<string | null> => {
  for (const { baseOffset } of batches) {
    const slice = await log.read(baseOffset, { maxBytes: 100 })
    const [found] = offsetsOf([...slice.chunks])
    slice.release()
    if (found !== baseOffset) return `offset ${baseOffset}: ${found}`
  }
  for (let timestamp = 4980; timestamp < 5400; timestamp += 7) {
    const expected = batches.find(({ maxTimestamp }) => maxTimestamp >= timestamp)?.baseOffset
    const found = (await log.firstAtOrAfter(timestamp))?.baseOffset
    if (found !== expected) return `time ${timestamp}: ${found}, not ${expected}`
  }
  const { segments } = await log.segments()
  for (const { start, end, maxTimestamp } of segments) {
    const greatest = Math.max(...batches.slice(start, end).map(batch => batch.maxTimestamp))
    if (maxTimestamp !== greatest) return `segment ${start}: ${maxTimestamp}, not ${greatest}`
  }
  return null
}

const answersAfter = async (dataDir: string): Promise<string | null> => {
  const engine = createFileEngine({ dataDir })
  await engine.open()
  try {
    return await wrongAnswer(await createLog(engine, options))
  } finally {
    await engine.close()
  }
}

test('an index that is cut, too long, or full of zeros gives no wrong answer', async t => {
  const dataDir = await closedLog(t)
  for (const start of [FIRST, '00000000000000000020'])
    for (const kind of ['index', 'timeindex']) {
      const path = join(dataDir, 't-0', `${start}.${kind}`)
      const sound = readFileSync(path)
      t.true(sound.length >= 24)
      const entry = kind === 'index' ? 8 : 12
      const contents = [
        ...[0, 1, entry - 1, entry, entry + 1, 2 * entry, sound.length - entry, sound.length - 1].map(length =>
          sound.subarray(0, length),
        ),
        Buffer.concat([sound, Buffer.alloc(entry)]),
        Buffer.concat([sound, Buffer.alloc(50 * entry)]),
        Buffer.concat([sound, Buffer.alloc(entry, 0xff)]),
        Buffer.concat([sound, sound]),
        Buffer.concat([sound, Buffer.from('odd')]),
        Buffer.alloc(sound.length),
        Buffer.alloc(sound.length, 0x11),
        Buffer.alloc(10 * 1024 * 1024 - ((10 * 1024 * 1024) % entry)),
      ]
      for (const content of contents) {
        writeFileSync(path, content)
        t.is(await answersAfter(dataDir), null, `${start}.${kind} of ${content.length} bytes`)
        writeFileSync(path, sound)
      }
      rmSync(path)
      t.is(await answersAfter(dataDir), null, `no ${start}.${kind}`)
      writeFileSync(path, sound)
    }
})

test('a flipped bit in an offset index gives no wrong answer', async t => {
  const dataDir = await closedLog(t)
  const path = join(dataDir, 't-0', `${FIRST}.index`)
  const sound = readFileSync(path)
  for (let bit = 0; bit < sound.length * 8; bit += 7) {
    const changed = Buffer.from(sound)
    changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7))
    writeFileSync(path, changed)
    t.is(await answersAfter(dataDir), null, `byte ${bit >> 3}, bit ${bit & 7}`)
  }
})

test('after a crash too an index that came to the disk without the other one gives no wrong answer', async t => {
  const source = await closedLog(t)
  const files = ['20.index', '20.timeindex'].map(name => `${FIRST.slice(2)}${name}`)
  for (const name of files)
    for (const entries of [0, 1, 2]) {
      const dataDir = temporaryDirectory(t)
      cpSync(source, dataDir, { recursive: true })
      rmSync(join(dataDir, '.kafka_cleanshutdown'))
      // Nothing above it: of what lies below no batch is read.
      writeFileSync(join(dataDir, 'recovery-point-offset-checkpoint'), `0\n1\nt 0 ${batches.length}\n`)
      const path = join(dataDir, 't-0', name)
      writeFileSync(path, readFileSync(path).subarray(0, entries * (name.endsWith('timeindex') ? 12 : 8)))
      t.is(await answersAfter(dataDir), null, `${entries} entries of ${name}`)
    }
})
