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
  /** Of a source node. */
  sourceTopics: array('1+', string()),
  /** Of a sink node. */
  sinkTopic: string('1+', { nullable: '1+', default: null }),
  /** State stores that a processor node uses. */
  stores: array('1+', string()),
  /** Names of the nodes that this one feeds. */
  successors: array('1+', string()),
}

/**
 * StreamsGroupDescribe shows Kafka Streams groups (KIP-1071). Tools send it to each group's coordinator. See
 * streams-group-heartbeat.ts for the terms.
 *
 * - v1: description of the topology, name of the assignor.
 */
export const StreamsGroupDescribe = api({
  key: 89,
  name: 'StreamsGroupDescribe',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupIds: array('0+', string()),
    /** Asks for `authorizedOperations`. */
    includeAuthorizedOperations: bool(),
    /** Asks for `topologyDescription`. */
    includeTopologyDescription: bool('1+', { default: false }),
  },
  response: {
    throttleTimeMs: int32(),
    groups: array('0+', {
      /**
       * GROUP_ID_NOT_FOUND, INVALID_GROUP_ID, GROUP_AUTHORIZATION_FAILED, TOPIC_AUTHORIZATION_FAILED (the topology has
       * a topic that the principal may not describe), NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE,
       * COORDINATOR_LOAD_IN_PROGRESS.
       */
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      groupId: string(),
      /** Empty, NotReady, Assigning, Reconciling, Stable or Dead. Empty with an error. */
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      /** Null: none yet. */
      topology: struct(
        '0+',
        { nullable: '0+', default: null },
        {
          epoch: int32(),
          /** Null: the topology isn't initialised. */
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
        /** What the member runs. */
        assignment: struct('0+', assignment),
        /** What it is to run in the end. */
        targetAssignment: struct('0+', assignment),
        /** True: a member by the classic protocol. */
        isClassic: bool(),
      }),
      authorizedOperations: int32('0+', { default: -2147483648 }),
      /** Null: not asked for, or none was handed in. */
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
