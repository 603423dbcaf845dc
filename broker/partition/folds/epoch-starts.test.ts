import test from 'ava'
import { EpochStarts } from './epoch-starts.ts'

const of = (...starts: readonly (readonly [epoch: number, startOffset: number])[]): EpochStarts => {
  const epochs = new EpochStarts()
  for (const [epoch, startOffset] of starts) epochs.assign(epoch, startOffset)
  return epochs
}

test('an epoch ends where the next one began, the newest at the end of the log', t => {
  const epochs = of([0, 0], [2, 10], [5, 30])
  t.deepEqual(epochs.endOf(0, 50), { epoch: 0, endOffset: 10 })
  t.deepEqual(epochs.endOf(1, 50), { epoch: 0, endOffset: 10 })
  t.deepEqual(epochs.endOf(2, 50), { epoch: 2, endOffset: 30 })
  t.deepEqual(epochs.endOf(4, 50), { epoch: 2, endOffset: 30 })
  t.deepEqual(epochs.endOf(5, 50), { epoch: 5, endOffset: 50 })
})

test('an epoch that nobody led yet, and none at all, are unknown', t => {
  const unknown = { epoch: -1, endOffset: -1 }
  t.deepEqual(of([0, 0]).endOf(1, 50), unknown)
  t.deepEqual(of([0, 0]).endOf(-1, 50), unknown)
  t.deepEqual(of().endOf(0, 0), unknown)
})

test('only newer epochs are taken', t => {
  const epochs = of([3, 5])
  epochs.assign(3, 9)
  epochs.assign(1, 9)
  t.deepEqual(epochs.all(), [{ epoch: 3, startOffset: 5 }])
  t.is(epochs.latest, 3)
})

test('the epoch that spans the log start begins there; an older one ends there', t => {
  const epochs = of([0, 0], [2, 10], [5, 30])
  epochs.trim(15)
  t.deepEqual(epochs.all(), [
    { epoch: 2, startOffset: 15 },
    { epoch: 5, startOffset: 30 },
  ])
  t.deepEqual(epochs.endOf(0, 50), { epoch: 0, endOffset: 15 })
  epochs.trim(30)
  t.deepEqual(epochs.all(), [{ epoch: 5, startOffset: 30 }])
})

test('every offset has the epoch under which it was written', t => {
  const epochs = of([0, 0], [2, 10])
  t.deepEqual(
    [0, 9, 10, 99].map(offset => epochs.epochAt(offset)),
    [0, 0, 2, 2],
  )
  epochs.trim(5)
  t.is(epochs.epochAt(4), -1)
})
