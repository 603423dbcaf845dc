import {
  CreatePartitions,
  CreateTopics,
  DeleteRecords,
  DescribeConfigs,
  DescribeTopicPartitions,
  FindCoordinator,
  IncrementalAlterConfigs,
  Metadata,
  Produce,
} from '../../../protocol/messages/index.ts'
import type { Exchange } from '../exchange.ts'
import type { Talk } from '../talk.ts'
import { batchOf } from './records.ts'

const name = '__consumer_offsets'

const there = (talk: Talk): Promise<unknown> =>
  talk.ask('its coordinator', FindCoordinator, 2, { key: talk.fresh('g') }, { until: answer => answer.errorCode === 0 })

const internal: Exchange = {
  id: 'internal-topics',
  async play(talk) {
    await there(talk)
    await talk.each('it', Metadata, () => ({ topics: [{ name }] }), {
      until: answer => answer.topics[0]?.partitions.length === 50,
      pick: answer => ({ ...answer, topics: answer.topics.map(topic => ({ ...topic, partitions: [] })) }),
    })
    await talk.ask('it', DescribeTopicPartitions, 0, { topics: [{ name }], responsePartitionLimit: 1 })
    for (const acks of [-1, 1]) {
      await talk.ask(`to it with acks ${acks}`, Produce, 11, {
        ...{ acks, timeoutMs: 10_000 },
        topicData: [{ name, partitionData: [{ index: 0, records: [batchOf('a')] }] }],
      })
    }
    await talk.each('of it', DeleteRecords, () => ({
      topics: [{ name, partitions: [{ partitionIndex: 0, offset: 0 }] }],
      timeoutMs: 10_000,
    }))
    await talk.ask('it', CreateTopics, 7, {
      topics: [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 10_000,
    })
    await talk.ask('more of it', CreatePartitions, 3, {
      topics: [{ name, count: 60, assignments: null }],
      timeoutMs: 10_000,
      validateOnly: true,
    })
    await talk.ask('of it', DescribeConfigs, 4, {
      resources: [
        {
          resourceType: 2,
          resourceName: name,
          configurationKeys: ['cleanup.policy', 'segment.bytes', 'compression.type'],
        },
      ],
      includeSynonyms: true,
    })
    await talk.ask('of it', IncrementalAlterConfigs, 1, {
      resources: [
        {
          ...{ resourceType: 2, resourceName: name },
          configs: [{ name: 'segment.ms', configOperation: 0, value: '100000' }],
        },
      ],
      validateOnly: true,
    })
  },
}

/** Topics that coordinators write. */
export const internalTopics: readonly Exchange[] = [internal]
