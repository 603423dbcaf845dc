import {
  AlterPartitionReassignments,
  ApiVersions,
  DescribeCluster,
  DescribeLogDirs,
  ElectLeaders,
  IncrementalAlterConfigs,
  ListConfigResources,
  ListPartitionReassignments,
} from '../../../protocol/messages/index.ts'
import type { RequestWrite, ResponseRead } from '../../../protocol/schema/notation.ts'
import type { Exchange } from '../exchange.ts'
import { batchOf, produceTo } from './records.ts'

const cluster: Exchange = {
  id: 'describe-cluster',
  async play(talk) {
    await talk.each('brokers', DescribeCluster, () => ({ includeClusterAuthorizedOperations: false }))
    await talk.each('authorised operations', DescribeCluster, () => ({ includeClusterAuthorizedOperations: true }))
    await talk.each(
      'controllers',
      DescribeCluster,
      () => ({
        includeClusterAuthorizedOperations: false,
        endpointType: 2,
      }),
      { from: 1 },
    )
    await talk.each(
      'an unknown type of endpoint',
      DescribeCluster,
      () => ({
        includeClusterAuthorizedOperations: false,
        endpointType: 7,
      }),
      { from: 1 },
    )
    await talk.each(
      'fenced brokers, too',
      DescribeCluster,
      () => ({
        includeClusterAuthorizedOperations: false,
        includeFencedBrokers: true,
      }),
      { from: 2 },
    )
  },
}

const versions: Exchange = {
  id: 'api-versions',
  async play(talk) {
    // Kafka lists what Samsa doesn't serve yet, so only what the exchanges are about is compared.
    const served = new Set([
      0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 32, 33, 35, 37, 42, 43, 44,
    ])
    const pick = (answer: ResponseRead<typeof ApiVersions>): ResponseRead<typeof ApiVersions> => ({
      ...answer,
      apiKeys: answer.apiKeys.filter(({ apiKey }) => served.has(apiKey)),
    })
    const client = { clientSoftwareName: 'observer', clientSoftwareVersion: '1.0' }
    await talk.each('what is spoken', ApiVersions, version => (version < 3 ? {} : client), { pick })
    for (const [label, clientSoftwareName] of [
      ['no name of software', ''],
      ['a name of software with a space', 'a b'],
      ['a name of software that begins with a dash', '-a'],
      ['a name of software with an underscore', 'a_b'],
    ] as const) {
      await talk.ask(
        label,
        ApiVersions,
        3,
        { clientSoftwareName, clientSoftwareVersion: '1' },
        {
          pick: answer => ({ ...answer, apiKeys: [], finalizedFeatures: [], supportedFeatures: [] }),
        },
      )
    }
  },
}

const resources: Exchange = {
  id: 'list-config-resources',
  async play(talk) {
    const { name } = await talk.topic('t')
    const group = talk.fresh('g')
    await talk.quietly(IncrementalAlterConfigs, 1, {
      resources: [
        {
          ...{ resourceType: 32, resourceName: group },
          configs: [{ name: 'consumer.session.timeout.ms', configOperation: 0, value: '50000' }],
        },
      ],
      validateOnly: false,
    })
    const pick = (answer: ResponseRead<typeof ListConfigResources>): ResponseRead<typeof ListConfigResources> => ({
      ...answer,
      configResources: answer.configResources.filter(({ resourceName }) => [name, group, '1'].includes(resourceName)),
    })
    await talk.ask('of client metrics', ListConfigResources, 0, {}, { pick })
    const until = (answer: ResponseRead<typeof ListConfigResources>): boolean =>
      answer.configResources.some(({ resourceName }) => resourceName === group)
    await talk.ask('all', ListConfigResources, 1, { resourceTypes: [] }, { pick, until })
    for (const type of [2, 4, 8, 16, 32]) {
      await talk.ask(`of type ${type}`, ListConfigResources, 1, { resourceTypes: [type] }, { pick })
    }
    await talk.ask('of two types', ListConfigResources, 1, { resourceTypes: [2, 4, 2] }, { pick })
    await talk.ask('of an unknown type', ListConfigResources, 1, { resourceTypes: [2, 3] }, { pick })
  },
}

const logDirs: Exchange = {
  id: 'describe-log-dirs',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const other = await talk.topic('other')
    const missing = talk.fresh('missing')
    await produceTo(talk, name, [batchOf('a', 'b')])
    const pick = (answer: ResponseRead<typeof DescribeLogDirs>): ResponseRead<typeof DescribeLogDirs> => ({
      ...answer,
      results: answer.results.map(result => ({
        ...result,
        topics: result.topics.filter(topic => [name, other.name, missing].includes(topic.name)),
      })),
    })
    await talk.each('a topic', DescribeLogDirs, () => ({ topics: [{ topic: name, partitions: [0, 1] }] }))
    await talk.each('all topics', DescribeLogDirs, () => ({ topics: null }), { pick })
    await talk.each('no topics', DescribeLogDirs, () => ({ topics: [] }), { pick })
    await talk.each('unknown partitions and topics', DescribeLogDirs, () => ({
      topics: [
        { topic: name, partitions: [1, 7] },
        { topic: missing, partitions: [0] },
      ],
    }))
    await talk.each('a topic twice', DescribeLogDirs, () => ({
      topics: [
        { topic: name, partitions: [0] },
        { topic: name, partitions: [0, 1] },
      ],
    }))
  },
}

const elections: Exchange = {
  id: 'elect-leaders',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const missing = talk.fresh('missing')
    const of =
      (topicPartitions: RequestWrite<typeof ElectLeaders>['topicPartitions'], electionType = 0) =>
      (version: number) => ({ ...(version === 0 ? {} : { electionType }), topicPartitions, timeoutMs: 10_000 })
    await talk.each('preferred', ElectLeaders, of([{ topic: name, partitions: [0, 1] }]))
    await talk.each('unclean', ElectLeaders, of([{ topic: name, partitions: [0] }], 1), { from: 1 })
    await talk.each('unknown type', ElectLeaders, of([{ topic: name, partitions: [0] }], 9), { from: 1 })
    await talk.each(
      'unknown partitions and topics',
      ElectLeaders,
      of([
        { topic: name, partitions: [0, 9] },
        { topic: missing, partitions: [0] },
      ]),
    )
    await talk.each('all', ElectLeaders, of(null), {
      pick: answer => ({
        ...answer,
        replicaElectionResults: answer.replicaElectionResults.filter(result => result.topic === name),
      }),
    })
    await talk.each('none', ElectLeaders, of([]))
  },
}

const reassignments: Exchange = {
  id: 'reassignments',
  async play(talk) {
    const { name } = await talk.topic('t', 2)
    const missing = talk.fresh('missing')
    const move = (label: string, ...topics: RequestWrite<typeof AlterPartitionReassignments>['topics'][number][]) =>
      talk.each(label, AlterPartitionReassignments, () => ({ topics }))
    await move('to where it is', { name, partitions: [{ partitionIndex: 0, replicas: [1] }] })
    await move('cancel', { name, partitions: [{ partitionIndex: 0, replicas: null }] })
    await move('to an unknown broker', { name, partitions: [{ partitionIndex: 0, replicas: [5] }] })
    await move('to an unknown broker, too', { name, partitions: [{ partitionIndex: 0, replicas: [1, 5] }] })
    await move('to a broker twice', { name, partitions: [{ partitionIndex: 0, replicas: [1, 1] }] })
    await move('to nobody', { name, partitions: [{ partitionIndex: 0, replicas: [] }] })
    await move('to a negative broker', { name, partitions: [{ partitionIndex: 0, replicas: [-1] }] })
    await move('an unknown partition', { name, partitions: [{ partitionIndex: 9, replicas: [1] }] })
    await move('an unknown topic', { name: missing, partitions: [{ partitionIndex: 0, replicas: [1] }] })
    await move('nothing')
    await talk.each(
      'a changed number of replicas is refused',
      AlterPartitionReassignments,
      () => ({
        allowReplicationFactorChange: false,
        topics: [{ name, partitions: [{ partitionIndex: 0, replicas: [1, 2] }] }],
      }),
      { from: 1 },
    )
    await talk.ask('all', ListPartitionReassignments, 0, { topics: null })
    await talk.ask('of a topic', ListPartitionReassignments, 0, { topics: [{ name, partitionIndexes: [0, 9] }] })
    await talk.ask('of an unknown topic', ListPartitionReassignments, 0, {
      topics: [{ name: missing, partitionIndexes: [0] }],
    })
  },
}

/** What a cluster says of itself. */
export const clusterExchanges: readonly Exchange[] = [cluster, versions, resources, logDirs, elections, reassignments]
