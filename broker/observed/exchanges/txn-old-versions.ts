import { OffsetFetch, Produce, TxnOffsetCommit, WriteTxnMarkers } from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import { begin, keep, settled } from './txn-producer.ts'

/** Every version of transactional Produce that there was, one transaction each. */
const producing: Exchange = {
  id: 'old-txn-produce',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    const producer = await begin(talk, topic)
    for (const version of talk.versions(Produce, 3)) await producer.send('not added', { version, sequence: 0 })
    for (const version of talk.versions(Produce, 3)) {
      await producer.add('the partition', 0)
      await producer.send('added', { version })
      await producer.end('end', version % 2 === 0)
      await producer.ended('the end')
    }
    await producer.read('all of them')
  },
}

const markers: Exchange = {
  id: 'old-txn-markers',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    const producer = await begin(talk, topic)
    await producer.add('the partition', 0)
    for (const version of talk.versions(WriteTxnMarkers)) {
      await producer.send('a batch', { version: 9 })
      await producer.mark('abort', { version, commit: false })
      await producer.mark('commit again', { version })
      await producer.describe('markers')
    }
    await producer.read('all of them')
  },
}

const offsets: Exchange = {
  id: 'old-txn-offsets',
  async play(talk) {
    const topic = await talk.topic('t', 1)
    const producer = await begin(talk, topic)
    const groupId = talk.fresh('g')
    const commit = (label: string, version: number, committedOffset: number) =>
      talk.ask(
        label,
        TxnOffsetCommit,
        version,
        {
          ...{ transactionalId: producer.transactionalId, groupId },
          ...{ producerId: producer.id, producerEpoch: producer.epoch },
          topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: 'm' }] }],
        },
        { until: ({ topics }) => topics.every(({ partitions }) => partitions.every(settled)) },
      )
    for (const version of talk.versions(TxnOffsetCommit)) {
      await commit('not added', version, 99)
      await producer.addOffsets('the group', groupId)
      await commit('added', version, version)
      await producer.end('end', version % 2 === 0)
      await talk.ask(
        'after the end',
        OffsetFetch,
        7,
        { groupId, topics: [{ name: topic.name, partitionIndexes: [0] }], requireStable: true },
        {
          until: ({ topics }) => topics.every(({ partitions }) => partitions.every(({ errorCode }) => errorCode === 0)),
        },
      )
    }
  },
}

/** Transactions as Kafka 3.9 served them. */
export const txnOldVersions: readonly Exchange[] = [producing, markers, offsets]
