import { api, array, int16, int32, string } from '../schema/notation.ts'

/** ListPartitionReassignments shows the moves of partitions that are in progress (KIP-455). */
export const ListPartitionReassignments = api({
  key: 46,
  name: 'ListPartitionReassignments',
  versions: '0',
  flexible: '0+',
  request: {
    timeoutMs: int32('0+', { default: 60000 }),
    /** Null: all. */
    topics: array(
      '0+',
      { nullable: '0+', default: null },
      {
        name: string(),
        partitionIndexes: array('0+', int32()),
      },
    ),
  },
  response: {
    throttleTimeMs: int32(),
    /** CLUSTER_AUTHORIZATION_FAILED, NOT_CONTROLLER, REQUEST_TIMED_OUT. */
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    /** Only partitions that move. */
    topics: array('0+', {
      name: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /** All present replicas, new and old ones too. */
        replicas: array('0+', int32()),
        /** Of them, those that aren't in sync yet. */
        addingReplicas: array('0+', int32()),
        /** Of them, those that go when the move is done. */
        removingReplicas: array('0+', int32()),
      }),
    }),
  },
})
