import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { stamp } from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build.ts'
import { buildMarker } from '../../../protocol/records/control.ts'
import { createLog } from '../../../storage/conformance/suite.ts'
import { createFileEngine } from '../../../storage/file/engine.ts'
import { Folds } from './folds.ts'

const PRODUCER = { producerId: 7, producerEpoch: 3 }

/** Two producers, an aborted transaction, an open one, and three leader epochs. */
const history = (): Buffer[] => {
  const record = (text: string) => [{ timestamp: 1000, value: Buffer.from(text) }]
  return [
    buildBatch({ producerId: 4, producerEpoch: 0, baseSequence: 0, records: record('a') }),
    buildBatch({ ...PRODUCER, baseSequence: 0, transactional: true, records: record('b') }),
    buildMarker({ ...PRODUCER, result: 'abort', coordinatorEpoch: 1, timestamp: 1001 }),
    buildBatch({ ...PRODUCER, baseSequence: 1, transactional: true, records: record('c') }),
    buildBatch({ producerId: 4, producerEpoch: 0, baseSequence: 1, records: record('d') }),
    buildBatch({ producerId: 4, producerEpoch: 0, baseSequence: 2, records: record('e') }),
  ]
}

const summary = (folds: Folds): string =>
  JSON.stringify([
    [...folds.producers.producers()]
      .map(({ id, epoch, batches, coordinatorEpoch }) => [id, epoch, batches.at(-1), coordinatorEpoch])
      .sort(),
    folds.transactions.aborted(),
    folds.transactions.openedAt(7),
    folds.epochs.all(),
    folds.end,
  ])

test('what is kept beside a log may be missing, cut, too long or changed: the log says the same', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'samsa-parts-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const engine = createFileEngine({ dataDir })
  await engine.open()
  const log = await createLog(engine)
  for (const [offset, bytes] of history().entries()) {
    stamp(bytes, 0, offset, Math.floor(offset / 2))
    const batch = { baseOffset: offset, lastOffset: offset, maxTimestamp: 1000, bytes }
    await Promise.all(await engine.append([{ log, batches: [batch], expectedEnd: offset }]))
  }
  const folds = new Folds()
  await folds.restore(log)
  const expected = summary(folds)
  await log.saveCheckpoint(folds.checkpoint())
  const directory = join(dataDir, 't-0')
  const parts = readdirSync(directory).filter(name => !/\.(log|index|timeindex)$|partition\.metadata/.test(name))
  const kept = parts.map(name => name.replace(/^\d+/, ''))
  for (const name of ['.snapshot', '.aborted', 'leader-epoch-checkpoint']) t.true(kept.includes(name), name)
  for (const name of parts) {
    const path = join(directory, name)
    const sound = readFileSync(path)
    const changed = Array.from({ length: sound.length }, (_, at) => {
      const bytes = Buffer.from(sound)
      bytes[at] = bytes[at]! ^ 0x80
      return bytes
    })
    const contents = [
      Buffer.alloc(0),
      sound.subarray(0, -1),
      sound.subarray(0, sound.length >> 1),
      Buffer.concat([sound, Buffer.from('x')]),
      Buffer.concat([sound, sound]),
      Buffer.alloc(sound.length),
      ...changed,
    ]
    for (const content of contents) {
      writeFileSync(path, content)
      const again = new Folds()
      await again.restore(log)
      t.is(summary(again), expected, `${name}: ${content.toString('hex')}`)
    }
    rmSync(path)
    const without = new Folds()
    await without.restore(log)
    t.is(summary(without), expected, `no ${name}`)
    writeFileSync(path, sound)
  }
  await engine.close()
})
