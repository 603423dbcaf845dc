/** Where Samsa answers otherwise than Kafka, on purpose. What isn't listed here must be the same. */
import type { Difference } from './transcript.ts'

/** One difference that is meant to be. */
export interface Deviation {
  /** Id of the exchange. */
  readonly exchange: string
  /** The step's label, API included. */
  readonly step: string
  /** Versions it occurs in, both ends included; all of the step by default. */
  readonly versions?: readonly [from: number, to: number]
  /** A part of Samsa's answer that Kafka's doesn't have. */
  readonly samsa: string
  readonly reason: string
}

/** Why, where several deviations have the same reason. */
const elr =
  "Kafka's eligible leader replicas (KIP-966) set min.insync.replicas for the cluster; Samsa has no such feature."
const telemetry = 'Telemetry (KIP-714) is not served, so there are no settings of client metrics.'
const internal = 'Kafka fails on this request by an exception of its own; Samsa says what is wrong with it.'
const silent = 'Kafka fails on this request by an exception of its own and never answers.'
const usable = 'A topic is made by the Metadata request that asks for it, and can be used at once.'
const old = 'Samsa speaks versions that Kafka 4 dropped and those of 4.4, and finalises only features that it serves.'
const eitherKind =
  'Clients of both versions of transactions are served at every level; Kafka fails by an exception of its own.'
const span = 'Kafka ends an answer where a segment ends; Samsa goes on to the limits.'
const full = 'The whole list is told at once, so that a client needs no second request.'
const every = 'Every topic that was asked about is in the answer, in every API alike.'
const kinder = 'Kafka takes one compressed message a request; what is in several can be taken as well.'
const cut =
  'Kafka stores what is before a message that is cut off, and the producer takes all for stored; Samsa refuses.'
const progress = 'The first batch is sent whole in every version, so that a reader makes progress.'
const zookeeper =
  'Version 0 meant the offsets in ZooKeeper, which Kafka 3.9 no longer had; here they are the same ones.'
const trust = 'A compressed batch is opened only where the topic needs it; its CRC is right.'

const exactly = "Kafka lists aborted transactions up to its index's next entry; Samsa those that the records reach."

/** All of them, by exchange. */
export const deviations: readonly Deviation[] = [
  {
    exchange: 'describe-topic-configs',
    step: 'DescribeConfigs: client metrics',
    samsa: 'errorCode: INVALID_REQUEST',
    reason: telemetry,
  },
  {
    exchange: 'incremental-alter-resources',
    step: 'IncrementalAlterConfigs: client metrics',
    samsa: 'errorCode: INVALID_REQUEST',
    reason: telemetry,
  },
  {
    exchange: 'describe-all-topic-configs',
    step: 'DescribeConfigs: min.insync.replicas',
    samsa: 'configSource: 5',
    reason: elr,
  },
  {
    exchange: 'describe-broker-configs',
    step: 'DescribeConfigs: min.insync.replicas',
    samsa: 'configSource: 5',
    reason: elr,
  },
  {
    exchange: 'describe-broker-configs',
    step: 'DescribeConfigs: node.id',
    samsa: 'configSource: 5',
    reason: 'Samsa needs no node.id: it has a default.',
  },
  {
    exchange: 'describe-quorum',
    step: 'DescribeQuorum: of the metadata',
    versions: [2, 2],
    samsa: "name: 'PLAINTEXT'",
    reason: 'The controller has no listener of its own.',
  },
  {
    exchange: 'incremental-alter-configs',
    step: 'IncrementalAlterConfigs: an unknown operation',
    samsa: 'INVALID_REQUEST',
    reason: internal,
  },
  {
    exchange: 'alter-configs',
    step: 'AlterConfigs: a resource twice',
    samsa: 'INVALID_REQUEST',
    reason: silent,
  },
  {
    exchange: 'create-topics-validated',
    step: 'CreateTopics: a setting with spaces around',
    samsa: "value: '5000'",
    reason: 'Samsa keeps values without the spaces around them; both take them for the same.',
  },
  {
    exchange: 'create-topics-validated',
    step: 'CreateTopics: a setting that Kafka 4 dropped',
    samsa: 'errorCode: NONE',
    reason: 'Older clients and tools still send it: accepted and ignored.',
  },
  {
    exchange: 'create-topics-several',
    step: 'CreateTopics: two names that collide',
    samsa: "name: 'twice_y', errorCode: INVALID_TOPIC_EXCEPTION",
    reason: 'Kafka looks for collisions with topics that are there only, so that both are made.',
  },
  {
    exchange: 'list-offsets-refused',
    step: 'ListOffsets: an unknown isolation level',
    samsa: 'errorCode: NONE',
    reason: 'Any level but read committed reads all.',
  },
  {
    exchange: 'fetch',
    step: 'Fetch: an unknown isolation level',
    samsa: 'highWatermark: 6',
    reason: 'Any level but read committed reads all.',
  },
  {
    exchange: 'fetch',
    step: 'Fetch: a negative number of bytes',
    samsa: 'errorCode: NONE, highWatermark: 6',
    reason: 'A limit below 0 is one of 0: the first batch is sent.',
  },
  {
    exchange: 'fetch',
    step: 'Fetch: a replica',
    samsa: 'nodeEndpoints',
    reason: 'Who is told a leader is told its address, too.',
  },
  {
    exchange: 'delete-records',
    step: 'ListOffsets: max timestamp after all',
    samsa: '{errorCode: NONE}',
    reason: 'Kafka answers the offset of a record that was deleted; Samsa says that there is none.',
  },
  {
    exchange: 'metadata',
    step: 'Metadata: neither id nor name',
    samsa: 'INVALID_TOPIC_EXCEPTION',
    reason: internal,
  },
  {
    exchange: 'metadata-auto-creation',
    step: 'Metadata: an unknown topic is made',
    samsa: 'leaderId: 1',
    reason: usable,
  },
  {
    exchange: 'describe-topic-partitions',
    step: 'DescribeTopicPartitions: bad names',
    samsa: 'INVALID_TOPIC_EXCEPTION',
    reason: internal,
  },
  {
    exchange: 'api-versions',
    step: 'ApiVersions: what is spoken',
    samsa: '{apiKey: 1, maxVersion: 18}',
    reason: old,
  },
  {
    exchange: 'reassignments',
    step: 'AlterPartitionReassignments: nothing',
    samsa: 'errorMessage: null',
    reason: 'No message is null, whatever was asked.',
  },
  {
    exchange: 'produce',
    step: 'Produce: null for records',
    samsa: 'INVALID_RECORD',
    reason: silent,
  },
  {
    exchange: 'produce',
    step: 'Produce: a partition twice',
    samsa: 'baseOffset: 1',
    reason: 'Kafka forgets the first of two batches for one partition; Samsa appends and answers both.',
  },
  {
    exchange: 'produce-refused',
    step: 'Produce: an unknown codec',
    samsa: 'UNSUPPORTED_COMPRESSION_TYPE',
    reason: internal,
  },
  {
    exchange: 'produce-refused',
    step: 'Produce: gzip said of what is not',
    samsa: 'errorCode: NONE',
    reason: trust,
  },
  {
    exchange: 'produce-refused',
    step: 'Fetch: what is there after gzip said of what is not',
    samsa: 'CORRUPT_MESSAGE',
    reason: trust,
  },
  {
    exchange: 'produce-refused',
    step: 'Produce: garbage for records',
    samsa: 'INVALID_RECORD',
    reason: internal,
  },
  {
    exchange: 'group-pending-member',
    step: 'JoinGroup: who only knocked, of an instance',
    samsa: 'UNKNOWN_MEMBER_ID',
    reason: internal,
  },
  {
    exchange: 'old-produce',
    step: 'Produce: two wrappers of magic 0',
    samsa: 'errorCode: NONE',
    reason: kinder,
  },
  {
    exchange: 'old-produce',
    step: 'Fetch: what is there after two wrappers of magic 0',
    samsa: 'batch 0..2',
    reason: kinder,
  },
  {
    exchange: 'old-produce',
    step: 'Produce: two wrappers of magic 1',
    samsa: 'errorCode: NONE',
    reason: kinder,
  },
  {
    exchange: 'old-produce',
    step: 'Fetch: what is there after two wrappers of magic 1',
    samsa: 'batch 0..2',
    reason: kinder,
  },
  {
    exchange: 'old-produce',
    step: 'Produce: cut off of magic 0',
    samsa: 'CORRUPT_MESSAGE',
    reason: cut,
  },
  {
    exchange: 'old-produce',
    step: 'Fetch: what is there after cut off of magic 0',
    samsa: 'lastStableOffset: 0',
    reason: cut,
  },
  {
    exchange: 'old-produce',
    step: 'Produce: cut off of magic 1',
    samsa: 'CORRUPT_MESSAGE',
    reason: cut,
  },
  {
    exchange: 'old-produce',
    step: 'Fetch: what is there after cut off of magic 1',
    samsa: 'lastStableOffset: 0',
    reason: cut,
  },
  {
    exchange: 'old-fetch',
    step: 'Fetch: a small limit',
    samsa: 'message 0',
    versions: [0, 2],
    reason: progress,
  },
  {
    exchange: 'old-fetch',
    step: 'Fetch: zstd',
    samsa: 'records: []',
    reason: 'No records are an empty list, never null.',
  },
  {
    exchange: 'old-groups',
    step: 'OffsetFetch: what was committed',
    samsa: 'errorCode: NONE',
    versions: [0, 0],
    reason: zookeeper,
  },
  {
    exchange: 'old-groups',
    step: 'OffsetFetch: of an unknown group',
    samsa: 'errorCode: NONE',
    versions: [0, 0],
    reason: zookeeper,
  },
  {
    exchange: 'old-groups',
    step: 'OffsetFetch: of an unknown topic',
    samsa: 'errorCode: NONE',
    versions: [0, 0],
    reason: zookeeper,
  },
  {
    exchange: 'old-admin',
    step: 'DescribeConfigs: a topic',
    samsa: 'isDefault: true',
    reason: 'Kafka 3.9 forgot the flag of version 0.',
  },
  {
    exchange: 'several-segments',
    step: 'Fetch: over the segments',
    samsa: 'batch 1..1',
    reason: span,
  },
  {
    exchange: 'several-segments',
    step: 'Fetch: from the middle',
    samsa: 'batch 3..3',
    reason: span,
  },
  {
    exchange: 'unknown-versions',
    step: 'ApiVersions: a version that nobody knows, answered in version 0',
    samsa: '{apiKey: 1, maxVersion: 18}',
    reason: full,
  },
  {
    exchange: 'unknown-versions',
    step: 'ApiVersions: a negative version',
    samsa: '{apiKey: 1, maxVersion: 18}',
    reason: full,
  },
  {
    exchange: 'txn-fetch',
    step: 'Fetch: a little from 0',
    samsa: 'logStartOffset: 0, records',
    reason: exactly,
  },
  {
    exchange: 'txn-offsets-and-others',
    step: 'OffsetFetch: after the topic',
    samsa: 'committedOffset: -1, errorCode: NONE}, {partitionIndex: 1',
    reason: 'Offsets of a topic that was deleted in the meantime are not committed.',
  },
  {
    exchange: 'list-offsets-refused',
    step: 'ListOffsets: a topic without partitions',
    samsa: "{name: 't'}",
    reason: every,
  },
  {
    exchange: 'delete-records',
    step: 'DeleteRecords: a topic without partitions',
    samsa: "{name: 't'}",
    reason: every,
  },
  {
    exchange: 'init-while-a-later-one-is-open',
    step: 'DescribeTransactions: after the old one',
    samsa: "transactionState: 'Ongoing'",
    reason: 'A producer that is fenced can end no transaction of the one that fenced it.',
  },
  {
    exchange: 'add-partitions-of-brokers',
    step: 'AddPartitionsToTxn: none',
    samsa: '{errorCode: NONE}',
    reason: silent,
  },
  {
    exchange: 'update-features',
    step: 'AddPartitionsToTxn: at 0: second kind',
    samsa: '{errorCode: NONE',
    reason: eitherKind,
  },
  {
    exchange: 'update-features',
    step: 'EndTxn: at 0: second kind',
    samsa: '{errorCode: NONE',
    reason: eitherKind,
  },
  {
    exchange: 'update-features',
    step: 'DescribeTransactions: at 0: second kind',
    samsa: "transactionState: 'CompleteCommit'",
    reason: eitherKind,
  },
]

/** Whether a deviation explains a difference. */
export const explains = (
  deviation: Deviation,
  { exchange, step, version, recorded, answered }: Difference,
): boolean => {
  const [from, to] = deviation.versions ?? [0, Number.POSITIVE_INFINITY]
  return (
    deviation.exchange === exchange &&
    deviation.step === step &&
    from <= version &&
    version <= to &&
    answered.includes(deviation.samsa) &&
    !recorded.includes(deviation.samsa)
  )
}
