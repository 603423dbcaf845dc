import test from 'ava'
import { TransactionState } from './transaction-state.ts'

test('the last stable offset waits for the oldest open transaction', t => {
  const state = new TransactionState()
  t.is(state.lastStableOffset(10), 10)
  state.append(1, 10)
  state.append(2, 20)
  state.append(1, 25)
  t.is(state.lastStableOffset(30), 10)
  state.marker(1, 30, true)
  t.is(state.lastStableOffset(31), 20)
  state.marker(2, 31, false)
  t.is(state.lastStableOffset(32), 32)
  t.is(state.openCount, 0)
})

test('a transaction is not decided for readers before its marker is below the high watermark', t => {
  const state = new TransactionState()
  state.append(1, 10)
  state.marker(1, 20, true)
  t.is(state.lastStableOffset(15), 10)
  t.is(state.lastStableOffset(20), 10)
  t.is(state.lastStableOffset(21), 21)
})

test('aborted transactions are listed where they overlap what is read, in the order of their beginnings', t => {
  const state = new TransactionState()
  state.append(1, 0)
  state.append(2, 5)
  state.marker(2, 10, false)
  state.marker(1, 20, false)
  state.append(1, 30)
  state.marker(1, 40, true)
  const ids = (from: number, to: number): number[] => state.abortedIn(from, to).map(aborted => aborted.producerId)
  t.deepEqual(ids(0, 50), [1, 2])
  t.deepEqual(ids(0, 3), [1])
  t.deepEqual(ids(11, 50), [1])
  t.deepEqual(ids(21, 50), [])
  t.deepEqual(state.aborted(), [
    { producerId: 2, firstOffset: 5, lastOffset: 10, lastStableOffset: 0 },
    { producerId: 1, firstOffset: 0, lastOffset: 20, lastStableOffset: 21 },
  ])
  t.true(state.isAborted(2, 6, 7))
  t.false(state.isAborted(2, 11, 12))
  t.false(state.isAborted(1, 31, 32))
})

test('a marker without an open transaction ends none', t => {
  const state = new TransactionState()
  state.marker(1, 5, false)
  t.deepEqual(state.aborted(), [])
  t.is(state.lastStableOffset(9), 9)
})

test('what is below the log start, or compacted to its end, is forgotten', t => {
  const state = new TransactionState()
  for (const at of [0, 10, 20]) {
    state.append(1, at)
    state.marker(1, at + 5, false)
  }
  state.trim(6)
  t.deepEqual(
    state.aborted().map(aborted => aborted.firstOffset),
    [10, 20],
  )
  state.forgetAborted(new Set([25]))
  t.deepEqual(
    state.aborted().map(aborted => aborted.firstOffset),
    [10],
  )
})
