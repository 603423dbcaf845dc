/**
 * What __consumer_offsets holds of Kafka Streams groups (KIP-1071). The form of the records is in classic-group.ts,
 * the meaning of epochs and assignments in consumer-group.ts: for partitions read tasks.
 */
import { array, int16, int32, int64, int8, message, string, struct, uint16 } from '../schema/notation.ts'

/** Names a streams group. */
export const StreamsGroupMetadataKey = message({
  name: 'StreamsGroupMetadataKey',
  key: 17,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

/** The group epoch. Written when it rises; a tombstone when the group is deleted. */
export const StreamsGroupMetadataValue = message({
  name: 'StreamsGroupMetadataValue',
  key: 17,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    /** Hash of the topics that the topology needs, as in ConsumerGroupMetadataValue. */
    metadataHash: int64(),
    /** The topology of this epoch was found to fit the topics; -1: none yet. */
    validatedTopologyEpoch: int32('0+', { tag: 0, default: -1 }),
    /** Settings with which the assignor last ran; when they change, so does the group epoch. */
    lastAssignmentConfigs: array(
      '0+',
      { tag: 1, nullable: '0+' },
      {
        key: string(),
        value: string(),
      },
    ),
  },
})

/** Names a member. */
export const StreamsGroupMemberMetadataKey = message({
  name: 'StreamsGroupMemberMetadataKey',
  key: 19,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

/** What a member is. Written when it joins and when that changes; a tombstone when it is gone. */
export const StreamsGroupMemberMetadataValue = message({
  name: 'StreamsGroupMemberMetadataValue',
  key: 19,
  versions: '0',
  flexible: '0+',
  fields: {
    /** Null: a dynamic member. */
    instanceId: string('0+', { nullable: '0+' }),
    /** Null: none. */
    rackId: string('0+', { nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topologyEpoch: int32(),
    /** Of the process, which may hold several members. */
    processId: string(),
    /** Where other instances reach it; null: nowhere. */
    userEndpoint: struct(
      '0+',
      { nullable: '0+', default: null },
      {
        host: string(),
        port: uint16(),
      },
    ),
    clientTags: array('0+', {
      key: string(),
      value: string(),
    }),
  },
})

/** Names a streams group. */
export const StreamsGroupTopologyKey = message({
  name: 'StreamsGroupTopologyKey',
  key: 23,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

const topicInfo = {
  name: string(),
  /** 0: not given, the coordinator works it out. */
  partitions: int32(),
  /** 0: the broker's default. */
  replicationFactor: int16(),
  topicConfigs: array('0+', {
    key: string(),
    value: string(),
  }),
}

/** The topology that members handed in, as in StreamsGroupHeartbeat. Written when it is new. */
export const StreamsGroupTopologyValue = message({
  name: 'StreamsGroupTopologyValue',
  key: 23,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    subtopologies: array('0+', {
      subtopologyId: string(),
      sourceTopics: array('0+', string()),
      sourceTopicRegex: array('0+', string()),
      stateChangelogTopics: array('0+', topicInfo),
      repartitionSinkTopics: array('0+', string()),
      repartitionSourceTopics: array('0+', topicInfo),
      /** Topics that must have equally many partitions, as indexes into the lists above. */
      copartitionGroups: array('0+', {
        sourceTopics: array('0+', int16()),
        sourceTopicRegex: array('0+', int16()),
        repartitionSourceTopics: array('0+', int16()),
      }),
    }),
  },
})

/** Names a streams group. */
export const StreamsGroupTargetAssignmentMetadataKey = message({
  name: 'StreamsGroupTargetAssignmentMetadataKey',
  key: 20,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

/** For which group epoch the target assignment was made. Written after the members' parts. */
export const StreamsGroupTargetAssignmentMetadataValue = message({
  name: 'StreamsGroupTargetAssignmentMetadataValue',
  key: 20,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    /** When, in milliseconds since 1970; 0: unknown. */
    assignmentTimestamp: int64('0+', { tag: 0, default: 0, ignorable: true }),
  },
})

/** Names a member. */
export const StreamsGroupTargetAssignmentMemberKey = message({
  name: 'StreamsGroupTargetAssignmentMemberKey',
  key: 21,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

const taskIds = {
  subtopologyId: string(),
  partitions: array('0+', int32()),
}

/** What the member is to run in the end. Written when a new target changes it; a tombstone when it is gone. */
export const StreamsGroupTargetAssignmentMemberValue = message({
  name: 'StreamsGroupTargetAssignmentMemberValue',
  key: 21,
  versions: '0',
  flexible: '0+',
  fields: {
    activeTasks: array('0+', taskIds),
    standbyTasks: array('0+', taskIds),
    warmupTasks: array('0+', taskIds),
  },
})

/** Names a member. */
export const StreamsGroupCurrentMemberAssignmentKey = message({
  name: 'StreamsGroupCurrentMemberAssignmentKey',
  key: 22,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

const taskIdsWithEpochs = {
  subtopologyId: string(),
  partitions: array('0+', int32()),
  /** Of each task the member epoch at which the member got it; null: unknown. */
  assignmentEpochs: array('0+', { tag: 0, nullable: '0+' }, int32()),
}

/** Where the member is on its way to the target. Written whenever it takes a step; a tombstone when it is gone. */
export const StreamsGroupCurrentMemberAssignmentValue = message({
  name: 'StreamsGroupCurrentMemberAssignmentValue',
  key: 22,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    /** The epoch before, which the member may still send if it missed the last answer. */
    previousMemberEpoch: int32(),
    /** 1: stable. 2: it must give up tasks. 3: it waits for others to do so. */
    state: int8(),
    activeTasks: array('0+', taskIdsWithEpochs),
    standbyTasks: array('0+', taskIdsWithEpochs),
    warmupTasks: array('0+', taskIdsWithEpochs),
    activeTasksPendingRevocation: array('0+', taskIdsWithEpochs),
    standbyTasksPendingRevocation: array('0+', taskIdsWithEpochs),
    warmupTasksPendingRevocation: array('0+', taskIdsWithEpochs),
  },
})
