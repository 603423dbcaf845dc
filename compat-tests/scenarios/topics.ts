/** Stories about topics: create, grow, list, delete, settings, and what the broker refuses. */
import assert from 'node:assert/strict'
import { assertReceived, assertRefused } from './assertions.ts'
import { numberedRecords } from './sample-records.ts'
import type { Scenario } from './scenario.ts'
import { commitOnce } from './commit-once.ts'
import { until } from './until.ts'

const topicSource = 1
const defaultSource = 5

/** Topics as administrators handle them. */
export const topicStories: readonly Scenario[] = [
  {
    id: 'create-list-delete-topics',
    title: 'A created topic is listed and can be written at once; a deleted one is gone; made again it is empty.',
    async play({ client, freshName }) {
      const topic = freshName('topic')
      await client.createTopic(topic, { partitions: 3 })
      assert.equal(await client.partitionCount(topic), 3)
      assert.ok((await client.listTopics()).includes(topic))
      await client.produce(topic, numberedRecords(5, 2))
      await client.deleteTopic(topic)
      await until('the topic gone', async () => !(await client.listTopics()).includes(topic))
      assert.equal(await client.partitionCount(topic), 0)
      await client.createTopic(topic)
      assert.equal(await client.partitionCount(topic), 1)
      assert.deepEqual(await client.offsets(topic, 0), { earliest: 0, latest: 0 })
      await client.produce(topic, numberedRecords(2))
      assertReceived(await client.read(topic, { count: 2 }), numberedRecords(2))
    },
  },
  {
    id: 'offsets-go-with-the-topic',
    title: 'Committed offsets of a deleted topic are gone when it is made again.',
    async play({ client, stagehand, freshName }) {
      const topic = freshName('topic')
      const group = freshName('group')
      await client.createTopic(topic)
      await client.produce(topic, numberedRecords(5))
      await commitOnce(stagehand, group, topic, 4)
      assert.equal((await client.committed(group, topic, [0])).get(0)?.offset, 4)
      await client.deleteTopic(topic)
      await until('the topic gone', async () => !(await stagehand.listTopics()).includes(topic))
      await client.createTopic(topic)
      assert.equal((await client.committed(group, topic, [0])).get(0)?.offset, -1)
    },
  },
  {
    id: 'default-partitions',
    title: "Partitions and replication factor −1 are the broker's defaults.",
    async play({ client, freshName }) {
      const topic = freshName('topic')
      await client.createTopic(topic, { partitions: -1, replicationFactor: -1 })
      await until('one partition', async () => (await client.partitionCount(topic)) === 1)
    },
  },
  {
    id: 'create-partitions',
    title: 'A topic grows: its records stay where they are and the new partitions can be written.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic({ partitions: 1 })
      // The client itself must not have written yet: it may hold what it knows of the partitions for minutes.
      await stagehand.produce(topic, numberedRecords(3))
      await client.createPartitions(topic, 4)
      await until('four partitions', async () => (await client.partitionCount(topic)) === 4)
      const later = await client.produceForOffsets(topic, numberedRecords(2, 3))
      assert.deepEqual([...later], [[3, 0]])
      assertReceived(await client.read(topic, { count: 3 }), numberedRecords(3))
      assertReceived(await client.read(topic, { partition: 3, count: 2 }), numberedRecords(2, 3))
    },
  },
  {
    id: 'topic-configs',
    title: 'Settings given at creation are told as the topic’s own, all others as defaults.',
    async play({ client, freshName }) {
      const topic = freshName('topic')
      await client.createTopic(topic, { configs: { 'retention.ms': '123456', 'cleanup.policy': 'compact,delete' } })
      const configs = await client.topicConfigs(topic)
      const own = [...configs]
        .filter(([, entry]) => entry.source === topicSource)
        .map(([name, { value }]) => [name, value])
      assert.deepEqual(own.sort(), [
        ['cleanup.policy', 'compact,delete'],
        ['retention.ms', '123456'],
      ])
      assert.deepEqual(configs.get('segment.bytes'), {
        value: '1073741824',
        isDefault: true,
        readOnly: false,
        source: defaultSource,
      })
      assert.equal(configs.get('max.message.bytes')?.value, '1048588')
      assert.equal(configs.get('compression.type')?.value, 'producer')
      assert.equal(configs.get('message.timestamp.type')?.value, 'CreateTime')
    },
  },
  {
    id: 'alter-topic-configs',
    title: 'Altered settings replace all of the topic’s own and take effect; unset ones return to the default.',
    async play({ client, stagehand, freshName }) {
      const topic = freshName('topic')
      await client.createTopic(topic, { configs: { 'retention.ms': '123456' } })
      await client.alterTopicConfigs(topic, { 'max.message.bytes': '5000' })
      await until('the altered setting', async () => {
        return (await client.topicConfigs(topic)).get('max.message.bytes')?.value === '5000'
      })
      const configs = await client.topicConfigs(topic)
      assert.deepEqual(configs.get('retention.ms'), {
        value: '604800000',
        isDefault: true,
        readOnly: false,
        source: defaultSource,
      })
      const tooLarge = [{ value: Buffer.alloc(6000) }]
      await assertRefused('MESSAGE_TOO_LARGE', client.produce(topic, tooLarge))
      await client.alterTopicConfigs(topic, {})
      await until('the default again', async () => {
        return (await client.topicConfigs(topic)).get('max.message.bytes')?.value === '1048588'
      })
      await client.produce(topic, tooLarge)
      assert.equal((await stagehand.offsets(topic, 0)).latest, 1)
    },
  },
  {
    id: 'broker-configs',
    title: 'The broker tells its settings, and where each comes from.',
    async play({ client }) {
      const configs = await client.brokerConfigs(1)
      assert.equal(configs.get('num.partitions')?.value, '1')
      assert.equal(configs.get('log.retention.hours')?.value, '168')
      assert.equal(configs.get('auto.create.topics.enable')?.value, 'true')
      assert.equal(configs.get('node.id')?.value, '1')
      assert.equal(configs.get('log.cleaner.threads')?.readOnly, false)
      assert.equal(configs.get('node.id')?.readOnly, true)
      for (const [name, { source }] of configs) {
        assert.ok(source >= topicSource && source <= defaultSource, `${name} has the source ${source}`)
      }
      assert.equal(configs.get('log.retention.hours')?.source, defaultSource)
    },
  },
  {
    id: 'cluster',
    title: 'The cluster has one broker, which is number 1, the controller, and where the client came in.',
    async play({ client }) {
      const { brokers, controllerId, clusterId } = await client.describeCluster()
      assert.deepEqual(
        brokers.map(({ id }) => id),
        [1],
      )
      assert.ok((brokers[0]?.port ?? 0) > 0)
      assert.ok(controllerId === undefined || controllerId === 1, `controller ${controllerId}`)
      assert.ok(clusterId === undefined || clusterId.length === 22, `cluster id ${clusterId}`)
    },
  },
  {
    id: 'topic-auto-creation',
    title: 'Records sent to a topic that is missing make it, with the broker’s number of partitions.',
    async play({ client, stagehand, freshName }) {
      const topic = freshName('topic')
      await client.produce(topic, [{ value: Buffer.from('made by writing') }])
      assert.equal(await stagehand.partitionCount(topic), 1)
      assertReceived(await client.read(topic, { count: 1 }), [{ value: Buffer.from('made by writing') }])
    },
  },
]
