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

const taskOffset = {
  subtopologyId: string(),
  partition: int32(),
  offset: int64(),
}

const taskIds = {
  subtopologyId: string(),
  partitions: array('0+', int32()),
}

const assignment = {
  activeTasks: array('0+', taskIds),
  standbyTasks: array('0+', taskIds),
  warmupTasks: array('0+', taskIds),
}

const topologyDescriptionNode = {
  name: string('1+'),
  nodeType: int8('1+'),
  sourceTopics: array('1+', string()),
  sinkTopic: string('1+', { nullable: '1+', default: null }),
  stores: array('1+', string()),
  successors: array('1+', string()),
}

/** StreamsGroupDescribe. */
export const StreamsGroupDescribe = api({
  key: 89,
  name: 'StreamsGroupDescribe',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupIds: array('0+', string()),
    includeAuthorizedOperations: bool(),
    includeTopologyDescription: bool('1+', { default: false }),
  },
  response: {
    throttleTimeMs: int32(),
    groups: array('0+', {
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      topology: struct(
        '0+',
        { nullable: '0+', default: null },
        {
          epoch: int32(),
          subtopologies: array(
            '0+',
            { nullable: '0+', default: null },
            {
              subtopologyId: string(),
              sourceTopics: array('0+', string()),
              repartitionSinkTopics: array('0+', string()),
              stateChangelogTopics: array('0+', topicInfo),
              repartitionSourceTopics: array('0+', topicInfo),
            },
          ),
        },
      ),
      members: array('0+', {
        memberId: string(),
        memberEpoch: int32(),
        instanceId: string('0+', { nullable: '0+', default: null }),
        rackId: string('0+', { nullable: '0+', default: null }),
        clientId: string(),
        clientHost: string(),
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
        clientTags: array('0+', keyValue),
        taskOffsets: array('0+', taskOffset),
        taskEndOffsets: array('0+', taskOffset),
        assignment: struct('0+', assignment),
        targetAssignment: struct('0+', assignment),
        isClassic: bool(),
      }),
      authorizedOperations: int32('0+', { default: -2147483648 }),
      topologyDescription: struct(
        '1+',
        { nullable: '1+', default: null },
        {
          subtopologies: array('1+', {
            subtopologyId: string('1+'),
            nodes: array('1+', topologyDescriptionNode),
          }),
          globalStores: array('1+', {
            source: struct('1+', topologyDescriptionNode),
            processor: struct('1+', topologyDescriptionNode),
          }),
        },
      ),
      topologyDescriptionStatus: int8('1+', { default: 0 }),
      assignorName: string('1+', { nullable: '1+', default: null, ignorable: true }),
    }),
  },
})
