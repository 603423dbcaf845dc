import { api, array, bool, int16, int32, int64, int8, string, struct, uint16 } from '../schema/notation.ts'

const keyValue = {
  key: string(),
  value: string(),
}

const topicInfo = {
  name: string(),
  partitions: int32(),
  replicationFactor: int16(),
  topicConfigs: array('0+', keyValue),
}

const taskIds = {
  subtopologyId: string(),
  partitions: array('0+', int32()),
}

const taskOffset = {
  subtopologyId: string(),
  partition: int32(),
  offset: int64(),
}

const topicPartition = {
  topic: string(),
  partitions: array('0+', int32()),
}

/** StreamsGroupHeartbeat. */
export const StreamsGroupHeartbeat = api({
  key: 88,
  name: 'StreamsGroupHeartbeat',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    endpointInformationEpoch: int32(),
    instanceId: string('0+', { nullable: '0+', default: null }),
    rackId: string('0+', { nullable: '0+', default: null }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topology: struct(
      '0+',
      { nullable: '0+', default: null },
      {
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
    ),
    activeTasks: array('0+', { nullable: '0+', default: null }, taskIds),
    standbyTasks: array('0+', { nullable: '0+', default: null }, taskIds),
    warmupTasks: array('0+', { nullable: '0+', default: null }, taskIds),
    processId: string('0+', { nullable: '0+', default: null }),
    userEndpoint: struct(
      '0+',
      { nullable: '0+', default: null },
      {
        host: string(),
        port: uint16(),
      },
    ),
    clientTags: array('0+', { nullable: '0+', default: null }, keyValue),
    taskOffsets: array('0+', { nullable: '0+', default: null }, taskOffset),
    taskEndOffsets: array('0+', { nullable: '0+', default: null }, taskOffset),
    shutdownApplication: bool('0+', { default: false }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    memberId: string(),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    acceptableRecoveryLagLegacy: int32('0'),
    taskOffsetIntervalMs: int32(),
    acceptableRecoveryLag: int64('1+', { default: -1, ignorable: true }),
    status: array(
      '0+',
      { nullable: '0+' },
      {
        statusCode: int8(),
        statusDetail: string(),
      },
    ),
    activeTasks: array('0+', { nullable: '0+', default: null }, taskIds),
    standbyTasks: array('0+', { nullable: '0+', default: null }, taskIds),
    warmupTasks: array('0+', { nullable: '0+', default: null }, taskIds),
    topologyDescriptionRequired: bool('1+', { default: false }),
    endpointInformationEpoch: int32(),
    partitionsByUserEndpoint: array(
      '0+',
      { nullable: '0+', default: null },
      {
        userEndpoint: struct('0+', {
          host: string(),
          port: uint16(),
        }),
        activePartitions: array('0+', topicPartition),
        standbyPartitions: array('0+', topicPartition),
      },
    ),
  },
})
