/** OffsetCommit, OffsetFetch, OffsetDelete as clients of each version see them; as observed with Kafka 4.3. */
import test from 'ava'
import { nameOf } from '../../protocol/errors.ts'
import { offsetCommit } from '../handlers/offset-commit.ts'
import { offsetDelete } from '../handlers/offset-delete.ts'
import { offsetFetch } from '../handlers/offset-fetch.ts'
import { GroupBroker } from './group-broker.test.fixture.ts'

const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAEQ'

type Offsets = readonly (readonly [partition: number, offset: number, metadata?: string | null])[]

const commit = async (
  broker: GroupBroker,
  version: number,
  topics: Readonly<Record<string, Offsets>>,
  groupId = 'g',
) => {
  const response = await broker.ask(offsetCommit, version, {
    groupId,
    topics: Object.entries(topics).map(([topic, offsets]) => ({
      ...(version >= 10 ? { topicId: topic } : { name: topic }),
      partitions: offsets.map(([partitionIndex, committedOffset, committedMetadata = 'm']) => ({
        partitionIndex,
        committedOffset,
        committedMetadata,
      })),
    })),
  })
  return response.topics.map(topic => topic.partitions.map(one => `${one.partitionIndex} ${nameOf(one.errorCode)}`))
}

for (let version = 0; version <= 9; version++) {
  test(`an offset is committed in version ${version} and fetched in every version of its time`, async t => {
    const broker = await GroupBroker.start()
    t.deepEqual(
      await commit(broker, version, {
        t: [
          [0, 5],
          [9, 1],
        ],
        u: [[0, 1]],
      }),
      [['0 NONE', '9 UNKNOWN_TOPIC_OR_PARTITION'], ['0 UNKNOWN_TOPIC_OR_PARTITION']],
    )
    const topics = [{ name: 't', partitionIndexes: [0, 1] }]
    const found = { committedOffset: 5, committedLeaderEpoch: -1, metadata: 'm', errorCode: 0 }
    const none = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 }
    const partitions = [
      { partitionIndex: 0, ...found },
      { partitionIndex: 1, ...none },
    ]
    if (version < 8) {
      const fetched = await broker.ask(offsetFetch, version, { groupId: 'g', topics })
      t.deepEqual(fetched.topics, [{ name: 't', partitions }])
      t.is(fetched.errorCode, 0)
    } else {
      const { groups } = await broker.ask(offsetFetch, version, { groups: [{ groupId: 'g', topics }] })
      t.is(groups.length, 1)
      t.is(groups[0]!.errorCode, 0)
      t.deepEqual(groups[0]!.topics[0]!.partitions, partitions)
    }
  })
}

test('version 10 names topics by their ids', async t => {
  const broker = await GroupBroker.start()
  const { id } = broker.cluster.topic('t')!
  t.deepEqual(
    await commit(broker, 10, {
      [UNKNOWN_ID]: [[0, 1]],
      [id]: [
        [0, 5],
        [9, 1],
      ],
    }),
    [['0 UNKNOWN_TOPIC_ID'], ['0 NONE', '9 UNKNOWN_TOPIC_OR_PARTITION']],
  )
  const asked = [id, UNKNOWN_ID].map(topicId => ({ topicId, partitionIndexes: [0] }))
  const { groups } = await broker.ask(offsetFetch, 10, {
    groups: [
      { groupId: 'g', topics: asked },
      { groupId: 'g', topics: null },
      { groupId: 'unknown', topics: null },
    ],
  })
  t.deepEqual(
    groups.map(group => group.topics.map(one => [one.topicId, one.partitions[0]!.committedOffset])),
    [
      [
        [id, 5],
        [UNKNOWN_ID, -1],
      ],
      [[id, 5]],
      [],
    ],
  )
  t.is(nameOf(groups[0]!.topics[1]!.partitions[0]!.errorCode), 'UNKNOWN_TOPIC_ID')
})

test('all offsets of a group are fetched without naming topics, from version 2', async t => {
  const broker = await GroupBroker.start()
  await commit(broker, 5, {
    t: [
      [0, 5],
      [2, 7],
    ],
  })
  const two = await broker.ask(offsetFetch, 2, { groupId: 'g', topics: null })
  const eight = await broker.ask(offsetFetch, 8, { groups: [{ groupId: 'g', topics: null }] })
  for (const topics of [two.topics, eight.groups[0]!.topics]) {
    t.is(topics[0]!.name, 't')
    t.deepEqual(
      topics[0]!.partitions.map(one => [one.partitionIndex, one.committedOffset]),
      [
        [0, 5],
        [2, 7],
      ],
    )
  }
  t.deepEqual((await broker.ask(offsetFetch, 7, { groupId: 'unknown', topics: null })).topics, [])
})

test('metadata has a longest length, and null is none', async t => {
  const broker = await GroupBroker.start({ 'offset.metadata.max.bytes': '3' })
  const committed = await commit(broker, 9, {
    t: [
      [0, 1, 'xxxx'],
      [1, 2, 'xxx'],
      [2, 3, null],
    ],
  })
  t.deepEqual(committed, [['0 OFFSET_METADATA_TOO_LARGE', '1 NONE', '2 NONE']])
  const { groups } = await broker.ask(offsetFetch, 9, { groups: [{ groupId: 'g', topics: null }] })
  t.deepEqual(
    groups[0]!.topics[0]!.partitions.map(one => one.metadata),
    ['xxx', ''],
  )
})

test('a commit of nothing known answers without a group', async t => {
  const broker = await GroupBroker.start()
  t.deepEqual(await commit(broker, 9, {}), [])
  t.deepEqual(await commit(broker, 9, { u: [[0, 1]] }), [['0 UNKNOWN_TOPIC_OR_PARTITION']])
  t.is(broker.cluster.topic('__consumer_offsets'), undefined)
})

test('a commit that meets the deletion of its topic leaves nothing behind', async t => {
  const broker = await GroupBroker.start()
  await commit(broker, 9, { t: [[0, 1]] })
  const [committed] = await Promise.all([
    commit(broker, 9, { t: [[0, 5]] }),
    broker.cluster.deleteTopics([{ name: 't' }]),
    commit(broker, 9, { t: [[1, 5]] }),
  ])
  t.deepEqual(committed, [['0 NONE']])
  const { topics } = await broker.ask(offsetFetch, 7, { groupId: 'g', topics: null })
  t.deepEqual(topics, [])
})

test('a retention that the committer asks for counts', async t => {
  const broker = await GroupBroker.start({ 'offsets.retention.check.interval.ms': '1000' })
  const partitions = [{ partitionIndex: 0, committedOffset: 5, committedMetadata: '' }]
  await broker.ask(offsetCommit, 2, { groupId: 'g', retentionTimeMs: 60_000, topics: [{ name: 't', partitions }] })
  const fetched = async () => (await broker.ask(offsetFetch, 2, { groupId: 'g', topics: null })).topics.length
  await broker.clock.advance(59_000)
  t.is(await fetched(), 1)
  await broker.clock.advance(2000)
  t.is(await fetched(), 0)
})

test('offsets are deleted partition by partition', async t => {
  const broker = await GroupBroker.start()
  const forget = async (groupId: string, topics: Readonly<Record<string, readonly number[]>>) => {
    const { errorCode, topics: results } = await broker.ask(offsetDelete, 0, {
      groupId,
      topics: Object.entries(topics).map(([name, all]) => ({
        name,
        partitions: all.map(partitionIndex => ({ partitionIndex })),
      })),
    })
    return [nameOf(errorCode), ...results.map(one => one.partitions.map(({ errorCode }) => nameOf(errorCode)).join())]
  }
  t.deepEqual(await forget('', {}), ['INVALID_GROUP_ID'])
  t.deepEqual(await forget('g', { t: [0] }), ['GROUP_ID_NOT_FOUND'])
  await commit(broker, 9, {
    t: [
      [0, 5],
      [1, 6],
    ],
  })
  t.deepEqual(await forget('g', { t: [0, 2, 77], u: [0] }), [
    'NONE',
    'NONE,NONE,UNKNOWN_TOPIC_OR_PARTITION',
    'UNKNOWN_TOPIC_OR_PARTITION',
  ])
  const { topics } = await broker.ask(offsetFetch, 7, { groupId: 'g', topics: null })
  t.deepEqual(
    topics[0]!.partitions.map(one => one.partitionIndex),
    [1],
  )
})
