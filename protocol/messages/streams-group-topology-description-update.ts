import { api, array, int16, int32, int8, string, struct } from '../schema/notation.ts'

const topologyDescriptionNode = {
  name: string(),
  nodeType: int8(),
  /** Of a source node. */
  sourceTopics: array('0+', string()),
  /** Of a sink node. */
  sinkTopic: string('0+', { nullable: '0+', default: null }),
  /** State stores that a processor node uses. */
  stores: array('0+', string()),
  /** Names of the nodes that this one feeds. */
  successors: array('0+', string()),
}

/**
 * StreamsGroupTopologyDescriptionUpdate hands in the full description of a Streams topology, for tools to show.
 * Members send it to the group's coordinator when StreamsGroupHeartbeat asks for it.
 */
export const StreamsGroupTopologyDescriptionUpdate = api({
  key: 93,
  name: 'StreamsGroupTopologyDescriptionUpdate',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    memberId: string(),
    /** Epoch of the topology that is described. */
    topologyEpoch: int32(),
    topologyDescription: struct('0+', {
      subtopologies: array('0+', {
        subtopologyId: string(),
        nodes: array('0+', topologyDescriptionNode),
      }),
      globalStores: array('0+', {
        source: struct('0+', topologyDescriptionNode),
        processor: struct('0+', topologyDescriptionNode),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    /**
     * STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED, UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND, INVALID_REQUEST,
     * GROUP_AUTHORIZATION_FAILED, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS.
     */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
  },
})
