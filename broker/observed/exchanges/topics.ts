import { CreatePartitions, CreateTopics, DeleteTopics } from '../../../protocol/messages/index.ts'
import type { RequestWrite, ResponseRead } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import type { Talk } from '../talk.ts'

type NewTopic = RequestWrite<typeof CreateTopics>['topics'][number]
type Growing = RequestWrite<typeof CreatePartitions>['topics'][number]

/** A topic to create: one partition, one replica, no settings, unless said otherwise. */
const topic = (name: string, more: Partial<NewTopic> = {}): NewTopic => ({
  ...{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] },
  ...more,
})

const create = (topics: readonly NewTopic[], validateOnly = false): RequestWrite<typeof CreateTopics> => ({
  topics,
  timeoutMs: 10_000,
  validateOnly,
})

/** Of the settings in an answer: those that were given, and one that wasn't. */
const pick = (answer: ResponseRead<typeof CreateTopics>): ResponseRead<typeof CreateTopics> => ({
  ...answer,
  topics: answer.topics.map(topic => ({
    ...topic,
    configs: topic.configs?.filter(({ name, configSource }) => name === 'segment.bytes' || configSource === 1) ?? null,
  })),
})

/** Asks to create one topic, without creating it, in all versions. */
const refused = (label: string, of: (talk: Talk, name: string) => NewTopic) => ({ label, of })

const creations = [
  refused('fine', (_, name) => topic(name)),
  refused('an empty name', () => topic('')),
  refused('a name with a slash', () => topic('bad/name')),
  refused('the name .', () => topic('.')),
  refused('the name ..', () => topic('..')),
  refused('a name of 249 characters', () => topic('x'.repeat(249))),
  refused('a name of 250 characters', () => topic('x'.repeat(250))),
  refused('a name with a space', () => topic('a b')),
  refused('a name that is not ASCII', () => topic('tëst')),
  refused('an internal name', () => topic('__cluster_metadata')),
  refused('no partitions', (_, name) => topic(name, { numPartitions: 0 })),
  refused('minus two partitions', (_, name) => topic(name, { numPartitions: -2 })),
  refused('replication factor 0', (_, name) => topic(name, { replicationFactor: 0 })),
  refused('replication factor -2', (_, name) => topic(name, { replicationFactor: -2 })),
  refused('replication factor above the brokers', (_, name) => topic(name, { replicationFactor: 2 })),
  refused('default partitions and replicas', (_, name) => topic(name, { numPartitions: -1, replicationFactor: -1 })),
  refused('default partitions, one replica', (_, name) => topic(name, { numPartitions: -1 })),
  refused('an assignment', (_, name) =>
    topic(name, { numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] }),
  ),
  refused('an assignment and counts', (_, name) =>
    topic(name, { assignments: [{ partitionIndex: 0, brokerIds: [1] }] }),
  ),
  refused('an assignment to an unknown broker', (_, name) =>
    topic(name, { numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [7] }] }),
  ),
  refused('an assignment to one broker twice', (_, name) =>
    topic(name, { numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1, 1] }] }),
  ),
  refused('an assignment to nobody', (_, name) =>
    topic(name, { numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [] }] }),
  ),
  refused('an assignment that begins at 1', (_, name) =>
    topic(name, { numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 1, brokerIds: [1] }] }),
  ),
  refused('an assignment that names a partition twice', (_, name) =>
    topic(name, {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [
        { partitionIndex: 0, brokerIds: [1] },
        { partitionIndex: 0, brokerIds: [1] },
      ],
    }),
  ),
  ...(
    [
      ['a setting', 'retention.ms', '5000'],
      ['a setting without value', 'retention.ms', null],
      ['a setting that is not a number', 'retention.ms', 'soon'],
      ['a setting below its range', 'retention.ms', '-2'],
      ['a setting with spaces around', 'retention.ms', ' 5000 '],
      ['an unknown setting', 'no.such.setting', '1'],
      ['a list setting', 'cleanup.policy', 'compact,delete'],
      ['an empty list setting', 'cleanup.policy', ''],
      ['a list setting with a wrong member', 'cleanup.policy', 'compact,burn'],
      ['a list setting with a member twice', 'cleanup.policy', 'compact,compact'],
      ['a setting that is not in its list', 'compression.type', 'zip'],
      ['a boolean that is none', 'unclean.leader.election.enable', 'yes'],
      ['a segment below 1 MiB', 'segment.bytes', '1024'],
      ['a ratio above 1', 'min.cleanable.dirty.ratio', '1.5'],
      ['a number beyond int32', 'segment.bytes', '3000000000'],
      ['min.insync.replicas above the replicas', 'min.insync.replicas', '3'],
      ['min.insync.replicas 0', 'min.insync.replicas', '0'],
      ['remote storage, which is not there', 'remote.storage.enable', 'true'],
      ['a setting that Kafka 4 dropped', 'message.format.version', '2.8'],
      ['a compression level out of range', 'compression.gzip.level', '10'],
      ['max compaction lag below min', 'max.compaction.lag.ms', '0'],
      ['throttled replicas', 'leader.replication.throttled.replicas', '0:1,1:1'],
      ['throttled replicas that are no list of pairs', 'leader.replication.throttled.replicas', 'all'],
    ] as const
  ).map(([label, key, value]) => refused(label, (_, name) => topic(name, { configs: [{ name: key, value }] }))),
  refused('a setting twice', (_, name) =>
    topic(name, {
      configs: [
        { name: 'retention.ms', value: '5' },
        { name: 'retention.ms', value: '6' },
      ],
    }),
  ),
]

const validated: Exchange = {
  id: 'create-topics-validated',
  async play(talk) {
    for (const { label, of } of creations) {
      const name = talk.fresh('t')
      await talk.ask(label, CreateTopics, talk.newest(CreateTopics), create([of(talk, name)], true), { pick })
    }
  },
}

const versions: Exchange = {
  id: 'create-topics-versions',
  async play(talk) {
    await talk.each('a new topic', CreateTopics, () => create([topic(talk.fresh('t'))]), { pick })
    await talk.each('only validated', CreateTopics, () => create([topic(talk.fresh('t'))], true), { from: 1, pick })
    await talk.each(
      'broker defaults',
      CreateTopics,
      () => create([topic(talk.fresh('t'), { numPartitions: -1, replicationFactor: -1 })], true),
      { from: 1, pick },
    )
    const { name } = await talk.topic('there')
    await talk.each('a topic that is there', CreateTopics, () => create([topic(name)]), { pick })
    await talk.each(
      'a bad name beside a good one',
      CreateTopics,
      () => create([topic('bad/name'), topic(talk.fresh('good'))]),
      { pick },
    )
    await talk.each(
      'bad settings',
      CreateTopics,
      () => create([topic(talk.fresh('t'), { configs: [{ name: 'no.such', value: '1' }] })]),
      { pick },
    )
    await talk.each('nothing', CreateTopics, () => create([]), { pick })
  },
}

const several: Exchange = {
  id: 'create-topics-several',
  async play(talk) {
    const version = talk.newest(CreateTopics)
    const twice = talk.fresh('twice')
    await talk.ask('a name twice', CreateTopics, version, create([topic(twice), topic(twice)]), { pick })
    const same = talk.fresh('same')
    await talk.ask(
      'a name twice among others',
      CreateTopics,
      version,
      create([topic(same), topic(talk.fresh('other')), topic(same, { numPartitions: 2 })]),
      { pick },
    )
    const dotted = `${talk.fresh('c')}.x`
    await talk.ask('a name with a dot', CreateTopics, version, create([topic(dotted)]), { pick })
    await talk.ask('a name that collides with it', CreateTopics, version, create([topic(dotted.replace('.x', '_x'))]), {
      pick,
    })
    await talk.ask(
      'two names that collide',
      CreateTopics,
      version,
      create([topic(`${twice}.y`), topic(`${twice}_y`)]),
      { pick },
    )
    const left = talk.fresh('left')
    await talk.ask(
      'settings',
      CreateTopics,
      version,
      create([
        topic(left, {
          numPartitions: 3,
          configs: [
            { name: 'cleanup.policy', value: 'compact' },
            { name: 'segment.bytes', value: '1048576' },
          ],
        }),
      ]),
      { pick },
    )
    await talk.ask(
      'no time',
      CreateTopics,
      version,
      { ...create([topic(talk.fresh('hasty'))]), timeoutMs: 60_000 },
      { pick },
    )
  },
}

/** Topics by name, where the version has them. */
const remove = (version: number, ...names: string[]): RequestWrite<typeof DeleteTopics> =>
  version < 6 ? { topicNames: names, timeoutMs: 10_000 } : { topics: names.map(name => ({ name })), timeoutMs: 10_000 }

const deletion: Exchange = {
  id: 'delete-topics',
  async play(talk) {
    const each = (label: string, names: () => Promise<string[]>): Promise<void> =>
      talk.each(label, DeleteTopics, async version => remove(version, ...(await names())))
    await each('a topic by name', async () => [(await talk.topic('t')).name])
    await each('an unknown name', async () => [talk.fresh('unknown')])
    await each('bad names', async () => ['bad/name', ''])
    await each('a name twice', async () => {
      const { name } = await talk.topic('twice')
      return [name, name]
    })
    await each('nothing', async () => [])
    const version = talk.newest(DeleteTopics)
    const byId = await talk.topic('by-id')
    const ask = (label: string, topics: RequestWrite<typeof DeleteTopics>['topics']) =>
      talk.ask(label, DeleteTopics, version, { topics: topics!, timeoutMs: 10_000 })
    await ask('an id', [{ topicId: byId.id }])
    await ask('the id again', [{ topicId: byId.id }])
    const both = await talk.topic('both')
    await ask('id and name', [{ name: both.name, topicId: both.id }])
    await ask('name and id apart', [{ name: both.name }, { topicId: both.id }])
    await ask('an id twice', [{ topicId: both.id }, { topicId: both.id }])
    await ask('neither id nor name', [{}])
  },
}

const growing = (topics: readonly Growing[], validateOnly = false): RequestWrite<typeof CreatePartitions> => ({
  topics,
  timeoutMs: 10_000,
  validateOnly,
})

const partitions: Exchange = {
  id: 'create-partitions',
  async play(talk) {
    await talk.each('from 1 to 3', CreatePartitions, async () =>
      growing([{ name: (await talk.topic('t')).name, count: 3, assignments: null }]),
    )
    const version = talk.newest(CreatePartitions)
    const { name } = await talk.topic('fixed', 2)
    const other = (await talk.topic('other', 2)).name
    const ask = (label: string, ...topics: Growing[]) =>
      talk.ask(label, CreatePartitions, version, growing(topics, true))
    await talk.each('only validated', CreatePartitions, () => growing([{ name, count: 3, assignments: null }], true))
    await ask('the same count', { name, count: 2, assignments: null })
    await ask('fewer', { name, count: 1, assignments: null })
    await ask('none', { name, count: 0, assignments: null })
    await ask('minus one', { name, count: -1, assignments: null })
    await ask('an unknown topic', { name: talk.fresh('unknown'), count: 5, assignments: null })
    await ask('a bad name', { name: 'bad/name', count: 5, assignments: null })
    await ask('an assignment', { name, count: 3, assignments: [{ brokerIds: [1] }] })
    await ask('too many assignments', { name, count: 3, assignments: [{ brokerIds: [1] }, { brokerIds: [1] }] })
    await ask('too few assignments', { name, count: 4, assignments: [{ brokerIds: [1] }] })
    await ask('an empty assignment', { name, count: 3, assignments: [{ brokerIds: [] }] })
    await ask('no assignments', { name, count: 3, assignments: [] })
    await ask('an assignment of other size', { name, count: 3, assignments: [{ brokerIds: [1, 2] }] })
    await ask('an assignment with a broker twice', { name, count: 3, assignments: [{ brokerIds: [1, 1] }] })
    await ask('an assignment to an unknown broker', { name, count: 3, assignments: [{ brokerIds: [9] }] })
    await ask('a topic twice', { name, count: 3, assignments: null }, { name, count: 4, assignments: null })
    await ask(
      'a topic twice beside another',
      { name, count: 3, assignments: null },
      { name, count: 4, assignments: null },
      { name: other, count: 3, assignments: null },
    )
    await ask('nothing')
  },
}

/** CreateTopics, DeleteTopics and CreatePartitions. */
export const topics: readonly Exchange[] = [validated, versions, several, deletion, partitions]
