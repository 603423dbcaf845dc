/** The broker's errors as librdkafka shows them, by number or by text, and Kafka's names of them. */
import { Refused } from './driver.ts'

/** Errors that the stories expect, and those that a faulty broker is likely to give instead: number, Kafka's name, librdkafka's text. */
const errors: readonly (readonly [code: number, name: string, text: string])[] = [
  [1, 'OFFSET_OUT_OF_RANGE', 'Offset out of range'],
  [2, 'CORRUPT_MESSAGE', 'Invalid message'],
  [3, 'UNKNOWN_TOPIC_OR_PARTITION', 'Unknown topic or partition'],
  [5, 'LEADER_NOT_AVAILABLE', 'Leader not available'],
  [6, 'NOT_LEADER_OR_FOLLOWER', 'Not leader for partition'],
  [7, 'REQUEST_TIMED_OUT', 'Request timed out'],
  [10, 'MESSAGE_TOO_LARGE', 'Message size too large'],
  [14, 'COORDINATOR_LOAD_IN_PROGRESS', 'Coordinator load in progress'],
  [15, 'COORDINATOR_NOT_AVAILABLE', 'Coordinator not available'],
  [16, 'NOT_COORDINATOR', 'Not coordinator'],
  [17, 'INVALID_TOPIC_EXCEPTION', 'Invalid topic'],
  [22, 'ILLEGAL_GENERATION', 'Specified group generation id is not valid'],
  [25, 'UNKNOWN_MEMBER_ID', 'Unknown member'],
  [27, 'REBALANCE_IN_PROGRESS', 'Group rebalance in progress'],
  [32, 'INVALID_TIMESTAMP', 'Invalid timestamp'],
  [35, 'UNSUPPORTED_VERSION', 'API version not supported'],
  [36, 'TOPIC_ALREADY_EXISTS', 'Topic already exists'],
  [37, 'INVALID_PARTITIONS', 'Invalid number of partitions'],
  [38, 'INVALID_REPLICATION_FACTOR', 'Invalid replication factor'],
  [40, 'INVALID_CONFIG', 'Configuration is invalid'],
  [42, 'INVALID_REQUEST', 'Invalid request'],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'Broker received an out of order sequence number'],
  [46, 'DUPLICATE_SEQUENCE_NUMBER', 'Broker received a duplicate sequence number'],
  [47, 'INVALID_PRODUCER_EPOCH', 'Producer attempted an operation with an old epoch'],
  [59, 'UNKNOWN_PRODUCER_ID', 'Unknown Producer Id'],
  [68, 'NON_EMPTY_GROUP', 'Group is not empty'],
  [82, 'FENCED_INSTANCE_ID', 'Static consumer fenced by other consumer with same group.instance.id'],
  [87, 'INVALID_RECORD', 'Broker failed to validate record'],
]

/** {@link Refused} for one of the broker's codes, which are positive. */
export function refusedByCode(code: number, cause: unknown): Refused {
  return new Refused(errors.find(([number]) => number === code)?.[1] ?? `error ${code}`, cause)
}

/** {@link Refused} where `text` holds "Broker: " and an error's text, in any case; undefined where it doesn't. */
export function refusedByText(text: string): Refused | undefined {
  const shown = /broker: ([^\n]+)/i.exec(text)?.[1]
  if (shown === undefined) return undefined
  const name = errors.find(([, , start]) => shown.toLowerCase().startsWith(start.toLowerCase()))?.[1]
  return new Refused(name ?? shown, text.slice(0, 500))
}
