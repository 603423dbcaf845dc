import test from 'ava'
import { type ErrorName, nameOf } from '../../protocol/errors.ts'
import { batchOf } from '../partition/testing/stage.ts'
import { addOffsetsToTxn } from '../handlers/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../handlers/add-partitions-to-txn.ts'
import { endTxn } from '../handlers/end-txn.ts'
import { fetch } from '../handlers/fetch.ts'
import { initProducerId } from '../handlers/init-producer-id.ts'
import { offsetFetch } from '../handlers/offset-fetch.ts'
import { produce } from '../handlers/produce.ts'
import { txnOffsetCommit } from '../handlers/txn-offset-commit.ts'
import { writeTxnMarkers } from '../handlers/write-txn-markers.ts'
import { GroupBroker } from './group-broker.test.fixture.ts'
import { partitionOfGroup } from './offsets-topic.ts'

interface Producer {
  readonly producerId: number
  readonly producerEpoch: number
}

/** Requests of one transactional id; every one may be sent again, by an older producer. */
class Client {
  readonly #broker: GroupBroker
  readonly #transactionalId = 'x'

  constructor(broker: GroupBroker) {
    this.#broker = broker
  }

  async init(): Promise<Producer> {
    const request = { transactionalId: this.#transactionalId, transactionTimeoutMs: 60_000 }
    for (;;) {
      const { errorCode, producerId, producerEpoch } = await this.#broker.ask(initProducerId, 5, request)
      if (errorCode === 0) return { producerId, producerEpoch }
    }
  }

  async add(producer: Producer): Promise<ErrorName> {
    const { resultsByTopicV3AndBelow } = await this.#broker.ask(addPartitionsToTxn, 3, {
      v3AndBelowTransactionalId: this.#transactionalId,
      v3AndBelowProducerId: producer.producerId,
      v3AndBelowProducerEpoch: producer.producerEpoch,
      v3AndBelowTopics: [{ name: 't', partitions: [0] }],
    })
    return nameOf(resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode)
  }

  async send(producer: Producer, value: string, apiVersion = 12, baseSequence = 0): Promise<ErrorName> {
    const records = [batchOf(1, { ...producer, baseSequence, transactional: true, records: [valued(value)] })]
    const { responses } = await this.#broker.ask(produce, apiVersion, {
      ...{ transactionalId: this.#transactionalId, acks: -1, timeoutMs: 1000 },
      topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
    })
    return nameOf(responses[0]!.partitionResponses[0]!.errorCode)
  }

  async commitOffset(producer: Producer, committedOffset: number, apiVersion = 5): Promise<ErrorName> {
    const partitions = [{ partitionIndex: 0, committedOffset, committedMetadata: null }]
    const { topics } = await this.#broker.ask(txnOffsetCommit, apiVersion, {
      ...{ transactionalId: this.#transactionalId, groupId: 'g', ...producer },
      topics: [{ name: 't', partitions }],
    })
    return nameOf(topics[0]!.partitions[0]!.errorCode)
  }

  async addOffsets(producer: Producer): Promise<ErrorName> {
    const request = { transactionalId: this.#transactionalId, groupId: 'g', ...producer }
    return nameOf((await this.#broker.ask(addOffsetsToTxn, 3, request)).errorCode)
  }

  /** Under version 5 it goes on with another epoch. */
  async end(producer: Producer, committed: boolean, apiVersion = 5): Promise<{ error: ErrorName; next: Producer }> {
    const request = { transactionalId: this.#transactionalId, ...producer, committed }
    const { errorCode, producerId, producerEpoch } = await this.#broker.ask(endTxn, apiVersion, request)
    return { error: nameOf(errorCode), next: apiVersion < 5 ? producer : { producerId, producerEpoch } }
  }

  async committed(): Promise<number | ErrorName> {
    const { groups } = await this.#broker.ask(offsetFetch, 9, {
      groups: [{ groupId: 'g', topics: [{ name: 't', partitionIndexes: [0] }] }],
      requireStable: true,
    })
    const { committedOffset, errorCode } = groups[0]!.topics[0]!.partitions[0]!
    return errorCode === 0 ? committedOffset : nameOf(errorCode)
  }

  /** Bytes that a read_committed reader gets, and what it is told was aborted. */
  async read(): Promise<{ stable: number; aborted: number }> {
    const { responses } = await this.#broker.ask(fetch, 12, {
      ...{ maxWaitMs: 0, minBytes: 0, isolationLevel: 1 },
      topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
    })
    const { lastStableOffset, abortedTransactions } = responses[0]!.partitions[0]!
    return { stable: lastStableOffset, aborted: abortedTransactions?.length ?? 0 }
  }
}

const valued = (value: string) => ({ timestamp: 1_700_000_000_000, key: null, value: Buffer.from(value) })

const started = async () => {
  const broker = await GroupBroker.start()
  const client = new Client(broker)
  return { broker, client, producer: await client.init() }
}

test('records and offsets of a transaction count together', async t => {
  const { client, producer } = await started()
  t.is(await client.send(producer, 'v'), 'NONE')
  t.is(await client.commitOffset(producer, 5), 'NONE')
  t.deepEqual(await client.read(), { stable: 0, aborted: 0 })
  t.is(await client.committed(), 'UNSTABLE_OFFSET_COMMIT')
  const { error, next } = await client.end(producer, true)
  t.is(error, 'NONE')
  t.deepEqual(await client.read(), { stable: 2, aborted: 0 })
  t.is(await client.committed(), 5)
  t.is(await client.send(next, 'w'), 'NONE')
  t.is(await client.commitOffset(next, 6), 'NONE')
  await client.end(next, false)
  t.deepEqual(await client.read(), { stable: 4, aborted: 1 })
  t.is(await client.committed(), 5)
})

test('older clients add their partitions and groups themselves', async t => {
  const { client, producer } = await started()
  t.is(await client.send(producer, 'v', 9), 'INVALID_TXN_STATE')
  t.is(await client.commitOffset(producer, 5, 2), 'INVALID_TXN_STATE')
  t.is(await client.add(producer), 'NONE')
  t.is(await client.addOffsets(producer), 'NONE')
  t.is(await client.send(producer, 'v', 9), 'NONE')
  t.is(await client.commitOffset(producer, 5, 2), 'NONE')
  t.is((await client.end(producer, true, 3)).error, 'NONE')
  t.deepEqual(await client.read(), { stable: 2, aborted: 0 })
  t.is(await client.committed(), 5)
})

test('what comes late, of the epoch of an earlier transaction, changes nothing', async t => {
  const { client, producer } = await started()
  await client.send(producer, 'v')
  await client.commitOffset(producer, 5)
  const { next } = await client.end(producer, true)
  await client.send(next, 'w')
  await client.commitOffset(next, 6)
  for (const version of [9, 11, 12]) t.is(await client.send(producer, 'late', version, 1), 'INVALID_PRODUCER_EPOCH')
  for (const version of [2, 4, 5]) t.is(await client.commitOffset(producer, 99, version), 'INVALID_PRODUCER_EPOCH')
  t.is(await client.add(producer), 'PRODUCER_FENCED')
  t.is(await client.addOffsets(producer), 'PRODUCER_FENCED')
  // A repeated end of the transaction before is answered as it was, and one the other way refused.
  t.is((await client.end(producer, false)).error, 'PRODUCER_FENCED')
  t.is(await client.committed(), 'UNSTABLE_OFFSET_COMMIT')
  t.deepEqual(await client.read(), { stable: 2, aborted: 0 })
  t.is((await client.end(next, true)).error, 'NONE')
  t.is(await client.committed(), 6)
  t.deepEqual(await client.read(), { stable: 4, aborted: 0 })
})

test('markers that come late, or again, end no later transaction', async t => {
  const { broker, client, producer } = await started()
  await client.send(producer, 'v')
  await client.commitOffset(producer, 5)
  const { next } = await client.end(producer, true)
  await client.send(next, 'w')
  await client.commitOffset(next, 6)
  const topic = broker.cluster.topic('__consumer_offsets')!
  const own = partitionOfGroup('g', topic.partitions.length)
  for (const transactionResult of [true, false]) {
    const { markers } = await broker.ask(writeTxnMarkers, 2, {
      markers: [
        {
          ...{ ...next, transactionResult, coordinatorEpoch: 0, transactionVersion: 2 },
          topics: [
            { name: 't', partitionIndexes: [0] },
            { name: '__consumer_offsets', partitionIndexes: [own] },
          ],
        },
      ],
    })
    const errors = markers[0]!.topics.map(({ partitions }) => nameOf(partitions[0]!.errorCode))
    t.deepEqual(errors, ['INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_EPOCH'])
  }
  t.is(await client.committed(), 'UNSTABLE_OFFSET_COMMIT')
  t.deepEqual(await client.read(), { stable: 2, aborted: 0 })
})

test('a producer that comes again ends what the one before had open, and that one is fenced', async t => {
  const { client, producer } = await started()
  await client.send(producer, 'v')
  await client.commitOffset(producer, 5)
  const second = await client.init()
  t.deepEqual(await client.read(), { stable: 2, aborted: 1 })
  t.is(await client.committed(), -1)
  t.is(await client.send(producer, 'late', 12, 1), 'INVALID_PRODUCER_EPOCH')
  t.is(await client.commitOffset(producer, 7), 'INVALID_PRODUCER_EPOCH')
  t.is((await client.end(producer, true)).error, 'PRODUCER_FENCED')
  t.is(await client.send(second, 'w'), 'NONE')
  t.is((await client.end(second, true)).error, 'NONE')
  t.deepEqual(await client.read(), { stable: 4, aborted: 1 })
})

test('an open transaction goes on after a restart, and ends there', async t => {
  const { broker, client, producer } = await started()
  await client.send(producer, 'v')
  await client.commitOffset(producer, 5)
  await broker.stop()
  const again = await GroupBroker.start({}, broker)
  const same = new Client(again)
  t.deepEqual(await same.read(), { stable: 0, aborted: 0 })
  t.is(await same.committed(), 'UNSTABLE_OFFSET_COMMIT')
  t.is(await same.send(producer, 'w', 12, 1), 'NONE')
  t.is((await same.end(producer, true)).error, 'NONE')
  t.deepEqual(await same.read(), { stable: 3, aborted: 0 })
  t.is(await same.committed(), 5)
})
