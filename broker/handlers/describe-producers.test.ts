import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import { batchOf, Stage } from '../partition/testing/stage.ts'
import { describeProducers } from './describe-producers.ts'

test('the producers of a partition are described as it remembers them', async t => {
  const stage = new Stage()
  await stage.create()
  await stage.produce(batchOf(3, { producerId: 5, producerEpoch: 2, baseSequence: 10 }))
  await stage.produce(batchOf(1))
  const topics = [
    { name: 't', partitionIndexes: [0, 9] },
    { name: 'nope', partitionIndexes: [0] },
    { name: 'bad/name', partitionIndexes: [0] },
  ]
  const answer = (await describeProducers.handle({ topics }, stage.context(0).context, stage.broker))!
  const [known, beyond] = answer.topics[0]!.partitions
  t.deepEqual(known!.activeProducers, [
    {
      producerId: 5,
      producerEpoch: 2,
      lastSequence: 12,
      lastTimestamp: 1_700_000_000_000,
      coordinatorEpoch: -1,
      currentTxnStartOffset: -1,
    },
  ])
  t.is(nameOf(beyond!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.is(nameOf(answer.topics[1]!.partitions[0]!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.is(nameOf(answer.topics[2]!.partitions[0]!.errorCode), 'INVALID_TOPIC_EXCEPTION')
})
