import { DeleteRecords, Fetch, ListOffsets, OffsetForLeaderEpoch } from '../../../protocol/messages/index.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import type { MadeTopic, Talk } from '../talk.ts'
import { batchOf, batchWith, keep, produceTo, thenMs } from './records.ts'

type Listing = RequestWrite<typeof ListOffsets>

const [latest, earliest, maxTimestamp, earliestLocal, latestTiered, earliestPendingUpload] = [-1, -2, -3, -4, -5, -6]

const list = ({ name }: MadeTopic, timestamp: number, partitionIndex = 0): Listing => ({
  replicaId: -1,
  topics: [{ name, partitions: [{ partitionIndex, timestamp }] }],
})

const listed: Exchange = {
  id: 'list-offsets',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    // Timestamps from thenMs to thenMs + 2, then from thenMs on again.
    await produceTo(talk, topic.name, [batchOf('a', 'b', 'c'), batchWith({ compression: 'gzip' }, 'd', 'e')])
    const each = (label: string, timestamp: number, partition = 0) =>
      talk.each(label, ListOffsets, () => list(topic, timestamp, partition))
    await each('latest', latest)
    await each('earliest', earliest)
    await each('max timestamp', maxTimestamp)
    await each('earliest local', earliestLocal)
    await each('latest tiered', latestTiered)
    await each('earliest pending upload', earliestPendingUpload)
    await each('an unknown special timestamp', -7)
    await each('the first timestamp', thenMs)
    await each('a timestamp inside of a batch', thenMs + 1)
    await each('a timestamp beyond all', thenMs + 3)
    const ask = (label: string, timestamp: number, partition = 0) =>
      talk.ask(label, ListOffsets, 10, list(topic, timestamp, partition))
    await ask('a timestamp before all', 0)
    await ask('the last timestamp of a batch', thenMs + 2)
    for (const timestamp of [latest, earliest, maxTimestamp, earliestLocal, latestTiered, thenMs]) {
      await ask(`${timestamp} of an empty partition`, timestamp, 1)
    }
  },
}

const refused: Exchange = {
  id: 'list-offsets-refused',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    await produceTo(talk, topic.name, [batchOf('a')])
    const missing = { name: talk.fresh('missing'), id: '' }
    await talk.each('an unknown topic', ListOffsets, () => list(missing, latest))
    await talk.each('an unknown partition', ListOffsets, () => list(topic, latest, 9))
    const ask = (label: string, request: Listing) => talk.ask(label, ListOffsets, 10, request)
    const partitions = (...of: Listing['topics'][number]['partitions'][number][]): Listing => ({
      replicaId: -1,
      topics: [{ name: topic.name, partitions: of }],
    })
    await talk.each(
      'the right epoch',
      ListOffsets,
      () => partitions({ partitionIndex: 0, timestamp: latest, currentLeaderEpoch: 0 }),
      { from: 4 },
    )
    await talk.each(
      'a newer epoch',
      ListOffsets,
      () => partitions({ partitionIndex: 0, timestamp: latest, currentLeaderEpoch: 9 }),
      { from: 4 },
    )
    await ask(
      'a partition twice',
      partitions(
        { partitionIndex: 0, timestamp: latest },
        { partitionIndex: 0, timestamp: earliest },
        { partitionIndex: 1, timestamp: latest },
      ),
    )
    await talk.each(
      'an epoch of -2',
      ListOffsets,
      () => partitions({ partitionIndex: 0, timestamp: latest, currentLeaderEpoch: -2 }),
      { from: 4 },
    )
    await ask('a topic without partitions', partitions())
    await ask('a bad name', list({ name: 'bad/name', id: '' }, latest))
    await ask('nothing', { replicaId: -1, topics: [] })
    await ask('read committed', { ...list(topic, latest), isolationLevel: 1 })
    await ask('read committed by timestamp', { ...list(topic, thenMs), isolationLevel: 1 })
    await ask('an unknown isolation level', { ...list(topic, latest), isolationLevel: 9 })
    await ask('a replica', { ...list(topic, latest), replicaId: 5 })
    await ask('a debugging consumer', { ...list(topic, latest), replicaId: -2 })
  },
}

const remove = ({ name }: MadeTopic, ...of: readonly (readonly [partitionIndex: number, offset: number])[]) => ({
  topics: [{ name, partitions: of.map(([partitionIndex, offset]) => ({ partitionIndex, offset })) }],
  timeoutMs: 10_000,
})

/** Where a partition begins, and what a reader from 0 is told. */
const start = async (talk: Talk, label: string, topic: MadeTopic): Promise<void> => {
  await talk.ask(`earliest after ${label}`, ListOffsets, 10, list(topic, earliest))
  await talk.ask(`from 0 after ${label}`, Fetch, 17, {
    ...{ maxWaitMs: 0, minBytes: 0 },
    topics: [{ topicId: topic.id, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
  })
}

const deletions: Exchange = {
  id: 'delete-records',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    await produceTo(talk, topic.name, [batchOf('a', 'b', 'c'), batchOf('d'), batchOf('e')])
    await talk.each('to inside of a batch', DeleteRecords, () => remove(topic, [0, 1]))
    await start(talk, 'to inside of a batch', topic)
    await talk.each('to below the start', DeleteRecords, () => remove(topic, [0, 0]))
    await talk.each('to beyond the end', DeleteRecords, () => remove(topic, [0, 6]))
    await talk.each('to -2', DeleteRecords, () => remove(topic, [0, -2]))
    await talk.each('an unknown partition', DeleteRecords, () => remove(topic, [9, 0], [1, 0]))
    await talk.each('an unknown topic', DeleteRecords, () => remove({ name: talk.fresh('missing'), id: '' }, [0, 0]))
    const ask = (label: string, request: RequestWrite<typeof DeleteRecords>) =>
      talk.ask(label, DeleteRecords, 2, request)
    await ask('a topic without partitions', remove(topic))
    await ask('a bad name', remove({ name: 'bad/name', id: '' }, [0, 0]))
    await ask('a partition twice', remove(topic, [0, 1], [0, 3]))
    await ask('to the next batch', remove(topic, [0, 3]))
    await start(talk, 'to the next batch', topic)
    await ask('all', remove(topic, [0, -1]))
    await start(talk, 'all', topic)
    await ask('all again', remove(topic, [0, -1], [1, -1]))
    await ask('nothing', { topics: [], timeoutMs: 10_000 })
    await talk.ask('latest after all', ListOffsets, 10, list(topic, latest))
    await talk.ask('max timestamp after all', ListOffsets, 10, list(topic, maxTimestamp))
    await talk.ask('by timestamp after all', ListOffsets, 10, list(topic, thenMs))
    await produceTo(talk, topic.name, [batchOf('f')])
    await start(talk, 'another record', topic)
    const compacted = await talk.topic('compacted', 1, { ...keep, 'cleanup.policy': 'compact' })
    await produceTo(talk, compacted.name, [batchOf('a')])
    await ask('a compacted topic', remove(compacted, [0, 1]))
  },
}

const epochs: Exchange = {
  id: 'offset-for-leader-epoch',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    await produceTo(talk, topic.name, [batchOf('a', 'b', 'c')])
    const request = (name: string, partition: number, leaderEpoch: number, currentLeaderEpoch = -1) => ({
      topics: [{ topic: name, partitions: [{ partition, leaderEpoch, currentLeaderEpoch }] }],
    })
    const each = (label: string, partition: number, leaderEpoch: number, currentLeaderEpoch = -1) =>
      talk.each(label, OffsetForLeaderEpoch, () => request(topic.name, partition, leaderEpoch, currentLeaderEpoch))
    await each('the epoch of now', 0, 0)
    await each('the epoch of now, of an empty partition', 1, 0)
    await each('a newer epoch', 0, 5)
    await each('no epoch', 0, -1)
    await each('an epoch of -2', 0, -2)
    await each('known to be the current', 0, 0, 0)
    await each('thought newer than the current', 0, 0, 3)
    await each('known as -2', 0, 0, -2)
    await each('an unknown partition', 9, 0)
    await talk.each('an unknown topic', OffsetForLeaderEpoch, () => request(talk.fresh('missing'), 0, 0))
    await talk.ask('a bad name', OffsetForLeaderEpoch, 4, request('bad/name', 0, 0))
    await talk.ask('nothing', OffsetForLeaderEpoch, 4, { topics: [] })
    await talk.ask('a replica', OffsetForLeaderEpoch, 4, { ...request(topic.name, 0, 0), replicaId: 7 })
    await talk.ask('a consumer', OffsetForLeaderEpoch, 4, { ...request(topic.name, 0, 0), replicaId: -1 })
  },
}

/** ListOffsets, DeleteRecords, OffsetForLeaderEpoch. */
export const offsets: readonly Exchange[] = [listed, refused, deletions, epochs]
