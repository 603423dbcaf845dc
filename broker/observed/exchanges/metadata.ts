import { DescribeTopicPartitions, Metadata } from '../../../protocol/messages/index.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'

const unknownId = 'z1DhYYEPTUCeq10FlY0-dQ'

/** Topics by name in a Metadata request. */
const named = (...names: string[]): RequestWrite<typeof Metadata>['topics'] => names.map(name => ({ name }))

const metadata: Exchange = {
  id: 'metadata',
  async play(talk) {
    const { name, id } = await talk.topic('t', 2)
    const unknown = talk.fresh('unknown')
    const quiet = (version: number) => (version >= 4 ? { allowAutoTopicCreation: false } : {})
    await talk.each('a topic', Metadata, () => ({ topics: named(name) }))
    await talk.each('all topics', Metadata, version => ({ topics: version === 0 ? [] : null }), {
      pick: answer => ({ ...answer, topics: answer.topics.filter(topic => topic.name === name) }),
    })
    await talk.each('no topics', Metadata, () => ({ topics: [] }), { from: 1 })
    await talk.each('an unknown topic', Metadata, version => ({ topics: named(unknown), ...quiet(version) }), {
      from: 4,
    })
    await talk.each('bad names', Metadata, version => ({
      topics: named('bad/name', '', '..', 'x'.repeat(250)),
      ...quiet(version),
    }))
    await talk.each('bad names and creation', Metadata, () => ({ topics: named('bad/name', '') }), { from: 4 })
    await talk.each('a topic twice', Metadata, () => ({ topics: named(name, name) }))
    await talk.each(
      'authorised operations of the topic',
      Metadata,
      () => ({
        topics: named(name),
        includeTopicAuthorizedOperations: true,
      }),
      { from: 8 },
    )
    await talk.each(
      'authorised operations of the cluster',
      Metadata,
      () => ({
        topics: named(name),
        includeClusterAuthorizedOperations: true,
      }),
      { from: 8, to: 10 },
    )
    await talk.each('an id', Metadata, () => ({ topics: [{ topicId: id, name: null }] }), { from: 10 })
    await talk.each('an unknown id', Metadata, () => ({ topics: [{ topicId: unknownId, name: null }] }), { from: 10 })
    await talk.each('id and name', Metadata, () => ({ topics: [{ topicId: id, name }] }), { from: 10 })
    await talk.each(
      'an id twice',
      Metadata,
      () => ({
        topics: [
          { topicId: id, name: null },
          { topicId: id, name: null },
        ],
      }),
      { from: 12 },
    )
    await talk.each(
      'ids and names',
      Metadata,
      () => ({
        topics: [{ topicId: id, name: null }, { name }],
      }),
      { from: 12 },
    )
    await talk.each('neither id nor name', Metadata, () => ({ topics: [{ name: null }] }), { from: 10 })
  },
}

const autoCreation: Exchange = {
  id: 'metadata-auto-creation',
  async play(talk) {
    await talk.each('an unknown topic is made', Metadata, () => ({ topics: named(talk.fresh('t')) }))
    const name = talk.fresh('then-there')
    await talk.quietly(Metadata, 12, { topics: named(name) })
    await talk.ask(
      'made before',
      Metadata,
      12,
      { topics: named(name) },
      {
        until: answer => answer.topics[0]?.errorCode === 0,
      },
    )
  },
}

const topicPartitions: Exchange = {
  id: 'describe-topic-partitions',
  async play(talk) {
    const a = await talk.topic('a', 3)
    const b = await talk.topic('b', 2)
    const missing = talk.fresh('missing')
    const ask = (label: string, request: RequestWrite<typeof DescribeTopicPartitions>) =>
      talk.ask(label, DescribeTopicPartitions, 0, request, { ordered: true })
    const both = [{ name: a.name }, { name: b.name }]
    await ask('two topics', { topics: both })
    await ask('the other order', { topics: [...both].reverse() })
    await ask('at most two partitions', { topics: both, responsePartitionLimit: 2 })
    await ask('from where that ended', {
      topics: both,
      responsePartitionLimit: 2,
      cursor: { topicName: a.name, partitionIndex: 2 },
    })
    await ask('the rest', { topics: both, cursor: { topicName: b.name, partitionIndex: 1 } })
    await ask('just as many as there are', { topics: both, responsePartitionLimit: 5 })
    await ask('all of the first topic', { topics: both, responsePartitionLimit: 3 })
    await ask('a limit of 0', { topics: both, responsePartitionLimit: 0 })
    await ask('a limit of -1', { topics: both, responsePartitionLimit: -1 })
    await ask('a cursor behind the partitions', { topics: both, cursor: { topicName: a.name, partitionIndex: 9 } })
    await ask('a cursor at partition -1', { topics: both, cursor: { topicName: a.name, partitionIndex: -1 } })
    await ask('a cursor at a topic that was not asked for', {
      topics: [{ name: a.name }],
      cursor: { topicName: b.name, partitionIndex: 0 },
    })
    await ask('a cursor at a missing topic', { topics: both, cursor: { topicName: missing, partitionIndex: 0 } })
    await ask('a missing topic', { topics: [{ name: missing }, { name: a.name }] })
    await ask('bad names', { topics: [{ name: 'bad/name' }, { name: '' }] })
    await ask('a topic twice', { topics: [{ name: b.name }, { name: b.name }] })
    await talk.ask(
      'all topics',
      DescribeTopicPartitions,
      0,
      { topics: [] },
      {
        ordered: true,
        pick: answer => ({
          ...answer,
          topics: answer.topics.filter(({ name }) => name === a.name || name === b.name),
        }),
      },
    )
  },
}

/** Metadata and DescribeTopicPartitions. */
export const metadataExchanges: readonly Exchange[] = [metadata, autoCreation, topicPartitions]
