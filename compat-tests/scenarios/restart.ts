/** Stories about a broker that stops and comes back on the same data. */
import assert from 'node:assert/strict'
import type { JoinOptions } from '../clients/driver.ts'
import { commitOnce } from './commit-once.ts'
import { assertReceived } from './assertions.ts'
import { Flow } from './flow.ts'
import { numberedRecords } from './sample-records.ts'
import type { Scenario } from './scenario.ts'
import { until } from './until.ts'

const kcatEnds = 'it ends when its broker goes away'

/** What outlives the broker's process, and clients that do. */
export const restartStories: readonly Scenario[] = [
  {
    id: 'kill-keeps-what-was-acknowledged',
    notFor: { kcat: kcatEnds },
    title: 'After the broker was killed while records flowed, all that was acknowledged is there, once and in order.',
    deadlineMs: 60_000,
    async play({ client, stagehand, prepareTopic, freshName, restartBroker }) {
      const topic = await prepareTopic()
      const group = freshName('group')
      await commitOnce(stagehand, group, topic, 3)
      let acknowledged = 0
      const flow = new Flow(async () => {
        await client.produce(topic, numberedRecords(10, 0, acknowledged), { idempotent: true })
        acknowledged += 10
      })
      for (let kill = 1; kill <= 3; kill++) {
        const before = acknowledged
        await until('records acknowledged', () => {
          flow.check()
          return acknowledged >= before + 200
        })
        await restartBroker('kill')
      }
      await flow.stop()
      assert.deepEqual(await stagehand.offsets(topic, 0), { earliest: 0, latest: acknowledged })
      assertReceived(await client.read(topic, { count: acknowledged }), numberedRecords(acknowledged))
      assert.equal((await stagehand.committed(group, topic, [0])).get(0)?.offset, 3)
    },
  },
  {
    id: 'restart-keeps-everything',
    title: 'After a restart records, settings, committed offsets and the next offset are what they were.',
    deadlineMs: 60_000,
    async play({ client, stagehand, prepareTopic, freshName, restartBroker }) {
      const topic = await prepareTopic({ partitions: 2, configs: { 'retention.ms': '99000000' } })
      const group = freshName('group')
      const options: JoinOptions = { topics: [topic], from: 'earliest', commit: 'as-received' }
      await client.produce(topic, numberedRecords(100), { codec: 'gzip' })
      const before = await client.join(group, options)
      await until('offset 100 committed', async () => {
        return (await stagehand.committed(group, topic, [0])).get(0)?.offset === 100
      })
      await before.leave()
      await client.produce(topic, numberedRecords(50, 0, 100))
      await restartBroker('stop')
      assert.equal(await stagehand.partitionCount(topic), 2)
      assert.equal((await stagehand.topicConfigs(topic)).get('retention.ms')?.value, '99000000')
      assert.equal((await stagehand.committed(group, topic, [0])).get(0)?.offset, 100)
      assertReceived(await client.read(topic, { count: 150 }), numberedRecords(150))
      const after = await client.join(group, options)
      await client.produce(topic, numberedRecords(10, 0, 150))
      await until('what was not committed, and what is new', () => after.received.length === 60)
      assertReceived(after.received, numberedRecords(60, 0, 100), 100)
    },
  },
  {
    id: 'restart-under-clients',
    notFor: { kcat: kcatEnds },
    title: 'A producer and a member that stay connected over a restart go on; each record is stored once and received.',
    deadlineMs: 60_000,
    async play({ client, stagehand, prepareTopic, freshName, restartBroker }) {
      const topic = await prepareTopic()
      const group = freshName('group')
      const member = await client.join(group, { topics: [topic], from: 'earliest', commit: 'as-received' })
      await client.produce(topic, numberedRecords(20), { idempotent: true })
      await until('offset 20 committed', async () => {
        return (await stagehand.committed(group, topic, [0])).get(0)?.offset === 20
      })
      await restartBroker('stop')
      await client.produce(topic, numberedRecords(20, 0, 20), { idempotent: true })
      await until('the records after the restart', () => member.received.some(each => each.offset === 39), 40_000)
      assertReceived(await client.read(topic, { count: 40 }), numberedRecords(40))
      assert.deepEqual(await stagehand.offsets(topic, 0), { earliest: 0, latest: 40 })
      await until('the commit after the restart', async () => {
        return (await stagehand.committed(group, topic, [0])).get(0)?.offset === 40
      })
    },
  },
]
