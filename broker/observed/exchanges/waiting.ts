import {
  CreatePartitions,
  CreateTopics,
  DeleteTopics,
  Fetch,
  ListOffsets,
  Produce,
} from '../../../protocol/messages/index.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import type { Talk } from '../talk.ts'
import { batchOf, keep, produceTo } from './records.ts'

type Fetching = RequestWrite<typeof Fetch>

/** Longer than any exchange takes: only what it waits for ends it. */
const maxWaitMs = 5000

const at = (topicId: string, fetchOffset: number, partition = 0): NonNullable<Fetching['topics']>[number] => ({
  topicId,
  partitions: [{ partition, fetchOffset, partitionMaxBytes: 1 << 20 }],
})

/** Lets the broker read what another connection sent. That the wait has begun by then isn't sure, nor is it needed. */
const pauses = async (talk: Talk): Promise<void> => {
  await talk.quietly(ListOffsets, 10, { replicaId: -1, topics: [] })
}

const waits: Exchange = {
  id: 'fetch-waits',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    const waiter = talk.another()
    const wait = (label: string, topics: NonNullable<Fetching['topics']>, minBytes: number) =>
      waiter.ask(label, Fetch, 17, { maxWaitMs, minBytes, topics })
    const one = wait('for one byte', [at(topic.id, 0)], 1)
    await pauses(talk)
    await produceTo(talk, topic.name, [batchOf('a')])
    await one
    const many = wait('for the bytes of two batches', [at(topic.id, 1)], 142)
    await pauses(talk)
    await produceTo(talk, topic.name, [batchOf('b'), batchOf('c')])
    await many
    const other = wait('for any of two partitions', [at(topic.id, 3), at(topic.id, 0, 1)], 1)
    await pauses(talk)
    await produceTo(talk, topic.name, [batchOf('d')], 1)
    await other
    await talk.ask('in vain', Fetch, 17, { maxWaitMs: 1, minBytes: 1, topics: [at(topic.id, 3)] })
  },
}

/** Makes a topic of a name, and tells its id. */
const make = async (talk: Talk, name: string): Promise<string> => {
  const created = await talk.quietly(CreateTopics, 7, {
    topics: [
      {
        name,
        numPartitions: 1,
        replicationFactor: 1,
        assignments: [],
        configs: [{ name: 'retention.ms', value: '-1' }],
      },
    ],
    timeoutMs: 10_000,
  })
  await talk.leads(name, 1)
  return created.topics[0]!.topicId
}

const again: Exchange = {
  id: 'topic-made-again',
  async play(talk) {
    const name = talk.fresh('t')
    const first = await make(talk, name)
    await produceTo(talk, name, [batchOf('a')])
    const { sessionId } = await talk.quietly(Fetch, 17, {
      maxWaitMs: 0,
      minBytes: 0,
      sessionEpoch: 0,
      topics: [at(first, 0)],
    })
    const byName = await talk.quietly(Fetch, 12, {
      ...{ maxWaitMs: 0, minBytes: 0, sessionEpoch: 0 },
      topics: [{ topic: name, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
    })
    await talk.quietly(DeleteTopics, 6, { topics: [{ name }], timeoutMs: 10_000 })
    const gone = {
      until: (answer: { responses: { partitions: { errorCode: number }[] }[] }) =>
        answer.responses[0]?.partitions[0]?.errorCode !== 0,
    }
    await talk.ask(
      'by name of what is gone',
      Fetch,
      12,
      {
        ...{ maxWaitMs: 0, minBytes: 0 },
        topics: [{ topic: name, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
      },
      gone,
    )
    const second = await make(talk, name)
    await produceTo(talk, name, [batchOf('b'), batchOf('c')])
    const onlySession = {
      pick: (answer: { sessionId: number }) => ({ ...answer, sessionId: Math.min(1, answer.sessionId) }) as never,
    }
    await talk.ask(
      'a session by the old id',
      Fetch,
      17,
      { maxWaitMs: 0, minBytes: 0, sessionId, sessionEpoch: 1, topics: [] },
      onlySession,
    )
    await talk.ask(
      'a session by name',
      Fetch,
      12,
      { maxWaitMs: 0, minBytes: 0, sessionId: byName.sessionId, sessionEpoch: 1, topics: [] },
      onlySession,
    )
    await talk.ask('by the old id', Fetch, 17, { maxWaitMs: 0, minBytes: 0, topics: [at(first, 0)] })
    await talk.ask('by the new id', Fetch, 17, { maxWaitMs: 0, minBytes: 0, topics: [at(second, 0)] })
    const produce = (topicId: string): RequestWrite<typeof Produce> => ({
      ...{ acks: -1, timeoutMs: 10_000 },
      topicData: [{ topicId, partitionData: [{ index: 0, records: [batchOf('d')] }] }],
    })
    await talk.ask('to the old id', Produce, 13, produce(first))
    await talk.ask('to the new id', Produce, 13, produce(second))
    await talk.quietly(CreatePartitions, 3, {
      topics: [{ name, count: 2, assignments: null }],
      timeoutMs: 10_000,
      validateOnly: false,
    })
    await talk.leads(name, 2)
    await talk.ask('of a partition that was added', Fetch, 17, {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [at(second, 0, 1)],
    })
    await produceTo(talk, name, [batchOf('e')], 1)
    await talk.ask('of a partition that was added and written', Fetch, 17, {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [at(second, 0, 1)],
    })
  },
}

/** What waits, and what changes under it. */
export const waiting: readonly Exchange[] = [waits, again]
