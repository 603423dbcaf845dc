import { CreateTopics, Fetch, InitProducerId, Produce } from '../../../protocol/messages/index.ts'
import * as batch from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build.ts'
import { codecs } from '../../../protocol/records/compression.ts'
import type { RequestWrite } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import type { MadeTopic, Talk } from '../talk.ts'
import { batchOf, batchWith, keep, thenMs } from './records.ts'

type Produced = RequestWrite<typeof Produce>

/** The lowest version of today: batches of magic 2. */
const from = 3

const produce = (
  version: number,
  topic: MadeTopic,
  records: readonly Buffer[] | null,
  more: Partial<Produced> = {},
): Produced => ({
  ...{ acks: -1, timeoutMs: 10_000 },
  topicData: [
    {
      ...(version < 13 ? { name: topic.name } : { topicId: topic.id }),
      partitionData: [{ index: 0, records }],
    },
  ],
  ...more,
})

/** What a partition holds, from its start. */
const contents = (talk: Talk, label: string, { id }: MadeTopic): Promise<unknown> =>
  talk.ask(`what is there after ${label}`, Fetch, 17, {
    ...{ maxWaitMs: 0, minBytes: 0 },
    topics: [{ topicId: id, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
  })

/** A batch with one byte or field changed after its CRC was made, or before with `mend`. */
const changed = (of: Buffer, change: (buffer: Buffer) => void, mend = true): Buffer => {
  const copy = Buffer.from(of)
  change(copy)
  if (mend) batch.writeCrc(copy, 0)
  return copy
}

const plain: Exchange = {
  id: 'produce',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    for (const acks of [-1, 1]) {
      await talk.each(
        `acks ${acks}`,
        Produce,
        async version => produce(version, await talk.topic('t', 1, keep), [batchOf('a', 'b')], { acks }),
        { from },
      )
    }
    await talk.each('acks 2', Produce, version => produce(version, topic, [batchOf('a')], { acks: 2 }), { from })
    await talk.each(
      'a partition that is not there',
      Produce,
      version => ({
        ...{ acks: -1, timeoutMs: 10_000 },
        topicData: [
          {
            ...(version < 13 ? { name: topic.name } : { topicId: topic.id }),
            partitionData: [
              { index: 7, records: [batchOf('a')] },
              { index: -1, records: [batchOf('a')] },
            ],
          },
        ],
      }),
      { from },
    )
    await talk.each(
      'a topic that is not there',
      Produce,
      version => produce(version, { name: talk.fresh('unknown'), id: 'z1DhYYEPTUCeq10FlY0-dQ' }, [batchOf('a')]),
      { from },
    )
    await talk.each(
      'a bad name',
      Produce,
      version => produce(version, { name: 'bad/name', id: 'AAAAAAAAAAAAAAAAAAAAAA' }, [batchOf('a')]),
      { from },
    )
    await talk.each('no records', Produce, version => produce(version, topic, []), { from })
    await talk.ask('null for records', Produce, 11, produce(11, topic, null))
    await talk.each('nothing', Produce, () => ({ acks: -1, timeoutMs: 10_000, topicData: [] }), { from })
    await talk.ask('a partition twice', Produce, 11, {
      ...{ acks: -1, timeoutMs: 10_000 },
      topicData: [
        {
          name: (await talk.topic('twice', 1, keep)).name,
          partitionData: [
            { index: 0, records: [batchOf('a')] },
            { index: 0, records: [batchOf('b')] },
          ],
        },
      ],
    })
    await contents(talk, 'all this', topic)
    await talk.quietly(CreateTopics, 7, { topics: [] })
    await talk.ask(
      'an internal topic',
      Produce,
      11,
      produce(11, { name: '__transaction_state', id: '' }, [batchOf('a')]),
    )
  },
}

const wrongBatches: readonly (readonly [label: string, records: () => readonly Buffer[]])[] = [
  ['a wrong CRC', () => [changed(batchOf('a'), buffer => buffer.writeUInt8(0x7f, buffer.length - 2), false)]],
  ['a batch cut off', () => [batchOf('a', 'b').subarray(0, 70)]],
  ['a batch cut off in its header', () => [batchOf('a', 'b').subarray(0, 30)]],
  ['a batch cut off in its first bytes', () => [batchOf('a', 'b').subarray(0, 8)]],
  ['bytes behind the batch', () => [batchOf('a'), Buffer.from('xyz')]],
  ['two batches', () => [batchOf('a'), batchOf('b')]],
  ['magic 3', () => [changed(batchOf('a'), buffer => buffer.writeInt8(3, batch.MAGIC))]],
  ['magic 1', () => [changed(batchOf('a'), buffer => buffer.writeInt8(1, batch.MAGIC))]],
  ['magic -1', () => [changed(batchOf('a'), buffer => buffer.writeInt8(-1, batch.MAGIC))]],
  ['a length of 0', () => [changed(batchOf('a'), buffer => buffer.writeInt32BE(0, batch.BATCH_LENGTH), false)]],
  ['a negative length', () => [changed(batchOf('a'), buffer => buffer.writeInt32BE(-5, batch.BATCH_LENGTH), false)]],
  ['a count above the records', () => [changed(batchOf('a'), buffer => buffer.writeInt32BE(2, batch.RECORD_COUNT))]],
  [
    'a count below the records',
    () => [changed(batchOf('a', 'b'), buffer => buffer.writeInt32BE(1, batch.RECORD_COUNT))],
  ],
  ['a negative count', () => [changed(batchOf('a'), buffer => buffer.writeInt32BE(-1, batch.RECORD_COUNT))]],
  ['no records in it', () => [buildBatch({ records: [], lastOffset: 0 })]],
  [
    'count and last offset apart',
    () => [changed(batchOf('a'), buffer => buffer.writeInt32BE(4, batch.LAST_OFFSET_DELTA))],
  ],
  [
    'a last offset below the first',
    () => [changed(batchOf('a'), buffer => buffer.writeInt32BE(-1, batch.LAST_OFFSET_DELTA))],
  ],
  [
    'count and last offset alike but beyond the records',
    () => [
      changed(batchOf('a'), buffer => {
        buffer.writeInt32BE(4, batch.LAST_OFFSET_DELTA)
        buffer.writeInt32BE(5, batch.RECORD_COUNT)
      }),
    ],
  ],
  ['a base offset that is not 0', () => [batchWith({ baseOffset: 5 }, 'a', 'b')]],
  ['offsets with a gap', () => [buildBatch({ records: [{ timestamp: thenMs }, { timestamp: thenMs, offset: 3 }] })]],
  ['a leader epoch', () => [batchWith({ leaderEpoch: 7 }, 'a')]],
  ['a control batch', () => [batchWith({ control: true }, 'a')]],
  [
    'a control batch of a transaction',
    () => [batchWith({ control: true, transactional: true, producerId: 5, producerEpoch: 0, baseSequence: 0 }, 'a')],
  ],
  [
    'a transactional batch without a transaction',
    () => [batchWith({ transactional: true, producerId: 77, producerEpoch: 0, baseSequence: 0 }, 'a')],
  ],
  ['LogAppendTime said by the producer', () => [batchWith({ appendTime: thenMs + 50 }, 'a')]],
  ['an unknown codec', () => [changed(batchOf('a'), buffer => buffer.writeInt16BE(5, batch.ATTRIBUTES))]],
  ['gzip said of what is not', () => [changed(batchOf('a'), buffer => buffer.writeInt16BE(1, batch.ATTRIBUTES))]],
  ['garbage for records', () => [changed(batchOf('abcdef'), buffer => buffer.fill(0xff, batch.HEADER_SIZE))]],
  [
    'a record longer than the batch',
    () => [changed(batchOf('a'), buffer => buffer.writeUInt8(0x7e, batch.HEADER_SIZE))],
  ],
  [
    'a max timestamp that no record has',
    () => [changed(batchOf('a'), buffer => batch.writeInt64(buffer, batch.MAX_TIMESTAMP, thenMs + 99))],
  ],
  ['a delete horizon', () => [batchWith({ deleteHorizonMs: thenMs }, 'a')]],
  ['a timestamp of -1', () => [buildBatch({ records: [{ value: Buffer.from('a') }] })]],
  ['a timestamp of -5', () => [buildBatch({ records: [{ value: Buffer.from('a'), timestamp: -5 }] })]],
  [
    'a timestamp two hours ahead',
    () => [
      buildBatch({
        records: [{ timestamp: thenMs }, { timestamp: Date.now() + 7_200_000 }, { timestamp: Date.now() + 7_300_000 }],
      }),
    ],
  ],
  ['a producer epoch without an id', () => [batchWith({ producerEpoch: 3 }, 'a')]],
  ['a sequence without a producer', () => [batchWith({ baseSequence: 3 }, 'a')]],
  ['a producer without a sequence', () => [batchWith({ producerId: 9, producerEpoch: 0 }, 'a')]],
  ['a producer with an epoch of -2', () => [batchWith({ producerId: 9, producerEpoch: -2, baseSequence: 0 }, 'a')]],
  [
    'a timestamp of before all time',
    () => [
      changed(batchOf('a'), buffer => {
        buffer.writeUInt8(0x80, batch.BASE_TIMESTAMP)
      }),
    ],
  ],
  ['a producer with a negative epoch', () => [batchWith({ producerId: 9, producerEpoch: -1, baseSequence: 0 }, 'a')]],
]

const refused: Exchange = {
  id: 'produce-refused',
  async play(talk) {
    for (const [label, records] of wrongBatches) {
      const topic = await talk.topic('t', 1, keep)
      await talk.ask(label, Produce, 11, produce(11, topic, records()))
      await contents(talk, label, topic)
    }
    const topic = await talk.topic('each', 1, keep)
    await talk.each('a wrong CRC in each version', Produce, version => produce(version, topic, wrongBatches[0]![1]()), {
      from,
    })
    await talk.each(
      'two batches in each version',
      Produce,
      version => produce(version, topic, [batchOf('a'), batchOf('b')]),
      { from },
    )
    await talk.each(
      'zstd',
      Produce,
      async version => produce(version, await talk.topic('zstd', 1, keep), [batchWith({ compression: 'zstd' }, 'a')]),
      { from },
    )
  },
}

const settings: Exchange = {
  id: 'produce-by-topic-settings',
  async play(talk) {
    for (const type of ['producer', 'uncompressed', ...codecs.slice(1)]) {
      const topic = await talk.topic('t', 1, { ...keep, 'compression.type': type })
      for (const compression of codecs) {
        await talk.quietly(Produce, 11, produce(11, topic, [batchWith({ compression }, 'aaaa', 'bbbb')]))
      }
      await contents(talk, `every codec to compression.type ${type}`, topic)
    }
    const appendTime = await talk.topic('stamped', 1, { 'message.timestamp.type': 'LogAppendTime' })
    await talk.each(
      'LogAppendTime',
      Produce,
      async version =>
        produce(version, await talk.topic('t', 1, { 'message.timestamp.type': 'LogAppendTime' }), [batchOf('a')]),
      { from },
    )
    await talk.ask(
      'LogAppendTime compressed',
      Produce,
      11,
      produce(11, appendTime, [batchWith({ compression: 'gzip' }, 'a')]),
    )
    await contents(talk, 'LogAppendTime', appendTime)
    const compacted = await talk.topic('compacted', 1, { ...keep, 'cleanup.policy': 'compact' })
    const keyless = buildBatch({
      records: [{ timestamp: thenMs, key: Buffer.from('k') }, { timestamp: thenMs }, { timestamp: thenMs }],
    })
    await talk.each('no keys to a compacted topic', Produce, version => produce(version, compacted, [keyless]), {
      from,
    })
    await contents(talk, 'no keys to a compacted topic', compacted)
    const small = await talk.topic('small', 1, { ...keep, 'max.message.bytes': '100' })
    await talk.each(
      'a batch above max.message.bytes',
      Produce,
      version => produce(version, small, [batchOf('x'.repeat(100))]),
      { from },
    )
    await talk.ask('a batch of just max.message.bytes', Produce, 11, produce(11, small, [batchOf('x'.repeat(28))]))
    await talk.ask('a batch of one byte more', Produce, 11, produce(11, small, [batchOf('x'.repeat(29))]))
    await talk.ask(
      'a batch that is smaller compressed',
      Produce,
      11,
      produce(11, small, [batchWith({ compression: 'gzip' }, 'x'.repeat(1000))]),
    )
    const bounded = await talk.topic('bounded', 1, {
      'message.timestamp.before.max.ms': '60000',
      'message.timestamp.after.max.ms': '60000',
    })
    const timed = (...timestamps: number[]) =>
      produce(11, bounded, [buildBatch({ records: timestamps.map(timestamp => ({ timestamp })) })])
    await talk.ask('timestamps too old', Produce, 11, timed(Date.now(), thenMs, thenMs))
    await talk.ask('timestamps too new', Produce, 11, timed(Date.now() + 120_000, Date.now()))
    await talk.ask('timestamps just right', Produce, 11, timed(Date.now() - 50_000, Date.now()))
    const manySync = await talk.topic('sync', 1, { ...keep, 'min.insync.replicas': '2' })
    for (const acks of [-1, 1]) {
      await talk.ask(`too few replicas with acks ${acks}`, Produce, 11, produce(11, manySync, [batchOf('a')], { acks }))
    }
  },
}

const unanswered: Exchange = {
  id: 'produce-without-answer',
  async play(talk) {
    const topic = await talk.topic('t', 1, keep)
    await talk.send(Produce, 11, produce(11, topic, [batchOf('a')], { acks: 0 }))
    await talk.ask('next after acks 0', Produce, 11, produce(11, topic, [batchOf('b')]))
    await talk.send(Produce, 11, produce(11, topic, [batchOf('a', 'b').subarray(0, 70)], { acks: 0 }))
    await talk.ask('next after acks 0 that fails', InitProducerId, 4, {
      transactionalId: null,
      transactionTimeoutMs: 1000,
    })
    await contents(talk, 'all this', topic)
  },
}

/** Produce. */
export const producing: readonly Exchange[] = [plain, refused, settings, unanswered]
