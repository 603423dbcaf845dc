import test from 'ava'
import type { Producer } from '../coordinator/machine.ts'
import { CommittedOffsets } from './committed-offsets.ts'
import { NO_TOPIC_ID } from './group-record.ts'
import { fetchOffsets } from './offset-fetch.ts'
import type { OffsetRecord } from './pending-offsets.ts'

const SEVEN: Producer = { id: 7, epoch: 0 }
const EIGHT: Producer = { id: 8, epoch: 0 }

const record = (partition: number, offset: number | null, topic = 't'): OffsetRecord => {
  const rest = { leaderEpoch: -1, metadata: '', commitTimestamp: 0, expireTimestamp: -1, topicId: NO_TOPIC_ID }
  return { type: 'offset', group: 'g', topic, partition, value: offset === null ? null : { offset, ...rest } }
}

/** Offsets, and what puts the next record of the log into them. */
const begin = () => {
  const offsets = new CommittedOffsets()
  let at = 0
  const log = (partition: number, offset: number | null, producer: Producer | null = null): void =>
    offsets.apply(record(partition, offset), producer, at++)
  return { offsets, log }
}

const fetch = (offsets: CommittedOffsets, requireStable: boolean): readonly string[] => {
  const topics = [{ topic: 't', partitions: [0, 1] }]
  const [topic] = fetchOffsets(offsets, { type: 'fetchOffsets', request: 1, groupId: 'g', topics, requireStable })
  return topic!.partitions.map(({ offset, error }) => (error === 'NONE' ? `${offset}` : error))
}

test('offsets of a transaction count when it is committed, and are unstable until then', t => {
  const { offsets, log } = begin()
  log(0, 5)
  log(0, 9, SEVEN)
  t.deepEqual(fetch(offsets, false), ['5', '-1'])
  t.deepEqual(fetch(offsets, true), ['UNSTABLE_OFFSET_COMMIT', '-1'])
  offsets.applyMarker(8, true)
  t.deepEqual(fetch(offsets, true), ['UNSTABLE_OFFSET_COMMIT', '-1'], "another producer's marker")
  offsets.applyMarker(7, true)
  t.deepEqual(fetch(offsets, true), ['9', '-1'])
})

test('offsets of an aborted transaction never were', t => {
  const { offsets, log } = begin()
  log(0, 9, SEVEN)
  t.true(offsets.has('g'))
  offsets.applyMarker(7, false)
  t.deepEqual(fetch(offsets, true), ['-1', '-1'])
  t.false(offsets.has('g'))
})

test('the last offset of a transaction counts', t => {
  const { offsets, log } = begin()
  log(0, 9, SEVEN)
  log(0, 8, SEVEN)
  offsets.applyMarker(7, true)
  t.deepEqual(fetch(offsets, true), ['8', '-1'])
})

test('a commit that comes after a pending one stays when that is committed', t => {
  const { offsets, log } = begin()
  log(0, 5, SEVEN)
  log(0, 7)
  log(1, 8)
  log(1, 6, SEVEN)
  offsets.applyMarker(7, true)
  t.deepEqual(fetch(offsets, true), ['7', '6'])
})

test('of two transactions the one that was written last counts, whichever ends last', t => {
  const { offsets, log } = begin()
  log(0, 5, SEVEN)
  log(0, 6, EIGHT)
  offsets.applyMarker(8, true)
  t.deepEqual(fetch(offsets, true), ['UNSTABLE_OFFSET_COMMIT', '-1'])
  offsets.applyMarker(7, true)
  t.deepEqual(fetch(offsets, true), ['6', '-1'])
})

test('to remove an offset removes what is pending for it', t => {
  const { offsets, log } = begin()
  log(0, 5, SEVEN)
  log(1, 6, SEVEN)
  log(0, null)
  t.deepEqual(fetch(offsets, true), ['-1', 'UNSTABLE_OFFSET_COMMIT'])
  log(0, 7, SEVEN)
  offsets.applyMarker(7, true)
  t.deepEqual(fetch(offsets, true), ['7', '6'])
})

test('all partitions with offsets are told, those that are pending included', t => {
  const { offsets, log } = begin()
  log(0, 5)
  log(1, 6, SEVEN)
  offsets.apply(record(3, 1, 'with a space'), EIGHT, 9)
  t.deepEqual(
    [...offsets.partitionsOf('g')],
    [
      ['t', new Set([0, 1])],
      ['with a space', new Set([3])],
    ],
  )
  t.deepEqual([...offsets.groupIds()], ['g'])
})

test('a group whose last offset goes has none', t => {
  const { offsets, log } = begin()
  log(0, 5)
  log(1, 6)
  log(0, null)
  t.deepEqual(fetch(offsets, true), ['-1', '6'])
  log(1, null)
  t.false(offsets.has('g'))
  t.deepEqual([...offsets.groupIds()], [])
})
