import { DeleteRecords, Fetch, ListOffsets } from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import type { MadeTopic, Talk } from '../talk.ts'
import { batchOf, produceTo, thenMs } from './records.ts'
import { begin, keep } from './txn-producer.ts'

const listed = async (talk: Talk, label: string, topic: MadeTopic): Promise<void> => {
  const list = (what: string, timestamp: number, isolationLevel: number) =>
    talk.ask(`${what}, ${label}, ${isolationLevel === 1 ? 'committed' : 'all'}`, ListOffsets, 10, {
      replicaId: -1,
      isolationLevel,
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp }] }],
    })
  for (const isolationLevel of [0, 1]) {
    await list('latest', -1, isolationLevel)
    await list('earliest', -2, isolationLevel)
    await list('greatest timestamp', -3, isolationLevel)
    await list('earliest local', -4, isolationLevel)
    await list('a timestamp of all', thenMs, isolationLevel)
    await list('a timestamp of none', thenMs + 1000, isolationLevel)
  }
}

/** Transactions that overlap, one still open: what each reader is told. */
const reading: Exchange = {
  id: 'txn-fetch',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    const [a, b, c] = [await begin(talk, topic), await begin(talk, topic), await begin(talk, topic)]
    await produceTo(talk, topic.name, [batchOf('plain', 'plain')])
    for (const producer of [a, b, c]) await producer.add('the partition', 0)
    await a.send('a, offset 2')
    await b.send('b, offset 3', { count: 2 })
    await a.send('a, offset 5')
    await listed(talk, 'two open', topic)
    await a.end('abort a, marker at 6', false)
    await a.ended('a')
    await a.read('all of an open one', { committed: false })
    await b.end('commit b, marker at 7', true)
    await b.ended('b')
    await c.send('c, offset 8')
    await produceTo(talk, topic.name, [batchOf('plain')])
    await listed(talk, 'one open', topic)
    for (const version of talk.versions(Fetch, 4)) await a.read('from 0', { version })
    await a.read('from 0 of all', { committed: false, version: 17 })
    for (const from of [1, 2, 3, 5, 6, 7, 8, 9, 10, 11]) await a.read(`from ${from}`, { from, version: 17 })
    await a.read('a little from 0', { maxBytes: 1 })
    await a.read('a little from 3', { from: 3, maxBytes: 1 })
    await c.end('abort c', false)
    await c.ended('c')
    await a.read('from 6 when all has ended', { from: 6, version: 17 })
    await listed(talk, 'none open', topic)
    await talk.ask('up to 6', DeleteRecords, 2, {
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 6 }] }],
      timeoutMs: 10_000,
    })
    await a.read('from 6 when it is the first', { from: 6, version: 17 })
    await a.describe('all that')
  },
}

/** Records are deleted up to the middle of an open transaction. */
const deleted: Exchange = {
  id: 'txn-delete-records',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    const producer = await begin(talk, topic)
    await producer.add('the partition', 0)
    await producer.send('first')
    await producer.send('second')
    const until = (offset: number) =>
      talk.ask(`up to ${offset}`, DeleteRecords, 2, {
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset }] }],
        timeoutMs: 10_000,
      })
    await until(1)
    await producer.describe('a deletion within')
    await producer.read('a deletion within', { from: 1 })
    await until(-1)
    await producer.describe('all was deleted')
    await producer.send('third')
    await producer.end('abort', false)
    await producer.ended('the abort')
    await producer.read('the abort', { from: 2 })
  },
}

/** What readers see of transactions. */
export const txnReading: readonly Exchange[] = [reading, deleted]
