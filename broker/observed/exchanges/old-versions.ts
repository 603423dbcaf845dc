/** Versions that Kafka 4 dropped, as Kafka 3.9, the last that spoke them, answered. */
import {
  CreateTopics,
  DeleteTopics,
  DescribeConfigs,
  DescribeLogDirs,
  Fetch,
  JoinGroup,
  ListOffsets,
  OffsetCommit,
  OffsetFetch,
  OffsetForLeaderEpoch,
  Produce,
} from '../../../protocol/messages/index.ts'
import { codecs, compress } from '../../../protocol/records/compression.ts'
import { messageOverhead, type OldMagic, writeMessage } from '../../../protocol/records/message.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import type { MadeTopic, Talk } from '../talk.ts'
import { joining, stable } from './group-members.ts'
import { batchOf, batchWith, keep, produceTo, thenMs } from './records.ts'

/** A message of magic 0 or 1. */
const message = (
  magic: OldMagic,
  value: Buffer | string | null,
  more: { offset?: number; attributes?: number; key?: string | null; timestamp?: number } = {},
): Buffer => {
  const { offset = 0, attributes = 0, key = 'k', timestamp = thenMs } = more
  const [keyBytes, valueBytes] = [key === null ? null : Buffer.from(key), value === null ? null : Buffer.from(value)]
  const buffer = Buffer.alloc(messageOverhead(magic) + (keyBytes?.length ?? 0) + (valueBytes?.length ?? 0))
  writeMessage(buffer, 0, magic, { offset, attributes, timestamp, key: keyBytes, value: valueBytes })
  return buffer
}

/** Messages compressed into one: inner offsets are relative from magic 1 on. */
const wrapper = (magic: OldMagic, codec: 'gzip' | 'snappy' | 'lz4', ...values: string[]): Buffer => {
  const inner = values.map((value, offset) => message(magic, value, { offset, timestamp: thenMs + offset }))
  return message(magic, compress(codec, Buffer.concat(inner)), {
    ...{ attributes: codecs.indexOf(codec), key: null, offset: values.length - 1 },
    timestamp: thenMs + values.length - 1,
  })
}

const produce = ({ name }: MadeTopic, records: readonly Buffer[], acks = -1): RequestWrite<typeof Produce> => ({
  ...{ acks, timeoutMs: 10_000 },
  topicData: [{ name, partitionData: [{ index: 0, records }] }],
})

const fetch = (
  { name }: MadeTopic,
  fetchOffset: number,
  partitionMaxBytes = 1 << 20,
  maxBytes?: number,
): RequestWrite<typeof Fetch> => ({
  ...{ maxWaitMs: 0, minBytes: 0 },
  ...(maxBytes === undefined ? {} : { maxBytes }),
  topics: [{ topic: name, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes }] }],
})

/** What is there, as it is stored. */
const contents = (talk: Talk, label: string, topic: MadeTopic): Promise<unknown> =>
  talk.ask(`what is there after ${label}`, Fetch, 12, fetch(topic, 0))

const messageSets: readonly (readonly [label: string, records: (magic: OldMagic) => readonly Buffer[]])[] = [
  ['a message', magic => [message(magic, 'a')]],
  ['two messages', magic => [message(magic, 'a'), message(magic, 'b', { offset: 1, timestamp: thenMs + 5 })]],
  ['null for key and value', magic => [message(magic, null, { key: null })]],
  ['gzip', magic => [wrapper(magic, 'gzip', 'a', 'b')]],
  ['snappy', magic => [wrapper(magic, 'snappy', 'a', 'b')]],
  ['two wrappers', magic => [wrapper(magic, 'gzip', 'a', 'b'), wrapper(magic, 'gzip', 'c')]],
  ['no messages', () => []],
  ['a wrong CRC', magic => [corrupted(message(magic, 'abc'))]],
  ['cut off', magic => [message(magic, 'a'), message(magic, 'b').subarray(0, 20)]],
]

const corrupted = (of: Buffer): Buffer => {
  of.writeUInt8(0x7f, of.length - 2)
  return of
}

const producing: Exchange = {
  id: 'old-produce',
  async play(talk) {
    for (const magic of [0, 1] as const) {
      for (const [label, records] of messageSets) {
        const of = `${label} of magic ${magic}`
        const topic = await talk.topic('t', 1, keep)
        await talk.ask(of, Produce, 2, produce(topic, records(magic)))
        await contents(talk, of, topic)
      }
    }
    const lz4 = await talk.topic('lz4', 1, keep)
    await talk.ask('lz4 of magic 1', Produce, 2, produce(lz4, [wrapper(1, 'lz4', 'a', 'b')]))
    await contents(talk, 'lz4 of magic 1', lz4)
    const topic = await talk.topic('each', 1, keep)
    await talk.each(
      'in each version',
      Produce,
      async version => produce(await talk.topic('t', 1, keep), [message(version < 2 ? 0 : 1, 'a')]),
      { to: 2 },
    )
    await talk.each(
      'magic 1 in each version',
      Produce,
      async () => produce(await talk.topic('t', 1, keep), [message(1, 'a')]),
      { to: 2 },
    )
    await talk.each('a batch of today', Produce, () => produce(topic, [batchOf('a')]), { to: 2 })
    await talk.each('a message set', Produce, () => produce(topic, [message(1, 'a')]), { from: 3, to: 4 })
    await talk.each('acks 2', Produce, () => produce(topic, [message(0, 'a')], 2), { to: 2 })
    await talk.each(
      'an unknown topic',
      Produce,
      () => produce({ name: talk.fresh('unknown'), id: '' }, [message(0, 'a')]),
      { to: 2 },
    )
    const stamped = await talk.topic('stamped', 1, { 'message.timestamp.type': 'LogAppendTime' })
    await talk.ask('LogAppendTime', Produce, 2, produce(stamped, [message(1, 'a')]))
    const compacted = await talk.topic('compacted', 1, { ...keep, 'cleanup.policy': 'compact' })
    await talk.ask('no key to a compacted topic', Produce, 2, produce(compacted, [message(1, 'a', { key: null })]))
    const small = await talk.topic('small', 1, { ...keep, 'max.message.bytes': '100' })
    await talk.ask('too large', Produce, 2, produce(small, [message(1, 'x'.repeat(100))]))
  },
}

const fetching: Exchange = {
  id: 'old-fetch',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    await produceTo(talk, topic.name, [batchOf('a', 'b'), batchWith({ compression: 'gzip' }, 'c', null)])
    const to = { to: 3 }
    await talk.each('batches of today', Fetch, () => fetch(topic, 0), to)
    await talk.each('inside a batch', Fetch, () => fetch(topic, 1), to)
    await talk.each('the second batch', Fetch, () => fetch(topic, 2), to)
    await talk.each('at the end', Fetch, () => fetch(topic, 4), to)
    await talk.each('beyond the end', Fetch, () => fetch(topic, 5), to)
    await talk.each('a small limit', Fetch, () => fetch(topic, 0, 20), to)
    await talk.each('an unknown topic', Fetch, () => fetch({ name: talk.fresh('unknown'), id: '' }, 0), to)
    const headers = await talk.topic('headers', 1, keep)
    await produceTo(talk, headers.name, [batchWith({ producerId: 5, producerEpoch: 0, baseSequence: 0 }, 'a')])
    await talk.each('of an idempotent producer', Fetch, () => fetch(headers, 0), to)
    const old = await talk.topic('old', 1, keep)
    for (const magic of [0, 1] as const) {
      await talk.quietly(Produce, 2, produce(old, [message(magic, `m${magic}`)]))
      await talk.quietly(Produce, 2, produce(old, [wrapper(magic, 'gzip', `n${magic}`, `o${magic}`)]))
    }
    await talk.each('what came as message sets', Fetch, () => fetch(old, 0), to)
    for (const codec of ['snappy', 'lz4', 'zstd'] as const) {
      const compressed = await talk.topic(codec, 1, keep)
      await produceTo(talk, compressed.name, [batchWith({ compression: codec }, 'a', 'b')])
      await talk.each(codec, Fetch, () => fetch(compressed, 0), to)
    }
  },
}

const offsets: Exchange = {
  id: 'old-offsets',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    await produceTo(talk, topic.name, [batchOf('a', 'b'), batchOf('c')])
    const list = (timestamp: number, maxNumOffsets = 1, partitionIndex = 0, name = topic.name) => ({
      replicaId: -1,
      topics: [{ name, partitions: [{ partitionIndex, timestamp, maxNumOffsets }] }],
    })
    const ask = (label: string, request: RequestWrite<typeof ListOffsets>) => talk.ask(label, ListOffsets, 0, request)
    await ask('latest', list(-1))
    await ask('latest, up to five', list(-1, 5))
    await ask('earliest', list(-2))
    await ask('earliest, up to five', list(-2, 5))
    await ask('by timestamp, of long ago', list(1000, 5))
    await ask('by timestamp, of the future', list(Date.now() + 600_000, 5))
    await ask('no offsets', list(-1, 0))
    await ask('an empty partition', list(-1, 5, 1))
    await ask('an unknown partition', list(-1, 5, 9))
    await ask('an unknown topic', list(-1, 5, 0, talk.fresh('unknown')))
    const epoch = (leaderEpoch: number, partition = 0, of = topic.name) => ({
      topics: [{ topic: of, partitions: [{ partition, leaderEpoch }] }],
    })
    await talk.each('the epoch of now', OffsetForLeaderEpoch, () => epoch(0), { to: 1 })
    await talk.each('a newer epoch', OffsetForLeaderEpoch, () => epoch(5), { to: 1 })
    await talk.each('an unknown partition', OffsetForLeaderEpoch, () => epoch(0, 9), { to: 1 })
    await talk.each('an unknown topic', OffsetForLeaderEpoch, () => epoch(0, 0, talk.fresh('unknown')), { to: 1 })
  },
}

const groups: Exchange = {
  id: 'old-groups',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const commit = (groupId: string, more = {}, of = name, partitionIndex = 0): RequestWrite<typeof OffsetCommit> => ({
      groupId,
      topics: [{ name: of, partitions: [{ partitionIndex, committedOffset: 5, committedMetadata: 'm' }] }],
      ...more,
    })
    const fetched = (groupId: string, of = name) => ({ groupId, topics: [{ name: of, partitionIndexes: [0, 1, 9] }] })
    const group = talk.fresh('g')
    await talk.ask('without members', OffsetCommit, 1, commit(group))
    await talk.each('what was committed', OffsetFetch, () => fetched(group), { to: 1 })
    await talk.each('of an unknown group', OffsetFetch, () => fetched(talk.fresh('unknown')), { to: 1 })
    await talk.each('of an unknown topic', OffsetFetch, () => fetched(group, 'no-such-topic'), { to: 1 })
    await talk.ask('to an unknown topic', OffsetCommit, 1, commit(group, {}, 'no-such-topic'))
    await talk.ask('to an unknown partition', OffsetCommit, 1, commit(group, {}, name, 9))
    await talk.ask(
      'of an unknown member',
      OffsetCommit,
      1,
      commit(talk.fresh('none'), { generationIdOrMemberEpoch: 3, memberId: 'm' }),
    )
    const live = talk.fresh('live')
    const { memberId, generationId } = await stable(talk, live)
    await talk.ask('of a member', OffsetCommit, 1, commit(live, { memberId, generationIdOrMemberEpoch: generationId }))
    await talk.ask(
      'of an old generation',
      OffsetCommit,
      1,
      commit(live, { memberId, generationIdOrMemberEpoch: generationId - 1 }),
    )
    await talk.ask('of nobody', OffsetCommit, 1, commit(live))
    await talk.ask('a member of 0.9', JoinGroup, 0, joining(0, talk.fresh('nine')))
  },
}

const topics: Exchange = {
  id: 'old-admin',
  async play(talk) {
    const create = (name: string, more = {}) => ({
      topics: [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...more }],
      timeoutMs: 10_000,
    })
    const { name } = await talk.topic('there', 1, { 'retention.ms': '5000' })
    const each = (label: string, request: () => RequestWrite<typeof CreateTopics>) =>
      talk.each(label, CreateTopics, request, { to: 1 })
    await each('a new topic', () => create(talk.fresh('t')))
    await each('a topic that is there', () => create(name))
    await each('a bad name', () => create('bad/name'))
    await each('a bad setting', () => create(talk.fresh('t'), { configs: [{ name: 'no.such', value: '1' }] }))
    await each('no partitions', () => create(talk.fresh('t'), { numPartitions: 0 }))
    await talk.ask('only validated', CreateTopics, 1, { ...create(talk.fresh('t')), validateOnly: true })
    await talk.ask('a topic', DescribeConfigs, 0, {
      resources: [{ resourceType: 2, resourceName: name, configurationKeys: ['retention.ms', 'segment.bytes'] }],
    })
    await talk.ask('an unknown topic', DescribeConfigs, 0, {
      resources: [{ resourceType: 2, resourceName: talk.fresh('unknown'), configurationKeys: [] }],
    })
    await talk.ask('a topic', DescribeLogDirs, 0, { topics: [{ topic: name, partitions: [0] }] })
    await talk.ask('a topic', DeleteTopics, 0, { topicNames: [name], timeoutMs: 10_000 })
    await talk.ask('an unknown topic', DeleteTopics, 0, { topicNames: [talk.fresh('unknown')], timeoutMs: 10_000 })
  },
}

/** What older clients ask. */
export const oldVersions: readonly Exchange[] = [producing, fetching, offsets, groups, topics]
