import test from 'ava'
import type { KafkaError } from '../../../protocol/errors.ts'
import { ProducerState, sequenceBefore } from './producer-state.ts'

/**
 * One line a batch, `epoch:first-last`, and what is decided: `new` (and then appended at the next offset), `again @offset`
 * for a duplicate, or the error. `marker epoch` is an end-of-transaction marker.
 */
const transcript = (lines: readonly string[]): string[] => {
  const state = new ProducerState()
  let offset = 100
  return lines.map(line => {
    if (line.startsWith('marker')) {
      state.marker(1, Number(line.split(' ')[1]), 7, 0)
      offset++
      return line
    }
    const [producerEpoch, firstSequence, lastSequence] = line.split(/[:-]/).map(Number) as [number, number, number]
    const sequenced = { producerId: 1, producerEpoch, firstSequence, lastSequence }
    try {
      const duplicate = state.check(sequenced)
      if (duplicate !== null) return `${line} again @${duplicate.lastOffset - duplicate.offsetDelta}`
      const delta = lastSequence - firstSequence
      state.append(sequenced, offset + delta, delta, 5)
      const placed = `${line} new @${offset}`
      offset += delta + 1
      return placed
    } catch (error) {
      return `${line} ${(error as KafkaError).name}`
    }
  })
}

test('a producer without state may start anywhere, and goes on without gaps', t => {
  t.deepEqual(transcript(['0:7-8', '0:9-9', '0:11-11', '0:10-12', '0:12-12']), [
    '0:7-8 new @100',
    '0:9-9 new @102',
    '0:11-11 OUT_OF_ORDER_SEQUENCE_NUMBER',
    '0:10-12 new @103',
    '0:12-12 OUT_OF_ORDER_SEQUENCE_NUMBER',
  ])
})

test('the last five batches are known again, older ones are out of order', t => {
  const first = ['0:0-0', '0:1-1', '0:2-2', '0:3-3', '0:4-4', '0:5-5']
  t.deepEqual(transcript([...first, '0:1-1', '0:5-5', '0:0-0', '0:4-5']).slice(6), [
    '0:1-1 again @101',
    '0:5-5 again @105',
    '0:0-0 OUT_OF_ORDER_SEQUENCE_NUMBER',
    '0:4-5 OUT_OF_ORDER_SEQUENCE_NUMBER',
  ])
})

test('a new epoch starts at 0 and shuts the old one out', t => {
  t.deepEqual(transcript(['0:0-4', '1:5-5', '1:0-0', '0:5-5', '0:0-4', '1:0-0', '1:1-1']), [
    '0:0-4 new @100',
    '1:5-5 OUT_OF_ORDER_SEQUENCE_NUMBER',
    '1:0-0 new @105',
    '0:5-5 INVALID_PRODUCER_EPOCH',
    '0:0-4 INVALID_PRODUCER_EPOCH',
    '1:0-0 again @105',
    '1:1-1 new @106',
  ])
})

test('after a marker alone the epoch begins with sequence 0', t => {
  t.deepEqual(transcript(['marker 3', '3:5-5', '2:0-0', '3:0-0', 'marker 4', '4:1-1', '4:0-0']), [
    'marker 3',
    '3:5-5 OUT_OF_ORDER_SEQUENCE_NUMBER',
    '2:0-0 INVALID_PRODUCER_EPOCH',
    '3:0-0 new @101',
    'marker 4',
    '4:1-1 OUT_OF_ORDER_SEQUENCE_NUMBER',
    '4:0-0 new @103',
  ])
})

test('a marker of the same epoch leaves the sequence as it is', t => {
  t.deepEqual(transcript(['0:0-1', 'marker 0', '0:2-2', '0:0-1']), [
    '0:0-1 new @100',
    'marker 0',
    '0:2-2 new @103',
    '0:0-1 again @100',
  ])
})

test('sequences go from 2^31−1 on to 0', t => {
  const state = new ProducerState()
  const last = { producerId: 1, producerEpoch: 0, firstSequence: 0x7ffffffe, lastSequence: 0x7fffffff }
  state.append(last, 1, 1, 0)
  t.is(state.check({ ...last, firstSequence: 0, lastSequence: 3 }), null)
  t.throws(
    () => {
      try {
        state.check({ ...last, firstSequence: 1, lastSequence: 3 })
      } catch (error) {
        throw new Error((error as KafkaError).name)
      }
    },
    { message: 'OUT_OF_ORDER_SEQUENCE_NUMBER' },
  )
  t.is(sequenceBefore(1, 3), 0x7ffffffe)
})

test('a state laid over another sees it and leaves it as it was', t => {
  const base = new ProducerState()
  const first = { producerId: 1, producerEpoch: 0, firstSequence: 0, lastSequence: 0 }
  base.append(first, 0, 0, 0)
  const over = new ProducerState(base)
  const second = { ...first, firstSequence: 1, lastSequence: 1 }
  t.is(over.check(second), null)
  over.append(second, 1, 0, 0)
  t.is(over.check(second)?.lastOffset, 1)
  t.is(over.check(first)?.lastOffset, 0)
  t.is(base.check(second), null)
})

test('producers expire by their last timestamp, but not those that are kept', t => {
  const state = new ProducerState()
  for (const id of [1, 2, 3])
    state.append({ producerId: id, producerEpoch: 0, firstSequence: 0, lastSequence: 0 }, id, 0, id * 100)
  state.expire(250, id => id === 1)
  t.deepEqual(
    Array.from(state.producers(), producer => producer.id),
    [1, 3],
  )
})

test('no more than 100,000 producers are remembered: the longest silent go first', t => {
  const state = new ProducerState()
  for (let id = 0; id <= 100_000; id++)
    state.append({ producerId: id, producerEpoch: 0, firstSequence: 0, lastSequence: 0 }, id, 0, id)
  t.true(state.size < 100_000 && state.size > 80_000)
  t.is(state.get(0), undefined)
  t.not(state.get(100_000), undefined)
  t.true(state.check({ producerId: 0, producerEpoch: 0, firstSequence: 9, lastSequence: 9 }) === null)
})

test('markers are taken by epoch, by coordinator, and above the open transaction under version 2', t => {
  const state = new ProducerState()
  const error = (producerEpoch: number, coordinatorEpoch: number, transactionVersion: number, open: boolean) =>
    state.markerError({ producerId: 1, producerEpoch, coordinatorEpoch, transactionVersion }, open)
  t.is(error(0, 0, 2, false), null, 'of a producer that nobody knows')
  t.is(error(-1, 0, 1, false), 'INVALID_PRODUCER_EPOCH')
  const nobody = { producerId: -1, producerEpoch: 0, coordinatorEpoch: 0, transactionVersion: 1 }
  t.is(state.markerError(nobody, false), 'INVALID_PRODUCER_ID_MAPPING')
  state.append({ producerId: 1, producerEpoch: 3, firstSequence: 0, lastSequence: 0 }, 0, 0, 0)
  t.is(error(2, 0, 1, true), 'INVALID_PRODUCER_EPOCH')
  t.is(error(3, 0, 1, true), null)
  t.is(error(3, 0, 2, true), 'INVALID_PRODUCER_EPOCH')
  t.is(error(4, 0, 2, true), null)
  state.marker(1, 4, 5, 0)
  t.is(error(4, 5, 2, false), null, 'a repeated marker')
  t.is(error(3, 5, 2, false), 'INVALID_PRODUCER_EPOCH')
  t.is(error(4, 4, 2, false), 'TRANSACTION_COORDINATOR_FENCED')
  t.is(error(3, 4, 1, false), 'INVALID_PRODUCER_EPOCH', 'the epoch is looked at first')
})

test('what a coordinator writes in a transaction moves the epoch, not the sequences', t => {
  const state = new ProducerState()
  state.append({ producerId: 1, producerEpoch: 0, firstSequence: 0, lastSequence: 4 }, 4, 4, 10)
  state.wrote(1, 0, 20)
  t.like(state.get(1), { epoch: 0, lastTimestamp: 20, coordinatorEpoch: -1 })
  t.is(state.get(1)!.batches.length, 1)
  state.wrote(1, 1, 30)
  t.deepEqual(state.get(1)!.batches, [])
  state.wrote(2, 5, 30)
  t.like(state.get(2), { epoch: 5, coordinatorEpoch: -1 })
})

test('producers with an open transaction are kept, however many there are', t => {
  const state = new ProducerState(null, id => id === 3)
  for (let id = 0; id <= 100_000; id++) state.wrote(id, 0, id)
  t.true(state.size < 100_000)
  t.is(state.get(2), undefined)
  t.not(state.get(3), undefined)
})
