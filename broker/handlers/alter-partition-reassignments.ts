import { codeOf, KafkaError } from '../../protocol/errors.ts'
import { AlterPartitionReassignments } from '../../protocol/messages/alter-partition-reassignments.ts'
import type { RequestOf } from '../../protocol/schema/notation.ts'
import { checkReplicas } from '../cluster/assignment.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { handler } from './handler.ts'

type AskedTopic = RequestOf<typeof AlterPartitionReassignments>['topics'][number]
type AskedPartition = AskedTopic['partitions'][number]

/** Throws KafkaError unless the reassignment is one that is already in place: partitions don't move. */
const reassign = (name: string, { partitionIndex, replicas }: AskedPartition, cluster: Cluster): void => {
  const topic = cluster.topic(name)
  if (topic === undefined) {
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find a topic named ${name}.`)
  }
  const state = topic.partitions[partitionIndex]
  if (state === undefined) {
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find partition ${name}:${partitionIndex}.`)
  }
  if (replicas === null) throw new KafkaError('NO_REASSIGNMENT_IN_PROGRESS')
  const brokers = cluster.brokers().map(({ id }) => id)
  checkReplicas(replicas, brokers)
  const same =
    replicas.length === state.replicas.length && replicas.every((broker, index) => broker === state.replicas[index])
  if (!same) {
    throw new KafkaError(
      'INVALID_REPLICA_ASSIGNMENT',
      `${name}-${partitionIndex} stays on ${state.replicas.join(', ')}`,
    )
  }
}

const outcomeOf = (name: string, partition: AskedPartition, cluster: Cluster) => {
  try {
    reassign(name, partition, cluster)
    return { partitionIndex: partition.partitionIndex, errorCode: codeOf('NONE'), errorMessage: null }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { partitionIndex: partition.partitionIndex, errorCode: error.code, errorMessage: error.detail }
  }
}

/** AlterPartitionReassignments (KIP-455): what is so already succeeds, anything else can't be done. */
export const alterPartitionReassignments = handler(AlterPartitionReassignments, {
  handle: (request, _context, { cluster }) => ({
    throttleTimeMs: 0,
    allowReplicationFactorChange: request.allowReplicationFactorChange,
    errorCode: codeOf('NONE'),
    errorMessage: null,
    responses: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(partition => outcomeOf(name, partition, cluster)),
    })),
  }),
  refuse: (_request, { code, detail }) => ({
    throttleTimeMs: 0,
    errorCode: code,
    errorMessage: detail,
    responses: [],
  }),
})
