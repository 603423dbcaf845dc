import test from 'ava'
import { buildMarker } from '../../../protocol/records/control.ts'
import { createMemoryEngine } from '../../../storage/memory/engine.ts'
import type { Log } from '../../../storage/engine.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { decodeAbortedIndex, encodeAbortedIndex } from './aborted-index.ts'
import { decodeEpochFile, encodeEpochFile } from './epoch-file.ts'
import { Folds } from './folds.ts'
import { batchOf } from '../testing/stage.ts'

const newLog = async (): Promise<{ log: Log; append(bytes: Buffer): number }> => {
  const engine = createMemoryEngine()
  const unlimited = Number.MAX_SAFE_INTEGER
  const limits = { segmentBytes: 4096, segmentMs: unlimited, indexIntervalBytes: 0, segmentIndexBytes: unlimited }
  await engine.createLog('data/x/0', { name: 'x-0', ...limits, flushMessages: unlimited, flushMs: unlimited })
  const log = engine.log('data/x/0')
  let end = 0
  const append = (bytes: Buffer): number => {
    const baseOffset = end
    batch.stamp(bytes, 0, baseOffset, Math.floor(baseOffset / 50))
    const lastOffset = batch.lastOffset(bytes, 0)
    void engine.append([{ log, batches: [{ baseOffset, lastOffset, maxTimestamp: 1, bytes }], expectedEnd: end }])
    end = lastOffset + 1
    return baseOffset
  }
  return { log, append }
}

/** Comparable: everything that folds know. */
const known = (folds: Folds) => ({
  end: folds.end,
  producers: Array.from(folds.producers.producers()).sort((a, b) => a.id - b.id),
  open: [1, 2, 3].map(id => folds.transactions.openedAt(id)),
  aborted: folds.transactions.aborted(),
  epochs: folds.epochs.all(),
})

test('from any checkpoint the folds come out as from the whole log', async t => {
  const random = new SeededRandom(7)
  const { log, append } = await newLog()
  const live = new Folds()
  const follow = (bytes: Buffer): void => {
    append(bytes)
    live.apply(bytes, 0)
  }
  const next = new Map<number, number>()
  for (let step = 0; step < 200; step++) {
    const producerId = 1 + random.integer(3)
    const baseSequence = next.get(producerId) ?? 0
    const count = 1 + random.integer(4)
    const open = live.transactions.openedAt(producerId) >= 0
    if (open && random.integer(3) === 0) {
      const result = random.integer(2) === 0 ? 'abort' : 'commit'
      follow(buildMarker({ result, producerId, producerEpoch: 0, coordinatorEpoch: step, timestamp: step }))
    } else {
      follow(
        batchOf(count, { producerId, producerEpoch: 0, baseSequence, transactional: open || random.integer(2) === 0 }),
      )
      next.set(producerId, baseSequence + count)
    }
    if (step % 20 === 0) {
      const fromStart = new Folds()
      await fromStart.restore(log)
      t.deepEqual(known(fromStart), known(live))
      await log.saveCheckpoint(live.checkpoint())
    }
  }
  const restored = new Folds()
  await restored.restore(log)
  t.deepEqual(known(restored), known(live))
})

test('a checkpoint with a missing or damaged part is passed over', async t => {
  const { log, append } = await newLog()
  const live = new Folds()
  const bytes = batchOf(2, { producerId: 1, producerEpoch: 0, baseSequence: 0 })
  append(bytes)
  live.apply(bytes, 0)
  const whole = live.checkpoint()
  for (const name of ['.snapshot', '.aborted', 'leader-epoch-checkpoint']) {
    const missing = new Map(whole.parts)
    missing.delete(name)
    const damaged = new Map(whole.parts).set(name, Buffer.from('x'))
    for (const parts of [missing, damaged]) {
      await log.saveCheckpoint({ at: whole.at, parts })
      const restored = new Folds()
      await restored.restore(log)
      t.deepEqual(known(restored), known(live))
    }
  }
})

test('after a restart a producer may repeat each of the batches that it had in flight', async t => {
  const { log, append } = await newLog()
  const live = new Folds()
  for (let sequence = 0; sequence < 7; sequence++) {
    const bytes = batchOf(1, { producerId: 1, producerEpoch: 0, baseSequence: sequence })
    append(bytes)
    live.apply(bytes, 0)
  }
  const whole = live.checkpoint()
  await log.saveCheckpoint(whole)
  const restored = new Folds()
  await restored.restore(log)
  t.is(restored.replayedBytes, 0)
  const repeat = (sequence: number) => ({
    producerId: 1,
    producerEpoch: 0,
    firstSequence: sequence,
    lastSequence: sequence,
  })
  for (const sequence of [2, 3, 4, 5, 6]) t.is(restored.producers.repeated(repeat(sequence))?.lastOffset, sequence)
  t.is(restored.producers.repeated(repeat(1)), null)

  // A checkpoint of Kafka knows the last one only; a damaged file is passed over, and the log read.
  const ofKafka = new Map(whole.parts)
  ofKafka.delete('.batches')
  await log.saveCheckpoint({ at: whole.at, parts: ofKafka })
  await restored.restore(log)
  t.is(restored.producers.repeated(repeat(6))?.lastOffset, 6)
  t.is(restored.producers.repeated(repeat(5)), null)
  const damaged = Buffer.from(whole.parts.get('.batches') as Buffer)
  damaged[20]! ^= 1
  await log.saveCheckpoint({ at: whole.at, parts: new Map(whole.parts).set('.batches', damaged) })
  await restored.restore(log)
  t.is(restored.producers.repeated(repeat(3))?.lastOffset, 3)
})

test('what compaction has cleaned is remembered', async t => {
  const { log, append } = await newLog()
  append(batchOf(3))
  const folds = new Folds()
  await folds.restore(log)
  folds.cleanedTo = 2
  await log.saveCheckpoint(folds.checkpoint())
  const restored = new Folds()
  await restored.restore(log)
  t.is(restored.cleanedTo, 2)
})

test('the file of epochs is Kafka’s', t => {
  const starts = [
    { epoch: 0, startOffset: 0 },
    { epoch: 3, startOffset: 120 },
  ]
  t.is(encodeEpochFile(starts).toString(), '0\n2\n0 0\n3 120\n')
  t.deepEqual(decodeEpochFile(encodeEpochFile(starts)), starts)
  for (const wrong of ['', '1\n0\n', '0\n2\n0 0\n', '0\n1\nx y\n', '0\n2\n3 0\n3 5\n', '0\n-1\n'])
    t.is(decodeEpochFile(Buffer.from(wrong)), null)
})

test('the file of aborted transactions is read as it was written', t => {
  const entries = [
    { producerId: 5, firstOffset: 1, lastOffset: 9, lastStableOffset: 3 },
    { producerId: 2 ** 40, firstOffset: 3, lastOffset: 2 ** 50, lastStableOffset: 2 ** 50 + 1 },
  ]
  t.deepEqual(decodeAbortedIndex(encodeAbortedIndex(entries)), entries)
  t.is(decodeAbortedIndex(encodeAbortedIndex([entries[1]!, entries[0]!])), null)
  t.is(decodeAbortedIndex(Buffer.alloc(33)), null)
})
