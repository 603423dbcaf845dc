/** Stories about where reading starts: seek, ends of the log, offsets for times, limits of a fetch. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { assertReceived, assertRefused } from './assertions.ts'
import { numberedRecords } from './sample-records.ts'
import type { Scenario } from './scenario.ts'
import { commitOnce } from './commit-once.ts'
import { until } from './until.ts'

/** Offsets, by number, by time, by end. */
export const positionStories: readonly Scenario[] = [
  {
    id: 'seek',
    title: 'A member that seeks, backwards and forwards, receives from exactly there.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const records = numberedRecords(100)
      await client.produce(topic, records)
      const member = await client.join(freshName('group'), { topics: [topic], from: 'earliest', commit: 'never' })
      await until('all records received', () => member.received.length >= 100)
      for (const offset of [57, 0, 99]) {
        const before = member.received.length
        await member.seek(topic, 0, offset)
        const expected = records.slice(offset)
        await until(`records from ${offset} received`, () => member.received.length >= before + expected.length)
        assertReceived(member.received.slice(before), expected, offset)
      }
    },
  },
  {
    id: 'earliest-and-latest',
    title: 'The ends of an empty, a filled and a trimmed partition are told, and reading starts at the new start.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic()
      assert.deepEqual(await client.offsets(topic, 0), { earliest: 0, latest: 0 })
      const records = numberedRecords(30)
      await client.produce(topic, records)
      assert.deepEqual(await client.offsets(topic, 0), { earliest: 0, latest: 30 })
      await stagehand.deleteRecords(topic, 0, 12)
      assert.deepEqual(await client.offsets(topic, 0), { earliest: 12, latest: 30 })
      assertReceived(await client.read(topic, { offset: 12, count: 18 }), records.slice(12), 12)
    },
  },
  {
    id: 'offsets-for-times',
    title: 'A time leads to the first record at or after it, inside a batch too, and past the last to the end.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic()
      const start = Date.now() - 1_000_000
      for (const codec of ['none', 'gzip'] as const) {
        const first = (await stagehand.offsets(topic, 0)).latest
        const records = numberedRecords(20).map((record, index) => ({
          ...record,
          timestampMs: start + (first + index) * 1000,
        }))
        await stagehand.produce(topic, records, { codec })
      }
      assert.equal(await client.offsetForTime(topic, 0, start - 500_000), 0, 'before the first')
      for (const offset of [0, 1, 13, 19, 20, 21, 39]) {
        assert.equal(await client.offsetForTime(topic, 0, start + offset * 1000), offset, `exactly at ${offset}`)
        assert.equal(await client.offsetForTime(topic, 0, start + offset * 1000 - 999), offset, `just before ${offset}`)
      }
      assert.equal(await client.offsetForTime(topic, 0, start + 39_001), 40, 'after the last')
    },
  },
  {
    id: 'from-latest',
    title: 'A new group that starts at the latest offset receives what comes from then on, and nothing older.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      await client.produce(topic, numberedRecords(50))
      const member = await client.join(freshName('group'), { topics: [topic], from: 'latest', commit: 'as-received' })
      await until('assignment', () => member.assignment().length === 1)
      // Being assigned doesn't say that the member has looked up its position yet: send until it receives something.
      let next = 50
      await until('a record from the end', async () => {
        await client.produce(topic, numberedRecords(1, 0, next++))
        return member.received.length > 0
      })
      await client.produce(topic, numberedRecords(5, 0, next))
      next += 5
      const first = member.received[0]?.offset ?? 0
      assert.ok(first >= 50, `received the old record ${first}`)
      await until('all that came since', () => member.received.length === next - first)
      assertReceived(member.received, numberedRecords(next - first, 0, first), first)
    },
  },
  {
    id: 'offset-out-of-range',
    title: 'A group whose committed offset is beyond the end, or deleted, starts over where it is told to.',
    async play({ client, stagehand, prepareTopic, freshName }) {
      const records = numberedRecords(20)
      for (const committed of [1000, 3]) {
        const topic = await prepareTopic()
        const group = freshName('group')
        await stagehand.produce(topic, records)
        await commitOnce(stagehand, group, topic, committed)
        await stagehand.deleteRecords(topic, 0, 5)
        const member = await client.join(group, { topics: [topic], from: 'earliest', commit: 'as-received' })
        await until('records from the start of the log', () => member.received.length >= 15)
        assertReceived(member.received, records.slice(5), 5)
        await member.leave()
      }
    },
  },
  {
    id: 'idle-consumer',
    title: 'A consumer that waits at the end receives a record soon after it is sent.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const member = await client.join(freshName('group'), { topics: [topic], from: 'earliest', commit: 'as-received' })
      await until('assignment', () => member.assignment().length === 1)
      for (let round = 0; round < 5; round++) {
        await client.produce(topic, numberedRecords(1, 0, round))
        await until(`record ${round}`, () => member.received.length === round + 1, 2000)
      }
      assertReceived(member.received, numberedRecords(5))
    },
  },
  {
    id: 'records-above-the-fetch-limit',
    title: 'Batches larger than the consumer’s limit are delivered all the same, one after the other.',
    async play({ client, prepareTopic }) {
      const topic = await prepareTopic()
      const records = Array.from({ length: 5 }, () => ({ value: randomBytes(300_000) }))
      for (const record of records) await client.produce(topic, [record])
      assertReceived(await client.read(topic, { count: 5, maxBytesPerPartition: 10_000 }), records)
    },
  },
  {
    id: 'twenty-megabytes',
    title: 'Twenty megabytes come back complete and in order through many fetches.',
    async play({ client, prepareTopic }) {
      const topic = await prepareTopic()
      const records = Array.from({ length: 200 }, () => ({ value: randomBytes(100_000) }))
      for (let start = 0; start < 200; start += 5) await client.produce(topic, records.slice(start, start + 5))
      assertReceived(await client.read(topic, { count: 200 }), records)
    },
  },
  {
    id: 'delete-records',
    title: 'Records are deleted up to an offset or to the end, never beyond it.',
    async play({ client, prepareTopic }) {
      const topic = await prepareTopic({ partitions: 2 })
      await client.produce(topic, [...numberedRecords(10, 0), ...numberedRecords(10, 1)])
      await client.deleteRecords(topic, 0, 4)
      assert.deepEqual(await client.offsets(topic, 0), { earliest: 4, latest: 10 })
      await client.deleteRecords(topic, 0, 2)
      assert.deepEqual(await client.offsets(topic, 0), { earliest: 4, latest: 10 })
      await client.deleteRecords(topic, 0, -1)
      assert.deepEqual(await client.offsets(topic, 0), { earliest: 10, latest: 10 })
      assert.deepEqual(await client.offsets(topic, 1), { earliest: 0, latest: 10 })
      await assertRefused('OFFSET_OUT_OF_RANGE', client.deleteRecords(topic, 1, 11))
      await client.produce(topic, numberedRecords(1, 0, 10))
      assertReceived(await client.read(topic, { offset: 10, count: 1 }), numberedRecords(1, 0, 10), 10)
    },
  },
]
