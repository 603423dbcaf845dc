import test from 'ava'
import { codeOf, nameOf } from '../../protocol/errors.ts'
import { versionsOf } from '../../protocol/schema/codec.ts'
import { ZERO_TOPIC_ID } from '../cluster/topic.ts'
import { alterPartitionReassignments } from './alter-partition-reassignments.ts'
import { type Ask, brokerWithoutServer } from '../testing/broker-without-server.ts'
import { createPartitions } from './create-partitions.ts'
import { createTopics } from './create-topics.ts'
import { deleteTopics } from './delete-topics.ts'
import { describeCluster } from './describe-cluster.ts'
import { describeLogDirs } from './describe-log-dirs.ts'
import { describeTopicPartitions } from './describe-topic-partitions.ts'
import { electLeaders } from './elect-leaders.ts'
import { listPartitionReassignments } from './list-partition-reassignments.ts'
import { metadata } from './metadata.ts'

const newTopic = (name: string, numPartitions = 1) => ({
  name,
  numPartitions,
  replicationFactor: 1,
  assignments: [],
  configs: [],
})
const create = (ask: Ask, ...topics: ReturnType<typeof newTopic>[]) => ask(createTopics, 7, { topics })
const everyVersion = (api: Parameters<typeof versionsOf>[0]): number[] => {
  const { min, max } = versionsOf(api)
  return Array.from({ length: max - min + 1 }, (_, index) => min + index)
}
const named = (...names: string[]) => names.map(name => ({ name }))

test('CreateTopics makes a topic in every version, usable in the answer', async t => {
  const { broker, ask } = await brokerWithoutServer()
  for (const version of everyVersion(createTopics.api)) {
    const name = `v${version}`
    const { topics } = await ask(createTopics, version, { topics: [newTopic(name, 2)] })
    const topic = broker.cluster.topic(name)!
    t.is(topics[0]?.errorCode, 0)
    t.is(topics[0]?.topicId, version >= 7 ? topic.id : ZERO_TOPIC_ID)
    t.is(topics[0]?.numPartitions, version >= 5 ? 2 : -1)
    const partition = await broker.partitions.find(topic, 1)
    t.is(partition.logEndOffset, 0)
  }
})

test('CreateTopics tells the settings of the topic and where they come from', async t => {
  const { ask } = await brokerWithoutServer({ 'log.retention.hours': '5' })
  const configs = [{ name: 'segment.ms', value: ' 7 ' }]
  const { topics } = await ask(createTopics, 5, { topics: [{ ...newTopic('a'), configs }] })
  const told = (name: string) => topics[0]?.configs?.find(config => config.name === name)
  t.is(topics[0]?.configs?.length, 33)
  t.like(told('segment.ms'), { value: '7', configSource: 1, readOnly: false, isSensitive: false })
  t.like(told('retention.ms'), { value: '18000000', configSource: 4 })
  t.like(told('max.message.bytes'), { value: '1048588', configSource: 5 })
})

test('CreateTopics answers each name once, with what is wrong with it', async t => {
  const { ask } = await brokerWithoutServer()
  const { topics } = await ask(createTopics, 7, {
    topics: [
      ...[newTopic('a'), newTopic('twice'), newTopic('twice'), newTopic('bad/name')],
      { ...newTopic('null'), configs: [{ name: 'retention.ms', value: null }] },
      { ...newTopic('doubled'), assignments: [0, 0].map(partitionIndex => ({ partitionIndex, brokerIds: [1] })) },
    ],
    validateOnly: true,
  })
  t.deepEqual(
    topics.map(({ name, errorCode }) => [name, nameOf(errorCode)]),
    [
      ['a', 'NONE'],
      ['twice', 'INVALID_REQUEST'],
      ['bad/name', 'INVALID_TOPIC_EXCEPTION'],
      ['null', 'INVALID_CONFIG'],
      ['doubled', 'INVALID_REPLICA_ASSIGNMENT'],
    ],
  )
  t.is(topics[0]?.errorMessage, null)
  t.truthy(topics[1]?.errorMessage)
})

test('DeleteTopics deletes by name in every version and by id in the last', async t => {
  const { broker, ask } = await brokerWithoutServer()
  for (const version of everyVersion(deleteTopics.api)) {
    await create(ask, newTopic('a'))
    const { id } = broker.cluster.topic('a')!
    const doomed = version >= 6 ? { topics: [{ name: null, topicId: id }] } : { topicNames: ['a'] }
    const { responses } = await ask(deleteTopics, version, { timeoutMs: 1000, ...doomed })
    t.like(responses[0], { name: 'a', errorCode: 0 })
    t.is(responses[0]?.topicId, version >= 6 ? id : ZERO_TOPIC_ID)
    t.is(broker.cluster.topic('a'), undefined)
  }
})

test('DeleteTopics refuses what is unknown, unclear or said twice', async t => {
  const { broker, ask } = await brokerWithoutServer()
  await create(ask, newTopic('a'), newTopic('b'), newTopic('c'))
  const id = (name: string) => broker.cluster.topic(name)!.id
  const { responses } = await ask(deleteTopics, 6, {
    timeoutMs: 1000,
    topics: [
      { name: 'none', topicId: ZERO_TOPIC_ID },
      { name: null, topicId: 'BBBBBBBBBBBBBBBBBBBBBA' },
      { name: null, topicId: ZERO_TOPIC_ID },
      { name: 'a', topicId: id('a') },
      { name: 'b', topicId: ZERO_TOPIC_ID },
      { name: null, topicId: id('b') },
    ],
  })
  t.deepEqual(
    responses.map(({ errorCode }) => nameOf(errorCode)),
    ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'INVALID_REQUEST', 'INVALID_REQUEST', 'INVALID_REQUEST'],
  )
  t.is([...broker.cluster.topics()].length, 3)
})

test('DeleteTopics is refused where it is switched off', async t => {
  const { ask } = await brokerWithoutServer({ 'delete.topic.enable': 'false' })
  await create(ask, newTopic('a'))
  const refused = async (version: number) => {
    const { responses } = await ask(deleteTopics, version, { timeoutMs: 1000, topicNames: ['a'] })
    return nameOf(responses[0]!.errorCode)
  }
  t.is(await refused(2), 'INVALID_REQUEST')
  t.is(await refused(3), 'TOPIC_DELETION_DISABLED')
})

test('CreatePartitions adds partitions in every version, usable in the answer', async t => {
  const { broker, ask } = await brokerWithoutServer()
  await create(ask, newTopic('a'))
  for (const version of everyVersion(createPartitions.api)) {
    const count = version + 2
    const topics = [{ name: 'a', count, assignments: null }]
    const { results } = await ask(createPartitions, version, { topics, timeoutMs: 1000, validateOnly: false })
    t.deepEqual(results, [{ name: 'a', errorCode: 0, errorMessage: null }])
    const partition = await broker.partitions.find(broker.cluster.topic('a')!, count - 1)
    t.is(partition.logEndOffset, 0)
  }
  const topics = ['a', 'a', 'none'].map(name => ({ name, count: 9, assignments: null }))
  const { results } = await ask(createPartitions, 3, { topics, timeoutMs: 1000, validateOnly: false })
  t.deepEqual(
    results.map(({ name, errorCode }) => [name, nameOf(errorCode)]),
    [
      ['a', 'INVALID_REQUEST'],
      ['none', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ],
  )
})

test('Metadata tells the topics asked for, and all when asked so, in every version', async t => {
  const { ask } = await brokerWithoutServer({ 'broker.rack': 'r1' })
  await create(ask, newTopic('a', 2), newTopic('b'))
  for (const version of everyVersion(metadata.api)) {
    const one = await ask(metadata, version, { topics: [{ name: 'a' }] })
    t.deepEqual(
      one.topics.map(({ name, partitions }) => [name, partitions.length]),
      [['a', 2]],
    )
    t.like(one.brokers[0], { nodeId: 1, host: 'here', port: 4321, rack: version >= 1 ? 'r1' : null })
    t.is(one.controllerId, version >= 1 ? 1 : -1)
    t.like(one.topics[0]?.partitions[1], {
      partitionIndex: 1,
      leaderId: 1,
      replicaNodes: [1],
      isrNodes: [1],
      errorCode: 0,
    })
    t.is(one.topics[0]?.partitions[0]?.leaderEpoch, version >= 7 ? 0 : -1)
    const all = await ask(metadata, version, { topics: version === 0 ? [] : null })
    t.deepEqual(
      all.topics.map(({ name }) => name),
      ['a', 'b'],
    )
    if (version > 0) t.deepEqual((await ask(metadata, version, { topics: [] })).topics, [])
  }
})

test('Metadata creates a topic where client and broker allow it, and tells its leaders at once', async t => {
  const { ask } = await brokerWithoutServer({ 'num.partitions': '3' })
  const created = await ask(metadata, 12, { topics: [{ name: 'a' }, { name: 'bad/name' }] })
  t.deepEqual(
    created.topics.map(({ name, errorCode, partitions }) => [name, nameOf(errorCode), partitions.map(p => p.leaderId)]),
    [
      ['a', 'NONE', [1, 1, 1]],
      ['bad/name', 'INVALID_TOPIC_EXCEPTION', []],
    ],
  )
  const older = await ask(metadata, 1, { topics: [{ name: 'b' }] })
  t.is(older.topics[0]?.errorCode, 0)
  const unwanted = await ask(metadata, 12, { topics: [{ name: 'c' }], allowAutoTopicCreation: false })
  t.is(nameOf(unwanted.topics[0]!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
  const off = await brokerWithoutServer({ 'auto.create.topics.enable': 'false' })
  const refused = await off.ask(metadata, 12, { topics: [{ name: 'a' }] })
  t.is(nameOf(refused.topics[0]!.errorCode), 'UNKNOWN_TOPIC_OR_PARTITION')
})

test('Metadata finds topics by id from version 12 on', async t => {
  const { broker, ask } = await brokerWithoutServer()
  await create(ask, newTopic('a'))
  const { id } = broker.cluster.topic('a')!
  const topics = [
    { topicId: id, name: null },
    { topicId: 'BBBBBBBBBBBBBBBBBBBBBA', name: null },
  ]
  const found = await ask(metadata, 12, { topics })
  t.like(found.topics[0], { name: 'a', topicId: id, errorCode: 0 })
  t.like(found.topics[1], { name: null, errorCode: codeOf('UNKNOWN_TOPIC_ID') })
  const refused = await ask(metadata, 10, { topics })
  t.deepEqual(
    refused.topics.map(({ name, errorCode }) => [name, nameOf(errorCode)]),
    [
      ['', 'INVALID_REQUEST'],
      ['', 'INVALID_REQUEST'],
    ],
  )
})

test('Metadata answers a topic asked for twice once, and what a client may do when asked', async t => {
  const { ask } = await brokerWithoutServer()
  const asked = { topics: named('a', 'a'), includeTopicAuthorizedOperations: true }
  const { topics, clusterAuthorizedOperations } = await ask(metadata, 8, {
    ...asked,
    includeClusterAuthorizedOperations: true,
  })
  t.is(topics.length, 1)
  t.is(topics[0]?.topicAuthorizedOperations, 3576)
  t.is(clusterAuthorizedOperations, 8096)
  const plain = await ask(metadata, 8, { topics: named('a') })
  t.is(plain.topics[0]?.topicAuthorizedOperations, -2147483648)
})

test('Metadata creates a coordinator’s topic with its own settings', async t => {
  const { broker, ask } = await brokerWithoutServer({ 'offsets.topic.num.partitions': '3' })
  const { topics } = await ask(metadata, 12, { topics: named('__consumer_offsets') })
  t.like(topics[0], { isInternal: true, errorCode: 0 })
  t.is(topics[0]?.partitions.length, 3)
  t.true(broker.cluster.topic('__consumer_offsets')?.settings.cleanupCompact)
})

test('DescribeCluster tells brokers, and refuses to stand in for controllers', async t => {
  const { broker, ask } = await brokerWithoutServer()
  for (const version of everyVersion(describeCluster.api)) {
    const flags = { includeClusterAuthorizedOperations: version === 1 }
    const answer = await ask(describeCluster, version, flags)
    t.like(answer, { errorCode: 0, clusterId: broker.cluster.clusterId, controllerId: 1 })
    t.like(answer.brokers[0], { brokerId: 1, host: 'here', port: 4321, isFenced: false })
    t.is(answer.clusterAuthorizedOperations, version === 1 ? 8096 : -2147483648)
  }
  const asked = async (endpointType: number) =>
    nameOf((await ask(describeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType })).errorCode)
  t.is(await asked(2), 'MISMATCHED_ENDPOINT_TYPE')
  t.is(await asked(9), 'UNSUPPORTED_ENDPOINT_TYPE')
})

test('DescribeTopicPartitions goes page by page through topics in the order of their names', async t => {
  const { ask } = await brokerWithoutServer()
  await create(ask, newTopic('b', 3), newTopic('a', 2), newTopic('c'))
  const seen: string[] = []
  let cursor: { topicName: string; partitionIndex: number } | null = null
  let pages = 0
  do {
    const page: Awaited<ReturnType<typeof pageAt>> = await pageAt(cursor)
    for (const { name, partitions } of page.topics) for (const p of partitions) seen.push(`${name}-${p.partitionIndex}`)
    cursor = page.nextCursor
    pages++
  } while (cursor !== null)
  t.deepEqual(seen, ['a-0', 'a-1', 'b-0', 'b-1', 'b-2', 'c-0'])
  t.is(pages, 3)

  function pageAt(from: { topicName: string; partitionIndex: number } | null) {
    return ask(describeTopicPartitions, 0, { topics: [], responsePartitionLimit: 2, cursor: from })
  }
})

test('DescribeTopicPartitions keeps limits and cursors to what makes sense', async t => {
  const { ask } = await brokerWithoutServer({ 'max.request.partition.size.limit': '2' })
  await create(ask, newTopic('a', 3))
  const page = (names: readonly string[], rest: object = {}) =>
    ask(describeTopicPartitions, 0, { topics: named(...names), ...rest })
  t.deepEqual((await page(['a'])).nextCursor, { topicName: 'a', partitionIndex: 2 })
  t.deepEqual((await page(['a'], { responsePartitionLimit: 0 })).nextCursor, { topicName: 'a', partitionIndex: 1 })
  const { topics } = await page(['none', 'bad/name'])
  t.deepEqual(
    topics.map(({ name, errorCode }) => [name, nameOf(errorCode)]),
    [
      ['bad/name', 'INVALID_TOPIC_EXCEPTION'],
      ['none', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ],
  )
  for (const cursor of [
    { topicName: 'a', partitionIndex: -1 },
    { topicName: 'elsewhere', partitionIndex: 0 },
  ]) {
    t.is(nameOf((await page(['a'], { cursor })).topics[0]!.errorCode), 'INVALID_REQUEST')
  }
})

test('DescribeLogDirs tells sizes of what is there, in every version', async t => {
  const { ask } = await brokerWithoutServer()
  await create(ask, newTopic('a', 2))
  const topics = [
    { topic: 'a', partitions: [1, 7] },
    { topic: 'none', partitions: [0] },
  ]
  for (const version of everyVersion(describeLogDirs.api)) {
    const { results } = await ask(describeLogDirs, version, { topics })
    t.deepEqual(results[0]?.topics, [
      { name: 'a', partitions: [{ partitionIndex: 1, partitionSize: 0, offsetLag: 0, isFutureKey: false }] },
    ])
  }
  const all = await ask(describeLogDirs, 4, { topics: null })
  t.is(all.results[0]?.topics[0]?.partitions.length, 2)
})

test('ElectLeaders finds nothing to do, and says so where it was asked', async t => {
  const { ask } = await brokerWithoutServer()
  await create(ask, newTopic('a'))
  const topicPartitions = [
    { topic: 'a', partitions: [0, 9] },
    { topic: 'none', partitions: [0] },
  ]
  for (const version of everyVersion(electLeaders.api)) {
    const { replicaElectionResults } = await ask(electLeaders, version, { topicPartitions, timeoutMs: 1000 })
    t.deepEqual(
      replicaElectionResults.map(({ partitionResult }) => partitionResult.map(({ errorCode }) => nameOf(errorCode))),
      [['ELECTION_NOT_NEEDED', 'UNKNOWN_TOPIC_OR_PARTITION'], ['UNKNOWN_TOPIC_OR_PARTITION']],
    )
  }
  const all = await ask(electLeaders, 2, { electionType: 0, topicPartitions: null, timeoutMs: 1000 })
  t.deepEqual(all.replicaElectionResults, [{ topic: 'a', partitionResult: [] }])
  const unknown = await ask(electLeaders, 2, { electionType: 9, topicPartitions, timeoutMs: 1000 })
  t.is(nameOf(unknown.errorCode), 'INVALID_REQUEST')
})

test('a reassignment succeeds where nothing changes, and none is ever under way', async t => {
  const { ask } = await brokerWithoutServer()
  await create(ask, newTopic('a'))
  const reassigned = async (partitionIndex: number, replicas: number[] | null, name = 'a') => {
    const topics = [{ name, partitions: [{ partitionIndex, replicas }] }]
    const { responses } = await ask(alterPartitionReassignments, 0, { topics })
    return nameOf(responses[0]!.partitions[0]!.errorCode)
  }
  t.is(await reassigned(0, [1]), 'NONE')
  t.is(await reassigned(0, null), 'NO_REASSIGNMENT_IN_PROGRESS')
  for (const replicas of [[2], [], [1, 1], [1, 2]]) t.is(await reassigned(0, replicas), 'INVALID_REPLICA_ASSIGNMENT')
  t.is(await reassigned(7, [1]), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.is(await reassigned(0, [1], 'none'), 'UNKNOWN_TOPIC_OR_PARTITION')
  t.deepEqual((await ask(listPartitionReassignments, 0, { topics: null })).topics, [])
})
