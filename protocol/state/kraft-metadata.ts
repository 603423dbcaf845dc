/**
 * What Kafka's own metadata log holds (`__cluster_metadata`, KIP-500), as far as an import reads it: topics, partitions, settings, features
 * and producer ids. A value begins with three unsigned varints, which these declarations don't show: the frame's version, the record's type
 * (`key` here) and the record's version. Samsa writes none of these; its own metadata is in broker/cluster/records.ts.
 */
import { array, int16, int32, int64, int8, message, string, uuid } from '../schema/notation.ts'

const flexible = { flexible: '0+' } as const

/** A topic exists. Its partitions follow. */
export const TopicRecord = message({
  name: 'TopicRecord',
  key: 2,
  versions: '0',
  ...flexible,
  fields: {
    name: string(),
    topicId: uuid(),
  },
})

/** A partition exists, and is so. */
export const PartitionRecord = message({
  name: 'PartitionRecord',
  key: 3,
  versions: '0-2',
  ...flexible,
  fields: {
    partitionId: int32('0+', { default: -1 }),
    topicId: uuid(),
    /** The first one is the preferred leader. */
    replicas: array('0+', int32()),
    isr: array('0+', int32()),
    removingReplicas: array('0+', int32()),
    addingReplicas: array('0+', int32()),
    /** −1: none. */
    leader: int32('0+', { default: -1 }),
    /** 1: the leader was elected uncleanly and recovers. */
    leaderRecoveryState: int8('0+', { tag: 0, default: 0 }),
    leaderEpoch: int32('0+', { default: -1 }),
    /** Rises with each change of the partition. */
    partitionEpoch: int32('0+', { default: -1 }),
    /** The log directory of each replica (KIP-858). */
    directories: array('1+', uuid()),
    /** Replicas out of the ISR that may lead nevertheless (KIP-966). */
    eligibleLeaderReplicas: array('2+', { nullable: '2+', tag: 1, default: null }, int32()),
    lastKnownElr: array('2+', { nullable: '2+', tag: 2, default: null }, int32()),
  },
})

/** What has changed of a partition; all else stays. */
export const PartitionChangeRecord = message({
  name: 'PartitionChangeRecord',
  key: 5,
  versions: '0-2',
  ...flexible,
  fields: {
    partitionId: int32('0+', { default: -1 }),
    topicId: uuid(),
    isr: array('0+', { nullable: '0+', tag: 0, default: null }, int32()),
    /** −2: as before, under the same epoch; otherwise the leader, −1 for none, under the next epoch. */
    leader: int32('0+', { tag: 1, default: -2 }),
    replicas: array('0+', { nullable: '0+', tag: 2, default: null }, int32()),
    removingReplicas: array('0+', { nullable: '0+', tag: 3, default: null }, int32()),
    addingReplicas: array('0+', { nullable: '0+', tag: 4, default: null }, int32()),
    /** −1: as before. */
    leaderRecoveryState: int8('0+', { tag: 5, default: -1 }),
    directories: array('1+', { nullable: '1+', tag: 8, default: null }, uuid()),
    eligibleLeaderReplicas: array('2+', { nullable: '2+', tag: 6, default: null }, int32()),
    lastKnownElr: array('2+', { nullable: '2+', tag: 7, default: null }, int32()),
  },
})

/** A topic, its partitions and its settings are gone. */
export const RemoveTopicRecord = message({
  name: 'RemoveTopicRecord',
  key: 9,
  versions: '0',
  ...flexible,
  fields: { topicId: uuid() },
})

/** A dynamic setting has a value; null: it has none. Types of resources are those of the wire. */
export const ConfigRecord = message({
  name: 'ConfigRecord',
  key: 4,
  versions: '0',
  ...flexible,
  fields: {
    resourceType: int8(),
    resourceName: string(),
    name: string(),
    value: string('0+', { nullable: '0+' }),
  },
})

/** A feature runs at this level (KIP-584); 0: it is off. */
export const FeatureLevelRecord = message({
  name: 'FeatureLevelRecord',
  key: 12,
  versions: '0',
  ...flexible,
  fields: {
    name: string(),
    featureLevel: int16(),
  },
})

/** Producer ids below `nextProducerId` are given out. */
export const ProducerIdsRecord = message({
  name: 'ProducerIdsRecord',
  key: 15,
  versions: '0',
  ...flexible,
  fields: {
    brokerId: int32(),
    brokerEpoch: int64('0+', { default: -1 }),
    nextProducerId: int64(),
  },
})

/** What follows counts if an `EndTransactionRecord` comes (KIP-868). */
export const BeginTransactionRecord = message({
  name: 'BeginTransactionRecord',
  key: 23,
  versions: '0',
  ...flexible,
  fields: { name: string('0+', { nullable: '0+', tag: 0, default: null }) },
})

/** What came since `BeginTransactionRecord` counts. */
export const EndTransactionRecord = message({
  name: 'EndTransactionRecord',
  key: 24,
  versions: '0',
  ...flexible,
  fields: {},
})

/** What came since `BeginTransactionRecord` doesn't count. */
export const AbortTransactionRecord = message({
  name: 'AbortTransactionRecord',
  key: 25,
  versions: '0',
  ...flexible,
  fields: { reason: string('0+', { nullable: '0+', tag: 0, default: null }) },
})
