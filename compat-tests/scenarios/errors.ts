/** Stories about what the broker refuses, and with which error. */
import assert from 'node:assert/strict'
import { assertReceived, assertRefused } from './assertions.ts'
import { numberedRecords } from './sample-records.ts'
import type { Scenario } from './scenario.ts'

/** Refusals of administrators' and producers' requests; nothing that was refused leaves a trace. */
export const errorStories: readonly Scenario[] = [
  {
    id: 'unknown-topic',
    title: 'A topic that is not there is UNKNOWN_TOPIC_OR_PARTITION to delete and to grow.',
    async play({ client, stagehand, freshName }) {
      const topic = freshName('topic')
      await assertRefused('UNKNOWN_TOPIC_OR_PARTITION', client.deleteTopic(topic))
      await assertRefused('UNKNOWN_TOPIC_OR_PARTITION', client.createPartitions(topic, 4))
      assert.equal(await stagehand.partitionCount(topic), 0)
    },
  },
  {
    id: 'produce-to-unknown-topic',
    title: 'A producer that must not create topics is refused with UNKNOWN_TOPIC_OR_PARTITION.',
    async play({ client, stagehand, freshName }) {
      const topic = freshName('topic')
      await assertRefused(
        'UNKNOWN_TOPIC_OR_PARTITION',
        client.produce(topic, numberedRecords(1), { autoCreate: false }),
      )
      assert.equal(await stagehand.partitionCount(topic), 0)
    },
  },
  {
    id: 'read-unknown-topic',
    notFor: { 'node-rdkafka-0.9': 'before Kafka 0.11 asking for a topic always created it' },
    title: 'Reading a topic that is not there is UNKNOWN_TOPIC_OR_PARTITION and does not make it.',
    async play({ client, stagehand, freshName }) {
      const topic = freshName('topic')
      await assertRefused('UNKNOWN_TOPIC_OR_PARTITION', client.read(topic, { count: 1 }))
      assert.equal(await stagehand.partitionCount(topic), 0)
    },
  },
  {
    id: 'message-too-large',
    title: 'A record above the topic’s limit is MESSAGE_TOO_LARGE; one below it, sent next, is stored.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic({ configs: { 'max.message.bytes': '10000' } })
      await assertRefused('MESSAGE_TOO_LARGE', client.produce(topic, [{ value: Buffer.alloc(20_000) }]))
      assert.deepEqual(await stagehand.offsets(topic, 0), { earliest: 0, latest: 0 })
      await client.produce(topic, [{ value: Buffer.alloc(9000) }])
      assertReceived(await client.read(topic, { count: 1 }), [{ value: Buffer.alloc(9000) }])
    },
  },
  {
    id: 'default-message-limit',
    title: 'A record of two megabytes is above the default limit.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic()
      await assertRefused('MESSAGE_TOO_LARGE', client.produce(topic, [{ value: Buffer.alloc(2_000_000) }]))
      assert.equal((await stagehand.offsets(topic, 0)).latest, 0)
    },
  },
  {
    id: 'null-key-on-compacted-topic',
    title: 'A compacted topic refuses a batch with a record without key, and stores nothing of it.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic({ configs: { 'cleanup.policy': 'compact' } })
      const keyless = { value: Buffer.from('no key') }
      await assertRefused('INVALID_RECORD', client.produce(topic, [keyless]))
      assert.equal((await stagehand.offsets(topic, 0)).latest, 0)
      await client.produce(topic, numberedRecords(3))
      assertReceived(await client.read(topic, { count: 3 }), numberedRecords(3))
    },
  },
  {
    id: 'time-out-of-bounds',
    title: 'A record from two hours ahead is INVALID_TIMESTAMP.',
    async play({ client, stagehand, prepareTopic }) {
      const topic = await prepareTopic()
      const ahead = { value: Buffer.from('from tomorrow'), timestampMs: Date.now() + 7_200_000 }
      await assertRefused('INVALID_TIMESTAMP', client.produce(topic, [ahead]))
      assert.equal((await stagehand.offsets(topic, 0)).latest, 0)
    },
  },
  {
    id: 'topic-already-exists',
    title: 'A topic is made once: again is TOPIC_ALREADY_EXISTS and changes nothing.',
    async play({ client, stagehand, freshName }) {
      const topic = freshName('topic')
      await client.createTopic(topic, { partitions: 2 })
      await assertRefused('TOPIC_ALREADY_EXISTS', client.createTopic(topic, { partitions: 5 }))
      assert.equal(await stagehand.partitionCount(topic), 2)
    },
  },
  {
    id: 'invalid-topic-names',
    title: 'Names that Kafka does not allow, and one that collides with another, are INVALID_TOPIC_EXCEPTION.',
    async play({ client, freshName }) {
      for (const name of ['bad/name', 'with space', '.', '..', 'x'.repeat(250)]) {
        await assertRefused('INVALID_TOPIC_EXCEPTION', client.createTopic(name))
      }
      const topic = freshName('topic').replaceAll('-', '.')
      await client.createTopic(topic)
      await assertRefused('INVALID_TOPIC_EXCEPTION', client.createTopic(topic.replaceAll('.', '_')))
      await client.createTopic('x'.repeat(249 - topic.length) + topic)
    },
  },
  {
    id: 'produce-to-invalid-name',
    notFor: {
      'node-rdkafka-0.9': 'it tries until its own timeout and tells that',
      kcat: 'it may learn of the name before it sends, and then tells only that there is no such topic',
    },
    title: 'Producing to a name that Kafka does not allow is INVALID_TOPIC_EXCEPTION.',
    async play({ client }) {
      await assertRefused('INVALID_TOPIC_EXCEPTION', client.produce('bad/name', numberedRecords(1)))
    },
  },
  {
    id: 'invalid-configs',
    title: 'Unknown settings and impossible values are INVALID_CONFIG, and no topic is made.',
    async play({ client, stagehand, freshName }) {
      const topic = freshName('topic')
      const wrong = [
        { 'no.such.setting': '1' },
        { 'retention.ms': 'soon' },
        { 'cleanup.policy': 'sometimes' },
        { 'segment.bytes': '3' },
        { 'compression.type': 'brotli' },
        { 'max.message.bytes': '-5' },
        { 'min.cleanable.dirty.ratio': '2' },
      ]
      for (const configs of wrong) await assertRefused('INVALID_CONFIG', client.createTopic(topic, { configs }))
      assert.equal(await stagehand.partitionCount(topic), 0)
    },
  },
  {
    id: 'alter-to-invalid-configs',
    title:
      'Altering to an impossible value is INVALID_CONFIG and changes nothing; of a missing topic UNKNOWN_TOPIC_OR_PARTITION.',
    async play({ client, prepareTopic, freshName }) {
      const topic = await prepareTopic({ configs: { 'retention.ms': '5000' } })
      await assertRefused('INVALID_CONFIG', client.alterTopicConfigs(topic, { 'retention.ms': 'never' }))
      assert.equal((await client.topicConfigs(topic)).get('retention.ms')?.value, '5000')
      const missing = freshName('topic')
      await assertRefused('UNKNOWN_TOPIC_OR_PARTITION', client.alterTopicConfigs(missing, { 'retention.ms': '1' }))
    },
  },
  {
    id: 'describe-configs-of-unknown-topic',
    title: 'The settings of a missing topic are UNKNOWN_TOPIC_OR_PARTITION.',
    async play({ client, freshName }) {
      await assertRefused('UNKNOWN_TOPIC_OR_PARTITION', client.topicConfigs(freshName('topic')))
    },
  },
  {
    id: 'invalid-partitions',
    title: 'No partitions, and no more partitions than there are, is INVALID_PARTITIONS.',
    async play({ client, prepareTopic, freshName }) {
      await assertRefused('INVALID_PARTITIONS', client.createTopic(freshName('topic'), { partitions: 0 }))
      const topic = await prepareTopic({ partitions: 3 })
      await assertRefused('INVALID_PARTITIONS', client.createPartitions(topic, 3))
      await assertRefused('INVALID_PARTITIONS', client.createPartitions(topic, 2))
      assert.equal(await client.partitionCount(topic), 3)
    },
  },
  {
    id: 'invalid-replication-factor',
    title: 'More replicas than brokers is INVALID_REPLICATION_FACTOR.',
    async play({ client, freshName }) {
      const topic = freshName('topic')
      await assertRefused('INVALID_REPLICATION_FACTOR', client.createTopic(topic, { replicationFactor: 3 }))
      await assertRefused('INVALID_REPLICATION_FACTOR', client.createTopic(topic, { replicationFactor: 0 }))
    },
  },
]
