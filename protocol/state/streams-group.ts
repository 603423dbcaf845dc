import { array, int16, int32, int64, int8, message, string, struct, uint16 } from '../schema/notation.ts'

/** StreamsGroupMetadataKey. */
export const StreamsGroupMetadataKey = message({
  name: 'StreamsGroupMetadataKey',
  key: 17,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

/** StreamsGroupMetadataValue. */
export const StreamsGroupMetadataValue = message({
  name: 'StreamsGroupMetadataValue',
  key: 17,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    metadataHash: int64(),
    validatedTopologyEpoch: int32('0+', { tag: 0, default: -1 }),
    lastAssignmentConfigs: array(
      '0+',
      { tag: 1, nullable: '0+', default: null },
      {
        key: string(),
        value: string(),
      },
    ),
  },
})

/** StreamsGroupMemberMetadataKey. */
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

/** StreamsGroupMemberMetadataValue. */
export const StreamsGroupMemberMetadataValue = message({
  name: 'StreamsGroupMemberMetadataValue',
  key: 19,
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topologyEpoch: int32(),
    processId: string(),
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

/** StreamsGroupTopologyKey. */
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
  partitions: int32(),
  replicationFactor: int16(),
  topicConfigs: array('0+', {
    key: string(),
    value: string(),
  }),
}

/** StreamsGroupTopologyValue. */
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
      copartitionGroups: array('0+', {
        sourceTopics: array('0+', int16()),
        sourceTopicRegex: array('0+', int16()),
        repartitionSourceTopics: array('0+', int16()),
      }),
    }),
  },
})

/** StreamsGroupTargetAssignmentMetadataKey. */
export const StreamsGroupTargetAssignmentMetadataKey = message({
  name: 'StreamsGroupTargetAssignmentMetadataKey',
  key: 20,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

/** StreamsGroupTargetAssignmentMetadataValue. */
export const StreamsGroupTargetAssignmentMetadataValue = message({
  name: 'StreamsGroupTargetAssignmentMetadataValue',
  key: 20,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: int64('0+', { tag: 0, default: 0, ignorable: true }),
  },
})

/** StreamsGroupTargetAssignmentMemberKey. */
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

/** StreamsGroupTargetAssignmentMemberValue. */
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

/** StreamsGroupCurrentMemberAssignmentKey. */
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
  assignmentEpochs: array('0+', { tag: 0, nullable: '0+', default: null }, int32()),
}

/** StreamsGroupCurrentMemberAssignmentValue. */
export const StreamsGroupCurrentMemberAssignmentValue = message({
  name: 'StreamsGroupCurrentMemberAssignmentValue',
  key: 22,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    activeTasks: array('0+', taskIdsWithEpochs),
    standbyTasks: array('0+', taskIdsWithEpochs),
    warmupTasks: array('0+', taskIdsWithEpochs),
    activeTasksPendingRevocation: array('0+', taskIdsWithEpochs),
    standbyTasksPendingRevocation: array('0+', taskIdsWithEpochs),
    warmupTasksPendingRevocation: array('0+', taskIdsWithEpochs),
  },
})
