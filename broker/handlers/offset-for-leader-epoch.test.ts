import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import { batchOf, Stage } from '../partition/testing/stage.ts'
import { offsetForLeaderEpoch } from './offset-for-leader-epoch.ts'

const endOf = async (stage: Stage, leaderEpoch: number, currentLeaderEpoch = -1, topic = 't') => {
  const request = {
    replicaId: -1,
    topics: [{ topic, partitions: [{ partition: 0, currentLeaderEpoch, leaderEpoch }] }],
  }
  const answer = (await offsetForLeaderEpoch.handle(request, stage.context(4).context, stage.broker))!
  const { errorCode, leaderEpoch: epoch, endOffset } = answer.topics[0]!.partitions[0]!
  return [nameOf(errorCode), epoch, endOffset]
}

test('an epoch ends where the next began; the current one at the end of the log', async t => {
  const stage = new Stage()
  await stage.create()
  await stage.produce(batchOf(2))
  stage.configure('t', {}, [3])
  t.deepEqual(await endOf(stage, 3), ['NONE', 3, 2])
  await stage.produce(batchOf(2))
  for (const restart of [false, true]) {
    if (restart) await stage.restart()
    t.deepEqual(await endOf(stage, 0), ['NONE', 0, 2])
    t.deepEqual(await endOf(stage, 2), ['NONE', 0, 2])
    t.deepEqual(await endOf(stage, 3), ['NONE', 3, 4])
    t.deepEqual(await endOf(stage, 4), ['NONE', -1, -1])
  }
})

test('the client’s own idea of the epoch is checked', async t => {
  const stage = new Stage()
  await stage.create()
  stage.configure('t', {}, [2])
  t.deepEqual(await endOf(stage, 0, 1), ['FENCED_LEADER_EPOCH', -1, -1])
  t.deepEqual(await endOf(stage, 0, 3), ['UNKNOWN_LEADER_EPOCH', -1, -1])
  t.deepEqual(await endOf(stage, 0, -1, 'nope'), ['UNKNOWN_TOPIC_OR_PARTITION', -1, -1])
})
