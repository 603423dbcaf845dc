import test from 'ava'
import * as batch from './batch.ts'
import { buildBatch } from './build.ts'
import { buildMarker, readControl } from './control.ts'
import { batchFacts } from './facts.test.fixture.ts'
import { emptied } from './filter-batch.ts'
import { records } from './records.ts'

const markers = batchFacts.filter(({ what }) => what.startsWith('end-transaction marker'))

test('the markers that Kafka wrote are read, and built again byte for byte', t => {
  t.is(markers.length, 2)
  for (const { data, batches, what } of markers) {
    const [expected] = batches
    const result = what.endsWith('COMMIT') ? 'commit' : 'abort'
    const read = readControl(data)
    t.is(read?.type, result)
    if (read === null || read.type === 'other') throw new Error('no marker')
    const { coordinatorEpoch } = read
    t.is([...records(data)][0]!.value!.readInt32BE(2), coordinatorEpoch)
    const built = buildMarker({
      result,
      producerId: expected!.producerId!,
      producerEpoch: expected!.producerEpoch!,
      coordinatorEpoch,
      timestamp: expected!.maxTimestamp,
      baseOffset: expected!.baseOffset,
      leaderEpoch: expected!.partitionLeaderEpoch!,
    })
    t.deepEqual(built, data)
  }
})

test('an emptied marker says nothing, and a later type is told by its number', t => {
  t.is(readControl(emptied(markers[0]!.data, 0)), null)
  const leaderChange = buildBatch({
    records: [{ key: Buffer.from([0, 0, 0, 2]), value: Buffer.alloc(3) }],
    control: true,
  })
  t.deepEqual(readControl(leaderChange), { type: 'other', number: 2 })
  t.true(batch.isControl(leaderChange, 0))
})

test('a control batch that is no single whole record is refused', t => {
  const key = Buffer.from([0, 0, 0, 1])
  for (const records of [
    [
      { key, value: Buffer.alloc(6) },
      { key, value: Buffer.alloc(6) },
    ],
    [{ key: key.subarray(1), value: Buffer.alloc(6) }],
    [{ key, value: Buffer.alloc(5) }],
    [{ key }],
    [{ value: Buffer.alloc(6) }],
  ])
    t.throws(() => readControl(buildBatch({ records, control: true })), { any: true })
})
