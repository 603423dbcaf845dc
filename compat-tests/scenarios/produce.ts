/** Stories about what is sent coming back as it was: codecs, keys, values, headers, sizes, order, acknowledgement, times. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Codec, Driver, ProducedRecord } from '../clients/driver.ts'
import { assertReceived } from './assertions.ts'
import { numberedRecords, spreadRecords } from './sample-records.ts'
import type { Scenario, Stage } from './scenario.ts'

const codecs: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const megabyte = 1_000_000

async function roundTrip({ client, prepareTopic }: Stage, records: readonly ProducedRecord[]): Promise<void> {
  const topic = await prepareTopic()
  await client.produce(topic, records)
  assertReceived(await client.read(topic, { count: records.length }), records)
}

const codecStories = codecs.map(
  (codec): Scenario => ({
    id: `codec-${codec}`,
    title: `Records sent with codec ${codec} come back as they were, from any offset of their batch.`,
    async play({ client, prepareTopic }) {
      const topic = await prepareTopic()
      const records = numberedRecords(200)
      await client.produce(topic, records, { codec })
      assertReceived(await client.read(topic, { count: 200 }), records)
      assertReceived(await client.read(topic, { offset: 123, count: 77 }), records.slice(123), 123)
    },
  }),
)

const acksStories = ([0, 1, -1] as const).map(
  (acks): Scenario => ({
    id: `acks-${acks === -1 ? 'all' : acks}`,
    title: `Records sent with acks ${acks} are stored in order.`,
    async play({ client, prepareTopic }) {
      const topic = await prepareTopic()
      const records = numberedRecords(50)
      for (let start = 0; start < 50; start += 10) {
        await client.produce(topic, records.slice(start, start + 10), { acks })
      }
      assertReceived(await client.read(topic, { count: 50 }), records)
    },
  }),
)

/** Each codec and each acks, and all that a record can hold. */
export const produceStories: readonly Scenario[] = [
  ...codecStories,
  ...acksStories,
  {
    id: 'keys-and-nulls',
    title: 'Null keys, null values and binary keys and values stay what they are.',
    play: stage =>
      roundTrip(stage, [
        { value: Buffer.from('no key') },
        { key: Buffer.from('no value'), value: null },
        { key: Buffer.from([...Array(256).keys()]), value: Buffer.from([...Array(256).keys()].reverse()) },
        { key: Buffer.from('schlüssel'), value: Buffer.from('価値') },
      ]),
  },
  {
    id: 'empty-is-not-null',
    title: 'Empty keys and values stay empty and do not become null.',
    play: stage =>
      roundTrip(stage, [
        { key: Buffer.alloc(0), value: Buffer.from('empty key') },
        { key: Buffer.from('empty value'), value: Buffer.alloc(0) },
        { key: Buffer.alloc(0), value: Buffer.alloc(0) },
      ]),
  },
  {
    id: 'nothing-at-all',
    title: 'A record with neither key nor value is a record.',
    play: stage => roundTrip(stage, [{ value: Buffer.from('before') }, { value: null }, { key: null, value: null }]),
  },
  {
    id: 'headers',
    title: 'Headers keep their order, repeated keys and empty values.',
    play: stage =>
      roundTrip(stage, [
        { value: Buffer.from('none') },
        { value: Buffer.from('one'), headers: [{ key: 'trace', value: Buffer.from('a-1') }] },
        {
          value: Buffer.from('repeated and empty'),
          headers: [
            { key: 'via', value: Buffer.from('first') },
            { key: 'via', value: Buffer.from('second') },
            { key: 'via', value: Buffer.from('first') },
            { key: 'empty', value: Buffer.alloc(0) },
          ],
        },
      ]),
  },
  {
    id: 'binary-headers',
    title: 'Header values of any bytes, and a thousand headers on one record, come back as they were.',
    play: stage =>
      roundTrip(stage, [
        { value: Buffer.from('bytes'), headers: [{ key: 'bytes', value: Buffer.from([0, 255, 10, 44, 61, 0]) }] },
        {
          value: Buffer.from('many'),
          headers: Array.from({ length: 1000 }, (_, index) => ({ key: `h${index}`, value: randomBytes(8) })),
        },
      ]),
  },
  {
    id: 'one-megabyte-record',
    title: 'Records of a megabyte that does not compress are taken and come back whole.',
    async play({ client, prepareTopic }) {
      const topic = await prepareTopic()
      const records = ['first', 'second', 'third'].map(key => ({ key: Buffer.from(key), value: randomBytes(megabyte) }))
      for (const record of records) await client.produce(topic, [record])
      assertReceived(await client.read(topic, { count: 3 }), records)
    },
  },
  {
    id: 'ten-thousand-in-a-batch',
    title: 'Ten thousand records sent at once get consecutive offsets.',
    play: stage => roundTrip(stage, spreadRecords(10_000, 1)),
  },
  {
    id: 'order-over-many-sends',
    title: 'Ten thousand records sent in a hundred calls, all under way at once, keep the order of the calls.',
    async play({ client, prepareTopic }) {
      const topic = await prepareTopic()
      const records = spreadRecords(10_000, 1)
      const calls = Array.from({ length: 100 }, (_, index) => records.slice(index * 100, (index + 1) * 100))
      await Promise.all(calls.map(call => client.produce(topic, call, { idempotent: true })))
      assertReceived(await client.read(topic, { count: 10_000 }), records)
    },
  },
  {
    id: 'idempotent-producer',
    title: 'An idempotent producer stores each record once, in order, over many batches and partitions.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic({ partitions: 2 })
      const records = [numberedRecords(1000, 0), numberedRecords(1000, 1)] as const
      for (let start = 0; start < 1000; start += 250) {
        const share = records.flatMap(each => each.slice(start, start + 250))
        await client.produce(topic, share, { idempotent: true })
      }
      for (const partition of [0, 1] as const) {
        assertReceived(await client.read(topic, { partition, count: 1000 }), records[partition])
        assert.deepEqual(await stagehand.offsets(topic, partition), { earliest: 0, latest: 1000 })
      }
    },
  },
  {
    id: 'two-producers',
    title:
      'Two idempotent producers write to one partition at once: all records are there, each producer’s in its order.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic()
      const send = async (driver: Driver, name: string) => {
        for (let start = 0; start < 500; start += 25) {
          const records = Array.from({ length: 25 }, (_, index) => ({ value: Buffer.from(`${name} ${start + index}`) }))
          await driver.produce(topic, records, { idempotent: true })
        }
      }
      await Promise.all([send(client, 'one'), send(stagehand, 'two')])
      const values = (await client.read(topic, { count: 1000 })).map(({ value }) => String(value))
      for (const name of ['one', 'two']) {
        const own = values.filter(value => value.startsWith(name))
        assert.deepEqual(
          own,
          own.map((_, index) => `${name} ${index}`),
        )
        assert.equal(own.length, 500)
      }
    },
  },
  {
    id: 'offsets-of-what-was-sent',
    title: 'The producer is told the offset of each batch, counted per partition.',
    async play({ client, prepareTopic }) {
      const topic = await prepareTopic({ partitions: 2 })
      const batch = [...numberedRecords(3, 0), ...numberedRecords(5, 1)]
      const answers = [await client.produceForOffsets(topic, batch), await client.produceForOffsets(topic, batch)]
      assert.deepEqual([...(answers[0] ?? [])].sort(), [
        [0, 0],
        [1, 0],
      ])
      assert.deepEqual([...(answers[1] ?? [])].sort(), [
        [0, 3],
        [1, 5],
      ])
    },
  },
  {
    id: 'partitions-by-choice',
    title: 'Each record is in the partition that it was sent to, and a key always chooses the same one.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic({ partitions: 3 })
      await client.produce(topic, [...numberedRecords(4, 2), ...numberedRecords(3, 0)])
      assert.equal((await stagehand.offsets(topic, 0)).latest, 3)
      assert.equal((await stagehand.offsets(topic, 1)).latest, 0)
      assertReceived(await client.read(topic, { partition: 2, count: 4 }), numberedRecords(4, 2))
      const keyed = await prepareTopic({ partitions: 3 })
      const sameKey = Array.from({ length: 20 }, () => ({ key: Buffer.from('always'), value: Buffer.from('here') }))
      await client.produce(keyed, sameKey)
      const latest = await Promise.all([0, 1, 2].map(async each => (await stagehand.offsets(keyed, each)).latest))
      assert.deepEqual(latest.sort(), [0, 0, 20])
    },
  },
  {
    id: 'create-time',
    title: 'Timestamps are kept as the producer set them, out of order too.',
    play: stage => {
      const now = Date.now()
      const times = [now, now - 86_400_000, now + 60_000, 1, now]
      return roundTrip(
        stage,
        times.map(timestampMs => ({ value: Buffer.from(`at ${timestampMs}`), timestampMs })),
      )
    },
  },
  {
    id: 'log-append-time',
    title: "A topic with LogAppendTime gives its records the broker's time, whatever the producer set.",
    async play({ client, prepareTopic }) {
      const topic = await prepareTopic({ configs: { 'message.timestamp.type': 'LogAppendTime' } })
      const before = Date.now()
      const records = numberedRecords(10).map(each => ({ ...each, timestampMs: 1000 }))
      for (const codec of ['none', 'gzip'] as const) await client.produce(topic, records, { codec })
      const after = Date.now()
      const received = await client.read(topic, { count: 20 })
      for (const { timestampMs } of received) {
        assert.ok(timestampMs >= before && timestampMs <= after, `${timestampMs} is not in ${before}..${after}`)
      }
      assert.equal(new Set(received.slice(0, 10).map(each => each.timestampMs)).size, 1, 'one time a batch')
    },
  },
  {
    id: 'recompression',
    title: "A topic's own compression.type changes nothing for readers.",
    async play({ client, prepareTopic }) {
      const records = numberedRecords(100)
      for (const type of ['gzip', 'snappy', 'lz4', 'uncompressed']) {
        const topic = await prepareTopic({ configs: { 'compression.type': type } })
        await client.produce(topic, records, { codec: type === 'gzip' ? 'none' : 'gzip' })
        assertReceived(await client.read(topic, { offset: 10, count: 90 }), records.slice(10), 10)
      }
    },
  },
]
