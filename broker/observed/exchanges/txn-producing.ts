import { Produce } from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import { batchWith } from './records.ts'
import { begin, keep } from './txn-producer.ts'

/** Clients that add partitions themselves (before KIP-890's second version). */
const added: Exchange = {
  id: 'txn-produce',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    const producer = await begin(talk, topic)
    for (const version of [3, 10, 11]) await producer.send('not added', { version, sequence: 0 })
    await producer.describe('what was refused')
    await producer.add('partition 0', 0)
    await producer.send('first')
    await producer.send('second', { count: 2 })
    await producer.describe('two batches')
    await producer.send('first again', { sequence: 0 })
    await producer.send('a gap', { sequence: 9 })
    await producer.send('not transactional', { transactional: false, sequence: 3 })
    await producer.send('not transactional, outside of any', {
      ...{ transactional: false, sequence: 3, transactionalId: null },
    })
    await producer.send('a partition that was not added', { index: 1, sequence: 0 })
    await producer.send('without transactional id', { sequence: 3, transactionalId: null })
    await producer.send('an older epoch', { sequence: 3, epoch: -1 })
    await producer.send('a newer epoch', { sequence: 0, epoch: 1 })
    await producer.send('of nobody', { sequence: 0, producerId: 987_654_321 })
    await producer.end('commit', true)
    await producer.ended('the commit')
    await producer.send('after the end', { sequence: 3 })
    await producer.add('partition 0 again', 0)
    await producer.send('next', { sequence: 3 })
    await producer.send('first, long ago', { sequence: 0 })
    await producer.end('commit again', true)
    await producer.ended('another commit')
    await producer.send('first, of a transaction before', { sequence: 0 })
    await producer.add('partition 0 once more', 0)
    await producer.send('beyond what was asked for', { sequence: 4 })
    await producer.send('what was asked for', { sequence: 0 })
    await producer.end('abort', false)
    await producer.ended('the abort')
    await producer.read('all this')
  },
}

/** Clients that add partitions by producing to them (KIP-890). */
const implicit: Exchange = {
  id: 'txn-produce-v2',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    const producer = await begin(talk, topic)
    await producer.send('not from 0', { version: 12, sequence: 1 })
    await producer.describe('a refused start')
    await producer.send('first', { version: 12 })
    await producer.send('second', { version: 13, count: 2 })
    await producer.send('second again', { version: 13, sequence: 1, count: 2 })
    await producer.send('by an older version', { version: 11, index: 1, sequence: 0 })
    await producer.send('another partition', { version: 12, index: 1, sequence: 0 })
    await producer.send('an older epoch', { version: 12, epoch: -1, sequence: 3 })
    await producer.send('a newer epoch', { version: 12, epoch: 1, sequence: 0 })
    await producer.send('of nobody', { version: 12, sequence: 0, producerId: 987_654_321 })
    await producer.send('of an unknown id', { version: 12, sequence: 0, transactionalId: talk.fresh('unknown') })
    await producer.end('commit', true, 5)
    await producer.ended('the commit')
    await producer.ended('the commit, 1', 1)
    await producer.send('of the epoch before', { version: 12, epoch: 0, sequence: 3 })
    await producer.send('next', { version: 12 })
    await producer.end('abort', false, 5)
    await producer.ended('the abort')
    await producer.read('all this')
    await producer.read('all of 1', { index: 1 })
  },
}

const odd: Exchange = {
  id: 'txn-produce-odd',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    const [one, two] = [await begin(talk, topic), await begin(talk, topic)]
    await one.add('partitions', 0, 1)
    await two.add('partitions of another', 0, 1)
    const header = (producerId: number) => ({ producerId, producerEpoch: 0, baseSequence: 0, transactional: true })
    const request = (records: readonly Buffer[], version = 11) =>
      talk.ask(`${records.length} partitions`, Produce, version, {
        ...{ transactionalId: one.transactionalId, acks: -1, timeoutMs: 10_000 },
        topicData: [
          {
            name: topic.name,
            partitionData: records.map((batch, index) => ({ index, records: [batch] })),
          },
        ],
      })
    await request([batchWith(header(one.id), 'v'), batchWith(header(two.id), 'v')])
    await talk.ask('a transactional batch without producer', Produce, 11, {
      ...{ transactionalId: one.transactionalId, acks: -1, timeoutMs: 10_000 },
      topicData: [
        { name: topic.name, partitionData: [{ index: 0, records: [batchWith({ transactional: true }, 'v')] }] },
      ],
    })
    await talk.ask('some batches in a transaction, some not', Produce, 11, {
      ...{ transactionalId: one.transactionalId, acks: -1, timeoutMs: 10_000 },
      topicData: [
        {
          name: topic.name,
          partitionData: [
            { index: 0, records: [batchWith(header(one.id), 'v')] },
            { index: 1, records: [batchWith({}, 'v')] },
            { index: 7, records: [batchWith(header(one.id), 'v')] },
          ],
        },
      ],
    })
    await one.describe('that')
    await one.read('that', { committed: false })
    await one.read('that committed')
    await one.end('abort', false)
    await one.ended('that')
    await one.read('the end')
  },
}

/** Transactional Produce. */
export const txnProducing: readonly Exchange[] = [added, implicit, odd]
