import { api, array, bool, int16, int32, int64, string } from '../schema/notation.ts'

/**
 * DescribeLogDirs shows a broker's log directories and how large each partition's log in them is. Tools send it to the
 * broker in question (KIP-113).
 *
 * - v1: while throttled the client itself waits, not the answer (KIP-219).
 * - v3: an error of the whole request.
 * - v4: sizes of the volumes (KIP-827).
 * - v5: cordoned directories (KIP-1066).
 *
 * Kafka 4 dropped v0.
 */
export const DescribeLogDirs = api({
  key: 35,
  name: 'DescribeLogDirs',
  versions: '0-5',
  flexible: '2+',
  request: {
    /** Null: all. A partition that isn't here is left out of the answer. */
    topics: array(
      '0+',
      { nullable: '0+' },
      {
        topic: string(),
        partitions: array('0+', int32()),
      },
    ),
  },
  response: {
    throttleTimeMs: int32(),
    /** CLUSTER_AUTHORIZATION_FAILED; before v3 an empty answer stands for it. */
    errorCode: int16('3+', { ignorable: true }),
    results: array('0+', {
      /** KAFKA_STORAGE_ERROR: the directory is offline. LOG_DIR_NOT_FOUND: there is none. */
      errorCode: int16(),
      /** Absolute path. */
      logDir: string(),
      topics: array('0+', {
        name: string(),
        partitions: array('0+', {
          partitionIndex: int32(),
          /** Bytes of all segments. */
          partitionSize: int64(),
          /**
           * How far the log is behind: of a present log the high watermark's distance from its end, of a future log
           * the distance from the present one.
           */
          offsetLag: int64(),
          /** A log that is being moved here from another directory, see AlterReplicaLogDirs. */
          isFutureKey: bool(),
        }),
      }),
      /** Of the volume that holds the directory; -1: unknown. */
      totalBytes: int64('4+', { default: -1, ignorable: true }),
      /** Of the volume that holds the directory; -1: unknown. */
      usableBytes: int64('4+', { default: -1, ignorable: true }),
      /** No new partitions are placed here. */
      isCordoned: bool('5+', { default: false, ignorable: true }),
    }),
  },
})
