import { api, array, bool, int16, int32, int64, int8, string, struct, uint16 } from '../schema/notation.ts'

const keyValue = {
  /** Of a topic's setting or of a client tag. */
  key: string(),
  value: string(),
}

const topicInfo = {
  name: string(),
  /** 0: not given, the coordinator works it out. */
  partitions: int32(),
  /** 0: the broker's default. */
  replicationFactor: int16(),
  topicConfigs: array('0+', keyValue),
}

const taskIds = {
  subtopologyId: string(),
  /** One task each. */
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

/**
 * StreamsGroupHeartbeat is the protocol of Kafka Streams groups (KIP-1071): by it a member joins, hands in the
 * topology, tells which tasks it runs, learns which it is to run, and leaves. Sent to the group's coordinator every
 * `heartbeatIntervalMs`. The coordinator creates the internal topics that the topology needs. A null field hasn't
 * changed since the last heartbeat; a member that joins sends all.
 *
 * Topics, tasks: a topology falls into subtopologies; a task is one subtopology on one partition number.
 *
 * - v1: `acceptableRecoveryLag` as int64; the coordinator may ask for a description of the topology.
 */
export const StreamsGroupHeartbeat = api({
  key: 88,
  name: 'StreamsGroupHeartbeat',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    /** A uuid that the member made. */
    memberId: string(),
    /** 0: join. -1: leave. -2: a static member leaves for a while. Otherwise the epoch from the last answer. */
    memberEpoch: int32(),
    /** From the last answer; the coordinator sends `partitionsByUserEndpoint` only when it has a newer one. */
    endpointInformationEpoch: int32(),
    /** Name of a static member, or null. */
    instanceId: string('0+', { nullable: '0+', default: null }),
    rackId: string('0+', { nullable: '0+', default: null }),
    /** How long the member may take to give up tasks. -1: unchanged. */
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    /** On joining. */
    topology: struct(
      '0+',
      { nullable: '0+', default: null },
      {
        /** Of the topology; rises when the application changes it. */
        epoch: int32(),
        subtopologies: array('0+', {
          subtopologyId: string(),
          sourceTopics: array('0+', string()),
          /** Regular expressions. */
          sourceTopicRegex: array('0+', string()),
          /** Internal topics that hold the state stores' changes. */
          stateChangelogTopics: array('0+', topicInfo),
          /** Internal topics that this subtopology writes. */
          repartitionSinkTopics: array('0+', string()),
          /** Internal topics that this subtopology reads. */
          repartitionSourceTopics: array('0+', topicInfo),
          /** Topics that must have equally many partitions, as indexes into the lists above. */
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
    /** Of the process, which may hold several members. */
    processId: string('0+', { nullable: '0+', default: null }),
    /** Where other instances of the application reach this one, for interactive queries. */
    userEndpoint: struct(
      '0+',
      { nullable: '0+', default: null },
      {
        host: string(),
        port: uint16(),
      },
    ),
    /** For spreading standby tasks over racks. */
    clientTags: array('0+', { nullable: '0+', default: null }, keyValue),
    /** How far the changelogs of tasks are restored. */
    taskOffsets: array('0+', { nullable: '0+', default: null }, taskOffset),
    /** Where those changelogs end. */
    taskEndOffsets: array('0+', { nullable: '0+', default: null }, taskOffset),
    /** All members are told to shut down. */
    shutdownApplication: bool('0+', { default: false }),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH (the member gives all up and joins anew), STREAMS_INVALID_TOPOLOGY,
     * STREAMS_INVALID_TOPOLOGY_EPOCH, STREAMS_TOPOLOGY_FENCED, INVALID_REQUEST, UNRELEASED_INSTANCE_ID,
     * GROUP_MAX_SIZE_REACHED, GROUP_ID_NOT_FOUND (no such group, or one of another protocol), UNSUPPORTED_VERSION
     * (streams groups are off), GROUP_AUTHORIZATION_FAILED, TOPIC_AUTHORIZATION_FAILED, NOT_COORDINATOR,
     * COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    memberId: string(),
    /** To be sent next; -1 or -2 when the member has left. */
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    /** See `acceptableRecoveryLag`. */
    acceptableRecoveryLagLegacy: int32('0'),
    /** How often the member is to send `taskOffsets`. */
    taskOffsetIntervalMs: int32(),
    /** A task is restored when its changelog is behind by no more than this; -1: see the legacy field. */
    acceptableRecoveryLag: int64('1+', { default: -1, ignorable: true }),
    /** Null: as before. What is wrong with the group. */
    status: array(
      '0+',
      { nullable: '0+' },
      {
        /**
         * 0: stale topology. 1: source topics missing. 2: topics wrongly partitioned. 3: internal topics missing.
         * 4: shut down. 5: the assignment is delayed.
         */
        statusCode: int8(),
        statusDetail: string(),
      },
    ),
    /** Tasks to run, all of them. Null: as before, as in the next two. */
    activeTasks: array('0+', { nullable: '0+', default: null }, taskIds),
    /** Tasks to keep a copy of the state for. */
    standbyTasks: array('0+', { nullable: '0+', default: null }, taskIds),
    /** Tasks to restore the state for, before they move here. */
    warmupTasks: array('0+', { nullable: '0+', default: null }, taskIds),
    /** The member is to send StreamsGroupTopologyDescriptionUpdate. */
    topologyDescriptionRequired: bool('1+', { default: false }),
    endpointInformationEpoch: int32(),
    /** Where every partition's state is, for interactive queries. */
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
