import { Fetch, ListOffsets, Produce } from '../../../protocol/messages/index.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build.ts'
import { codecs } from '../../../protocol/records/compression.ts'
import type { Exchange } from '../exchange.ts'
import type { MadeTopic, Talk } from '../talk.ts'
import { batchWith, keep, thenMs } from './records.ts'

const produce = (talk: Talk, label: string, { name }: MadeTopic, ...batches: readonly Buffer[]) =>
  talk.ask(label, Produce, 11, {
    ...{ acks: -1, timeoutMs: 10_000 },
    topicData: [{ name, partitionData: batches.map((records, index) => ({ index, records: [records] })) }],
  })

const contents = (talk: Talk, label: string, { id }: MadeTopic, partition = 0) =>
  talk.ask(`what is there after ${label}`, Fetch, 17, {
    ...{ maxWaitMs: 0, minBytes: 0 },
    topics: [{ topicId: id, partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
  })

const recount = (of: Buffer, count: number, lastOffsetDelta: number): Buffer => {
  of.writeInt32BE(count, batch.RECORD_COUNT)
  of.writeInt32BE(lastOffsetDelta, batch.LAST_OFFSET_DELTA)
  batch.writeCrc(of, 0)
  return of
}

/** What is wrong inside of a compressed batch. */
const refused: Exchange = {
  id: 'produce-compressed-refused',
  async play(talk) {
    const timestamp = thenMs
    const key = Buffer.from('k')
    for (const compression of codecs.slice(1)) {
      const compacted = await talk.topic('compacted', 1, { ...keep, 'cleanup.policy': 'compact' })
      const keyless = buildBatch({ compression, records: [{ timestamp, key }, { timestamp }] })
      await produce(talk, `${compression} without a key`, compacted, keyless)
      await contents(talk, `${compression} without a key`, compacted)
      const timed = await talk.topic('timed', 1, { 'message.timestamp.before.max.ms': '60000' })
      await produce(talk, `${compression} of old`, timed, batchWith({ compression }, 'a', 'b'))
      const small = await talk.topic('small', 1, { ...keep, 'max.message.bytes': '100' })
      await produce(
        talk,
        `${compression} to a topic of small batches, uncompressed too large`,
        small,
        batchWith({ compression }, 'x'.repeat(5000)),
      )
      const plain = await talk.topic('plain', 1, {
        ...keep,
        'compression.type': 'uncompressed',
        'max.message.bytes': '1000',
      })
      await produce(
        talk,
        `${compression} to a topic of small batches without compression`,
        plain,
        batchWith({ compression }, 'x'.repeat(5000)),
      )
    }
    const topic = await talk.topic('t', 1, { ...keep, 'compression.type': 'lz4' })
    await produce(
      talk,
      'gzip with a count above the records, recompressed',
      topic,
      recount(batchWith({ compression: 'gzip' }, 'a'), 2, 1),
    )
    await produce(
      talk,
      'gzip with a count below the records, recompressed',
      topic,
      recount(batchWith({ compression: 'gzip' }, 'a', 'b'), 1, 0),
    )
    await contents(talk, 'wrong counts', topic)
  },
}

const sequencesMixed: Exchange = {
  id: 'produce-mixed',
  async play(talk) {
    const topic = await talk.topic('t', 3, keep)
    const wrong = batchWith({}, 'b')
    wrong.writeUInt8(0x7f, wrong.length - 2)
    await produce(talk, 'a good batch, a bad one, a good one', topic, batchWith({}, 'a'), wrong, batchWith({}, 'c'))
    for (const partition of [0, 1, 2]) await contents(talk, `partition ${partition}`, topic, partition)
    const missing = talk.fresh('missing')
    await talk.ask('a topic and a missing one', Produce, 11, {
      ...{ acks: -1, timeoutMs: 10_000 },
      topicData: [topic.name, missing].map(name => ({
        name,
        partitionData: [{ index: 0, records: [batchWith({}, 'd')] }],
      })),
    })
    await talk.ask('a transactional id, without a transaction', Produce, 11, {
      ...{ acks: -1, timeoutMs: 10_000, transactionalId: talk.fresh('tx') },
      topicData: [{ name: topic.name, partitionData: [{ index: 1, records: [batchWith({}, 'e')] }] }],
    })
  },
}

/** A log of several segments. */
const segments: Exchange = {
  id: 'several-segments',
  async play(talk) {
    const topic = await talk.topic('t', 1, { ...keep, 'segment.bytes': '1048576' })
    const timestamps = [5, 9, 7, 1, 3]
    for (const [index, offset] of timestamps.entries()) {
      const value = Buffer.alloc(600_000, 97 + index)
      await talk.quietly(Produce, 11, {
        ...{ acks: -1, timeoutMs: 10_000 },
        topicData: [
          {
            name: topic.name,
            partitionData: [{ index: 0, records: [buildBatch({ records: [{ timestamp: thenMs + offset, value }] })] }],
          },
        ],
      })
    }
    const list = (label: string, timestamp: number) =>
      talk.ask(label, ListOffsets, 10, {
        replicaId: -1,
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, timestamp }] }],
      })
    await list('earliest', -2)
    await list('latest', -1)
    await list('max timestamp', -3)
    for (const offset of [0, 2, 4, 6, 8, 9, 10]) await list(`the timestamp ${offset}`, thenMs + offset)
    for (const [label, fetchOffset, partitionMaxBytes] of [
      ['one segment', 0, 700_000],
      ['over the segments', 0, 10_000_000],
      ['from the middle', 2, 1_300_000],
      ['the last', 4, 10],
    ] as const) {
      await talk.ask(label, Fetch, 17, {
        ...{ maxWaitMs: 0, minBytes: 0 },
        topics: [{ topicId: topic.id, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes }] }],
      })
    }
  },
}

/** Compressed and mixed batches, and logs of several segments. */
export const compressed: readonly Exchange[] = [refused, sequencesMixed, segments]
