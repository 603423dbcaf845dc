import { codeOf } from '../../protocol/errors.ts'
import { DescribeQuorum } from '../../protocol/messages/describe-quorum.ts'
import type { RequestOf } from '../../protocol/schema/notation.ts'
import type { Broker } from '../broker.ts'
import { type Context, handler } from './handler.ts'

type Asked = RequestOf<typeof DescribeQuorum>['topics'][number]

/** KRaft's name for the log of the cluster's metadata, which tools ask about. */
const METADATA_TOPIC = '__cluster_metadata'

/**
 * DescribeQuorum (KIP-595): who keeps the cluster's metadata. The controller is a quorum of one; it leads, and is the only voter.
 * UNKNOWN_TOPIC_OR_PARTITION for everything if anything but the metadata's one partition is asked for, as in Kafka 4.3.
 */
export const describeQuorum = handler(DescribeQuorum, {
  async handle({ topics }, context, broker) {
    const none = codeOf('NONE')
    if (topics.length === 0) return { errorCode: none, errorMessage: '', topics: [], nodes: [] }
    if (!isMetadata(topics)) return { errorCode: none, errorMessage: '', topics: topics.map(unknown), nodes: [] }
    const partition = { partitionIndex: 0, errorCode: none, errorMessage: '', ...(await quorumOf(broker)) }
    return {
      errorCode: none,
      errorMessage: '',
      topics: [{ topicName: METADATA_TOPIC, partitions: [partition] }],
      ...(context.apiVersion < 2 ? {} : { nodes: nodesOf(broker, context) }),
    }
  },
  refuse: (_request, { code, detail }) => ({ errorCode: code, errorMessage: detail, topics: [], nodes: [] }),
})

const isMetadata = (topics: readonly Asked[]): boolean =>
  topics.length === 1 &&
  topics[0]!.topicName === METADATA_TOPIC &&
  topics[0]!.partitions.length === 1 &&
  topics[0]!.partitions[0]!.partitionIndex === 0

const unknown = ({ topicName, partitions }: Asked) => ({
  topicName,
  partitions: partitions.map(({ partitionIndex }) => ({
    partitionIndex,
    errorCode: codeOf('UNKNOWN_TOPIC_OR_PARTITION'),
    errorMessage: `only partition 0 of ${METADATA_TOPIC} has a quorum, and it is asked for alone`,
    ...{ leaderId: 0, leaderEpoch: 0, highWatermark: 0, currentVoters: [], observers: [] },
  })),
})

const quorumOf = async ({ cluster, engine, clock }: Broker) => {
  const { committed, end } = await engine.log('state/cluster').bounds()
  const nowMs = clock.now()
  const leader = {
    ...{ replicaId: cluster.controllerId, logEndOffset: end },
    ...{ lastFetchTimestamp: nowMs, lastCaughtUpTimestamp: nowMs },
  }
  return {
    ...{ leaderId: cluster.controllerId, leaderEpoch: cluster.controllerEpoch, highWatermark: committed },
    ...{ currentVoters: [leader], observers: [] },
  }
}

const nodesOf = ({ cluster }: Broker, { client }: Context) =>
  cluster
    .brokers()
    .filter(({ id }) => id === cluster.controllerId)
    .map(node => ({ nodeId: node.id, listeners: [{ name: client.listener, ...cluster.advertised(node, client) }] }))
