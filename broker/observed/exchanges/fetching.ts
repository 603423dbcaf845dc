import { Fetch } from '../../../protocol/messages/index.ts'
import { codecs } from '../../../protocol/records/compression.ts'
import type { RequestWrite, ResponseRead } from '../../../protocol/schema/notation.ts'
import type { AskOptions, MadeTopic, Talk } from '../talk.ts'
import type { Exchange } from '../exchange.ts'
import { batchOf, batchWith, keep, produceTo } from './records.ts'

type Fetching = RequestWrite<typeof Fetch>
type FetchPartition = NonNullable<NonNullable<Fetching['topics']>[number]['partitions']>[number]

const from = 4
const unknown: MadeTopic = { name: 'no-such-topic', id: 'z1DhYYEPTUCeq10FlY0-dQ' }

const topicOf = (version: number, { name, id }: MadeTopic) => (version < 13 ? { topic: name } : { topicId: id })

const at = (partition: number, fetchOffset: number, more: Partial<FetchPartition> = {}): FetchPartition => ({
  ...{ partition, fetchOffset, partitionMaxBytes: 1 << 20 },
  ...more,
})

/** A request for partitions of one topic that waits for nothing. */
const fetch = (
  version: number,
  topic: MadeTopic,
  partitions: readonly FetchPartition[],
  more: Partial<Fetching> = {},
): Fetching => ({
  ...{ maxWaitMs: 0, minBytes: 0, topics: [{ ...topicOf(version, topic), partitions }] },
  ...more,
})

const reads: Exchange = {
  id: 'fetch',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    await produceTo(talk, topic.name, [batchOf('a', 'b', 'c'), batchOf('d'), batchOf('e', 'f')])
    const each = (label: string, partitions: FetchPartition[], more: Partial<Fetching> = {}) =>
      talk.each(label, Fetch, version => fetch(version, topic, partitions, more), { from })
    await each('from the start', [at(0, 0)])
    await each('an empty partition', [at(1, 0)])
    await each('beyond the end', [at(0, 7)])
    const version = talk.newest(Fetch)
    const ask = (label: string, partitions: FetchPartition[], more: Partial<Fetching> = {}) =>
      talk.ask(label, Fetch, version, fetch(version, topic, partitions, more))
    await ask('inside a batch', [at(0, 1)])
    await ask('the last offset', [at(0, 5)])
    await ask('at the end', [at(0, 6)])
    await ask('below the start', [at(0, -1)])
    await ask('far beyond the end', [at(0, Number.MAX_SAFE_INTEGER)])
    await ask('a partition that is not there', [at(9, 0), at(0, 3)])
    await ask('a negative partition', [at(-1, 0)])
    await ask('a partition twice', [at(0, 0), at(0, 4)])
    await ask('no bytes of a partition', [at(0, 0, { partitionMaxBytes: 0 })])
    await ask('one byte of a partition', [at(0, 0, { partitionMaxBytes: 1 })])
    await ask('a negative number of bytes', [at(0, 0, { partitionMaxBytes: -1 })])
    await ask('bytes of a batch and a half', [at(0, 0, { partitionMaxBytes: 150 })])
    await ask('bytes of two batches', [at(0, 0, { partitionMaxBytes: 81 + 11 + 71 })])
    await ask('one byte of all', [at(0, 0), at(0, 4)], { maxBytes: 1 })
    await ask('no bytes of all', [at(0, 0)], { maxBytes: 0 })
    await ask('a wait that data ends', [at(0, 0)], { minBytes: 1, maxWaitMs: 60_000 })
    await ask('a wait that an error ends', [at(0, 9)], { minBytes: 1, maxWaitMs: 60_000 })
    await ask('a wait for too many bytes', [at(0, 0)], { minBytes: 100_000, maxWaitMs: 1 })
    await ask('read committed', [at(0, 0)], { isolationLevel: 1 })
    await ask('an unknown isolation level', [at(0, 0)], { isolationLevel: 2 })
    await ask('a replica', [at(0, 0)], { replicaState: { replicaId: 5, replicaEpoch: -1 } })
    await ask('a debugging consumer', [at(0, 0)], { replicaState: { replicaId: -2, replicaEpoch: -1 } })
    await ask('a cluster id', [at(0, 0)], { clusterId: 'another' })
    await ask('a rack', [at(0, 5)], { rackId: 'r' })
    await talk.ask('nothing', Fetch, version, { maxWaitMs: 60_000, minBytes: 1, topics: [] })
  },
}

const limits: Exchange = {
  id: 'fetch-limits',
  async play(talk) {
    const big = await talk.topic('big', 3, keep)
    for (const partition of [0, 1, 2])
      await produceTo(talk, big.name, [batchOf('x'.repeat(1000)), batchOf('y'.repeat(1000))], partition)
    const version = talk.newest(Fetch)
    const ask = (label: string, partitions: FetchPartition[], more: Partial<Fetching> = {}) =>
      talk.ask(label, Fetch, version, fetch(version, big, partitions, more), { ordered: true })
    await ask('a limit below the first batch', [at(0, 0), at(1, 0), at(2, 0)], { maxBytes: 10 })
    await ask('a limit of one batch and a half', [at(0, 0), at(1, 0), at(2, 0)], { maxBytes: 1600 })
    await ask('a limit of three batches', [at(0, 0), at(1, 0), at(2, 0)], { maxBytes: 3300 })
    await ask('partition limits below a batch', [
      at(0, 0, { partitionMaxBytes: 10 }),
      at(1, 0, { partitionMaxBytes: 10 }),
    ])
    await ask('an empty one first', [at(0, 2), at(1, 0, { partitionMaxBytes: 10 }), at(2, 0)], { maxBytes: 10 })
    await ask('in another order', [at(2, 0), at(0, 0)], { maxBytes: 10 })
  },
}

const places: Exchange = {
  id: 'fetch-unknown',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    await produceTo(talk, topic.name, [batchOf('a')])
    await talk.each('an unknown topic', Fetch, version => fetch(version, unknown, [at(0, 0)]), { from })
    await talk.each(
      'an unknown topic beside a known',
      Fetch,
      version => ({
        ...{ maxWaitMs: 0, minBytes: 0 },
        topics: [
          { ...topicOf(version, unknown), partitions: [at(0, 0)] },
          { ...topicOf(version, topic), partitions: [at(0, 0)] },
        ],
      }),
      { from },
    )
    await talk.each(
      'a bad name, a zero id',
      Fetch,
      version => fetch(version, { name: 'bad/name', id: 'AAAAAAAAAAAAAAAAAAAAAA' }, [at(0, 0)]),
      { from },
    )
    const epochs = (label: string, more: Partial<FetchPartition>, first = 9) =>
      talk.each(label, Fetch, version => fetch(version, topic, [at(0, 0, more)]), { from: first })
    await epochs('the right epoch', { currentLeaderEpoch: 0 })
    await epochs('a newer epoch', { currentLeaderEpoch: 1 })
    await epochs('an epoch of -2', { currentLeaderEpoch: -2 })
    await epochs('the last fetched epoch', { lastFetchedEpoch: 0 }, 12)
    await epochs('a last fetched epoch that is too new', { lastFetchedEpoch: 5 }, 12)
    await talk.ask(
      'a last fetched epoch beyond the end',
      Fetch,
      17,
      fetch(17, topic, [at(0, 5, { lastFetchedEpoch: 0 })]),
    )
    const again = await talk.topic('again', 1, keep)
    await talk.ask('of a topic that was there once', Fetch, 17, fetch(17, { ...again, id: unknown.id }, [at(0, 0)]))
  },
}

const compressed: Exchange = {
  id: 'fetch-compressed',
  async play(talk) {
    for (const compression of codecs.slice(1)) {
      const topic = await talk.topic('t', 1, keep)
      await produceTo(talk, topic.name, [batchWith({ compression }, 'aaaaaaaa', 'bbbbbbbb')])
      await talk.each(compression, Fetch, version => fetch(version, topic, [at(0, 1)]), { from })
    }
  },
}

const sessions: Exchange = {
  id: 'fetch-sessions',
  async play(talk) {
    for (const version of talk.versions(Fetch, 7)) await session(talk, version)
  },
}

/** One session's life in one version. */
const session = async (talk: Talk, version: number): Promise<void> => {
  const topic = await talk.topic('t', 3, keep)
  await produceTo(talk, topic.name, [batchOf('a')])
  let sessionId = 0
  const ask = async (
    label: string,
    sessionEpoch: number,
    partitions: FetchPartition[],
    more: Partial<Fetching> = {},
  ) => {
    const topics = partitions.length === 0 ? [] : [{ ...topicOf(version, topic), partitions }]
    const answer: ResponseRead<typeof Fetch> | null = await talk.ask(
      label,
      Fetch,
      version,
      {
        ...{ maxWaitMs: 0, minBytes: 0, sessionId, sessionEpoch, topics },
        ...more,
      },
      oneSession,
    )
    return answer?.sessionId ?? 0
  }
  const forget = (...partitions: number[]) => ({ forgottenTopicsData: [{ ...topicOf(version, topic), partitions }] })
  sessionId = await ask('a new session', 0, [at(0, 0), at(1, 0)])
  await ask('nothing moved', 1, [])
  await ask('one moved', 2, [at(0, 1)])
  await ask('nothing new', 3, [])
  await produceTo(talk, topic.name, [batchOf('b')])
  await ask('something new', 4, [])
  await produceTo(talk, topic.name, [batchOf('c')], 2)
  await ask('a partition more', 5, [at(2, 0), at(0, 2)])
  await ask('a partition less', 6, [], forget(2))
  await ask('forgetting what is not in it', 7, [], forget(7))
  await ask('an unknown partition', 8, [at(9, 0)])
  await ask('the unknown partition again', 9, [])
  await ask('an epoch of old', 5, [])
  await ask('an epoch too new', 99, [])
  await ask('on with the right one', 10, [], forget(9))
  await ask('without a session', -1, [at(0, 0)], { sessionId: 0 })
  await ask('an unknown session', 5, [], { sessionId: sessionId + 100 })
  await ask('a session of 0 with epoch 1', 1, [at(0, 0)], { sessionId: 0 })
  await ask('closed', -1, [at(0, 2)])
  await ask('after closing', 11, [])
}

/** Session ids differ from broker to broker and version to version: only whether there is one. */
const oneSession: AskOptions<typeof Fetch> = {
  pick: answer => ({ ...answer, sessionId: answer.sessionId === 0 ? 0 : 1 }),
}

const mixed: Exchange = {
  id: 'fetch-session-mixed',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    const { sessionId } = await talk.quietly(Fetch, 12, fetch(12, topic, [at(0, 0)], { sessionEpoch: 0 }))
    await talk.ask(
      'names, then ids',
      Fetch,
      13,
      fetch(13, topic, [at(0, 0)], { sessionId, sessionEpoch: 1 }),
      oneSession,
    )
    const byId = await talk.quietly(Fetch, 13, fetch(13, topic, [at(0, 0)], { sessionEpoch: 0 }))
    await talk.ask(
      'ids, then names',
      Fetch,
      12,
      fetch(12, topic, [at(0, 0)], { sessionId: byId.sessionId, sessionEpoch: 1 }),
      oneSession,
    )
    const third = await talk.quietly(Fetch, 13, fetch(13, topic, [at(0, 0)], { sessionEpoch: 0 }))
    await talk.ask(
      'an unknown id in a session',
      Fetch,
      13,
      fetch(13, unknown, [at(0, 0)], { sessionId: third.sessionId, sessionEpoch: 1 }),
      oneSession,
    )
    await talk.ask(
      'the unknown id again',
      Fetch,
      13,
      { maxWaitMs: 0, minBytes: 0, topics: [], sessionId: third.sessionId, sessionEpoch: 2 },
      oneSession,
    )
    await talk.ask(
      'a new session with an error',
      Fetch,
      13,
      fetch(13, unknown, [at(0, 0)], { sessionEpoch: 0 }),
      oneSession,
    )
    await talk.ask(
      'a new session of nothing',
      Fetch,
      13,
      { maxWaitMs: 0, minBytes: 0, topics: [], sessionEpoch: 0 },
      oneSession,
    )
  },
}

/** Fetch. */
export const fetching: readonly Exchange[] = [reads, limits, places, compressed, sessions, mixed]
