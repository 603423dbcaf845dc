import { WriteTxnMarkers } from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import { begin, keep } from './txn-producer.ts'

/** Markers of transaction versions 0 and 1: their epoch is that of the transaction. */
const plain: Exchange = {
  id: 'txn-markers',
  async play(talk) {
    const topic = await talk.topic('t', 2, keep)
    const producer = await begin(talk, topic)
    await producer.mark('without a transaction')
    await producer.describe('a marker without a transaction')
    await producer.add('a partition', 0)
    await producer.send('first')
    await producer.send('second')
    await producer.describe('two batches')
    await producer.mark('of an older coordinator', { coordinatorEpoch: -1 })
    await producer.describe('markers that were refused')
    await producer.mark('abort', { commit: false, version: 1, coordinatorEpoch: 3 })
    await producer.describe('the abort')
    await producer.mark('abort again', { commit: false, coordinatorEpoch: 3 })
    await producer.mark('commit what was aborted', { coordinatorEpoch: 3 })
    await producer.mark('of a coordinator before', { coordinatorEpoch: 2 })
    await producer.mark('of a newer epoch', { epoch: 5, coordinatorEpoch: 4 })
    await producer.describe('a newer epoch')
    await producer.mark('of the epoch before it', { epoch: 4, coordinatorEpoch: 4 })
    await producer.read('all this')
    await producer.read('all of all', { committed: false })
  },
}

/** Markers of transaction version 2: their epoch is above that of the transaction (KIP-890, KIP-1228). */
const bumped: Exchange = {
  id: 'txn-markers-v2',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    const producer = await begin(talk, topic)
    const transactionVersion = 2
    await producer.mark('without a transaction', { transactionVersion })
    await producer.describe('a marker without a transaction')
    await producer.send('first', { version: 12 })
    await producer.describe('a batch')
    await producer.mark('of the same epoch', { transactionVersion })
    await producer.mark('of the same epoch, an abort', { transactionVersion, commit: false })
    await producer.describe('markers that were refused')
    await producer.mark('of the next epoch', { transactionVersion, epoch: 1 })
    await producer.describe('the next epoch')
    await producer.mark('of the next epoch again', { transactionVersion, epoch: 1 })
    await producer.mark('of the epoch before', { transactionVersion, epoch: 0 })
    await producer.mark('of the epoch before, below version 2', { epoch: 0 })
    await producer.mark('of the next epoch, below version 2', { epoch: 1 })
    await producer.describe('all markers')
    await producer.read('all this')
  },
}

const several: Exchange = {
  id: 'txn-markers-several',
  async play(talk) {
    const topic = await talk.topic('t', 3, keep)
    const other = await talk.topic('u', 1, keep)
    const [first, second] = [await begin(talk, topic), await begin(talk, topic)]
    await first.add('partitions of one', 0, 1)
    await first.send('of one to 0')
    await first.send('of one to 1', { index: 1, sequence: 0 })
    await second.add('partitions of two', 1, 2)
    await second.send('of two to 1', { index: 1 })
    await second.send('of two to 2', { index: 2, sequence: 0 })
    const missing = talk.fresh('missing')
    await talk.ask('many', WriteTxnMarkers, 2, {
      markers: [
        {
          ...{ producerId: first.id, producerEpoch: first.epoch, transactionResult: true, coordinatorEpoch: 0 },
          topics: [
            { name: topic.name, partitionIndexes: [0, 1, 7] },
            { name: missing, partitionIndexes: [0] },
            { name: other.name, partitionIndexes: [0] },
          ],
        },
        {
          ...{ producerId: second.id, producerEpoch: second.epoch, transactionResult: false, coordinatorEpoch: 0 },
          topics: [{ name: topic.name, partitionIndexes: [1, 2] }],
        },
      ],
    })
    for (const index of [0, 1, 2]) await first.describe(`many, ${index}`, index)
    for (const index of [0, 1, 2]) await first.read(`${index}`, { index })
    await talk.ask('none', WriteTxnMarkers, 2, { markers: [] })
    await talk.ask('only partitions that there are not', WriteTxnMarkers, 1, {
      markers: [
        {
          ...{ producerId: first.id, producerEpoch: first.epoch, transactionResult: true, coordinatorEpoch: 0 },
          topics: [{ name: missing, partitionIndexes: [0, 1] }],
        },
      ],
    })
    await talk.ask('without partitions', WriteTxnMarkers, 2, {
      markers: [
        {
          ...{ producerId: first.id, producerEpoch: first.epoch, transactionResult: true, coordinatorEpoch: 0 },
          topics: [],
        },
      ],
    })
    await talk.ask('two markers of one producer', WriteTxnMarkers, 2, {
      markers: [0, 1].map(index => ({
        ...{ producerId: second.id, producerEpoch: second.epoch, transactionResult: true, coordinatorEpoch: 0 },
        topics: [{ name: topic.name, partitionIndexes: [index] }],
      })),
    })
  },
}

/** WriteTxnMarkers as coordinators and tools send it. */
export const txnMarkers: readonly Exchange[] = [plain, bumped, several]
