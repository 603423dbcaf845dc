/** Stories about transactions: what is committed is seen as a whole, and nothing else of it. */
import assert from 'node:assert/strict'
import { type ConsumedRecord, Refused } from '../clients/driver.ts'
import { numberedRecords } from './sample-records.ts'
import type { Scenario } from './scenario.ts'
import { until } from './until.ts'

const keys = (records: readonly { readonly key?: Buffer | null }[]): readonly string[] =>
  records.map(({ key }) => String(key))

const of = (records: readonly ConsumedRecord[], partition: number): readonly ConsumedRecord[] =>
  records.filter(record => record.partition === partition)

/** What transactional producers and those who read after them rely on. */
export const transactionStories: readonly Scenario[] = [
  {
    id: 'transaction-commit',
    title: 'Records of a transaction over two partitions are received when it is committed, not before.',
    async play({ client, stagehand, prepareTopic, freshName }) {
      const topic = await prepareTopic({ partitions: 3 })
      const producer = await client.transactional(freshName('group'))
      const member = await client.join(freshName('group'), { topics: [topic], from: 'earliest', commit: 'never' })
      await until('an assignment', () => member.assignment().length === 3)
      await producer.begin()
      await producer.send(topic, [...numberedRecords(5, 0), ...numberedRecords(5, 1, 100)])
      const uncommitted = await client.read(topic, { count: 5, uncommitted: true })
      assert.deepEqual(keys(uncommitted), keys(numberedRecords(5)))
      await stagehand.produce(topic, numberedRecords(1, 2, 200))
      await until('what is in no transaction', () => of(member.received, 2).length === 1)
      assert.deepEqual(keys(of(member.received, 0)), [])
      await producer.commit()
      await until('what was committed', () => member.received.length === 11)
      assert.deepEqual(keys(of(member.received, 0)), keys(numberedRecords(5)))
      assert.deepEqual(keys(of(member.received, 1)), keys(numberedRecords(5, 1, 100)))
    },
  },
  {
    id: 'transaction-abort',
    title: 'Aborted records are passed over between those of committed transactions.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const producer = await client.transactional(freshName('group'))
      for (let transaction = 0; transaction < 6; transaction++) {
        await producer.begin()
        await producer.send(topic, numberedRecords(5, 0, transaction * 5))
        if (transaction % 2 === 0) await producer.commit()
        else await producer.abort()
      }
      const committed = [0, 10, 20].flatMap(first => numberedRecords(5, 0, first))
      assert.deepEqual(keys(await client.read(topic, { count: 15 })), keys(committed))
      const all = await client.read(topic, { count: 30, uncommitted: true })
      assert.deepEqual(keys(all), keys(numberedRecords(30)))
    },
  },
  {
    id: 'transaction-offsets',
    title: 'Offsets that a transaction commits count when it is committed.',
    async play({ client, stagehand, prepareTopic, freshName }) {
      const topic = await prepareTopic({ partitions: 2 })
      const group = freshName('group')
      const producer = await client.transactional(freshName('group'))
      const committed = async () => {
        const offsets = await stagehand.committed(group, topic, [0, 1])
        return [0, 1].map(partition => offsets.get(partition)?.offset)
      }
      const transact = async (offset: number) => {
        await producer.begin()
        await producer.send(topic, numberedRecords(2))
        await producer.sendOffsets(
          group,
          topic,
          new Map([
            [0, offset],
            [1, offset + 1],
          ]),
        )
      }
      await transact(3)
      assert.deepEqual(await committed(), [-1, -1])
      await producer.commit()
      await until('the offsets that were committed', async () => (await committed()).join() === '3,4')
      await transact(7)
      await producer.abort()
      assert.deepEqual(await committed(), [3, 4])
      await transact(9)
      await producer.commit()
      await until('the offsets that were committed next', async () => (await committed()).join() === '9,10')
    },
  },
  {
    id: 'transaction-fenced',
    title: 'Who takes a transactional id over ends what the one before had open, and fences it.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic()
      const id = freshName('group')
      const first = await client.transactional(id)
      await first.begin()
      await first.send(topic, numberedRecords(5))
      const second = await client.transactional(id)
      await assert.rejects(
        async () => {
          await first.send(topic, numberedRecords(1, 0, 50))
          await first.commit()
        },
        (error: unknown) =>
          error instanceof Refused && ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED'].includes(error.code),
      )
      await second.begin()
      await second.send(topic, numberedRecords(5, 0, 100))
      await second.commit()
      assert.deepEqual(keys(await client.read(topic, { count: 5 })), keys(numberedRecords(5, 0, 100)))
    },
  },
  {
    id: 'transaction-over-restarts',
    title: 'A transaction that is open while the broker stops or is killed is committed or aborted as a whole.',
    deadlineMs: 60_000,
    async play({ client, stagehand, prepareTopic, freshName, restartBroker }) {
      const topic = await prepareTopic()
      const group = freshName('group')
      const producer = await client.transactional(freshName('group'))
      const over = async (how: 'stop' | 'kill', first: number, committed: boolean) => {
        await producer.begin()
        await producer.send(topic, numberedRecords(5, 0, first))
        await producer.sendOffsets(group, topic, new Map([[0, first]]))
        await restartBroker(how)
        await producer.send(topic, numberedRecords(5, 0, first + 5))
        if (committed) await producer.commit()
        else await producer.abort()
      }
      await over('stop', 0, true)
      await over('kill', 100, false)
      await over('kill', 200, true)
      const expected = [...numberedRecords(10), ...numberedRecords(10, 0, 200)]
      assert.deepEqual(keys(await client.read(topic, { count: 20 })), keys(expected))
      assert.equal((await stagehand.committed(group, topic, [0])).get(0)?.offset, 200)
    },
  },
]
