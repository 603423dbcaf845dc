/**
 * The registry: every API that this broker serves. ApiVersions is derived from it, and what isn't listed isn't advertised.
 */
import { alterConfigs } from './alter-configs.ts'
import { alterPartitionReassignments } from './alter-partition-reassignments.ts'
import { apiVersions } from './api-versions.ts'
import { createPartitions } from './create-partitions.ts'
import { createTopics } from './create-topics.ts'
import { deleteTopics } from './delete-topics.ts'
import { describeCluster } from './describe-cluster.ts'
import { describeConfigs } from './describe-configs.ts'
import { describeLogDirs } from './describe-log-dirs.ts'
import { describeTopicPartitions } from './describe-topic-partitions.ts'
import { electLeaders } from './elect-leaders.ts'
import type { Handler } from './handler.ts'
import { incrementalAlterConfigs } from './incremental-alter-configs.ts'
import { listPartitionReassignments } from './list-partition-reassignments.ts'
import { metadata } from './metadata.ts'

/** All handlers, one per API. */
export const handlers: readonly Handler[] = [
  alterConfigs,
  alterPartitionReassignments,
  apiVersions(() => handlers),
  createPartitions,
  createTopics,
  deleteTopics,
  describeCluster,
  describeConfigs,
  describeLogDirs,
  describeTopicPartitions,
  electLeaders,
  incrementalAlterConfigs,
  listPartitionReassignments,
  metadata,
] as const
