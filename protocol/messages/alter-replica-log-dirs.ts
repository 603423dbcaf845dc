import { api, array, int16, int32, string } from '../schema/notation.ts'

/**
 * AlterReplicaLogDirs moves replicas to other directories of the same broker (KIP-113). Sent to the broker in
 * question.
 *
 * Kafka 4 dropped v0.
 */
export const AlterReplicaLogDirs = api({
  key: 34,
  name: 'AlterReplicaLogDirs',
  versions: '0-2',
  flexible: '2+',
  request: {
    dirs: array('0+', {
      /** Absolute path of the directory to move to, one of log.dirs. */
      path: string(),
      topics: array('0+', {
        name: string(),
        partitions: array('0+', int32()),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    results: array('0+', {
      topicName: string(),
      partitions: array('0+', {
        partitionIndex: int32(),
        /**
         * LOG_DIR_NOT_FOUND, KAFKA_STORAGE_ERROR, REPLICA_NOT_AVAILABLE (not here, but it will be placed there),
         * INVALID_TOPIC_EXCEPTION, UNKNOWN_TOPIC_OR_PARTITION, CLUSTER_AUTHORIZATION_FAILED.
         */
        errorCode: int16(),
      }),
    }),
  },
})
