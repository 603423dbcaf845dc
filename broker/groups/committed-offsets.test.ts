import test from 'ava'
import { CommittedOffsets } from './committed-offsets.ts'
import { type GroupRecord, NO_TOPIC_ID } from './group-record.ts'
import { fetchOffsets } from './offset-fetch.ts'

const record = (partition: number, offset: number | null): GroupRecord & { type: 'offset' } => {
  const rest = { leaderEpoch: -1, metadata: '', commitTimestamp: 0, expireTimestamp: -1, topicId: NO_TOPIC_ID }
  return { type: 'offset', group: 'g', topic: 't', partition, value: offset === null ? null : { offset, ...rest } }
}

const fetch = (offsets: CommittedOffsets, requireStable: boolean): readonly string[] => {
  const topics = [{ topic: 't', partitions: [0, 1] }]
  const [topic] = fetchOffsets(offsets, { type: 'fetchOffsets', request: 1, groupId: 'g', topics, requireStable })
  return topic!.partitions.map(({ offset, error }) => (error === 'NONE' ? `${offset}` : error))
}

test('offsets of a transaction count when it is committed, and are unstable until then', t => {
  const offsets = new CommittedOffsets()
  offsets.apply(record(0, 5), null)
  offsets.apply(record(0, 9), { id: 7, epoch: 0 })
  t.deepEqual(fetch(offsets, false), ['5', '-1'])
  t.deepEqual(fetch(offsets, true), ['UNSTABLE_OFFSET_COMMIT', '-1'])
  offsets.applyMarker({ id: 8, epoch: 0 }, true)
  t.deepEqual(fetch(offsets, true), ['UNSTABLE_OFFSET_COMMIT', '-1'], "another producer's marker")
  offsets.applyMarker({ id: 7, epoch: 0 }, true)
  t.deepEqual(fetch(offsets, true), ['9', '-1'])
})

test('offsets of an aborted transaction never were', t => {
  const offsets = new CommittedOffsets()
  offsets.apply(record(0, 9), { id: 7, epoch: 0 })
  t.true(offsets.has('g'))
  offsets.applyMarker({ id: 7, epoch: 0 }, false)
  t.deepEqual(fetch(offsets, true), ['-1', '-1'])
  t.false(offsets.has('g'))
})

test('a group whose last offset goes has none', t => {
  const offsets = new CommittedOffsets()
  offsets.apply(record(0, 5), null)
  offsets.apply(record(1, 6), null)
  offsets.apply(record(0, null), null)
  t.deepEqual(fetch(offsets, true), ['-1', '6'])
  offsets.apply(record(1, null), null)
  t.false(offsets.has('g'))
  t.deepEqual([...offsets.groupIds()], [])
})
