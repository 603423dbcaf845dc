/**
 * What coordinators store, in Kafka's own form, so that Kafka's tools read it. A record type is unique in its topic
 * only: type 0 is a committed offset in __consumer_offsets, a transactional id in __transaction_state and a snapshot in
 * __share_group_state.
 */
import type { Message } from '../schema/notation.ts'
import * as classicGroup from './classic-group.ts'
import * as consumerGroup from './consumer-group.ts'
import * as controlRecords from './control-records.ts'
import * as kraftMetadata from './kraft-metadata.ts'
import * as shareGroup from './share-group.ts'
import * as shareState from './share-state.ts'
import * as streamsGroup from './streams-group.ts'
import * as transactionLog from './transaction-log.ts'

const topics = {
  __consumer_offsets: [classicGroup, consumerGroup, shareGroup, streamsGroup],
  __transaction_state: [transactionLog],
  __share_group_state: [shareState],
}

/** Keys and values of all record types, by the topic that holds them. */
export const storedMessages: ReadonlyMap<string, readonly Message[]> = new Map(
  Object.entries(topics).map(([topic, files]) => [topic, files.flatMap(file => Object.values<Message>(file))]),
)

/** The same in one list, with what brokers write into users' partitions and transaction indexes, and with Kafka's own metadata. */
export const stateMessages: readonly Message[] = [
  ...[...storedMessages.values()].flat(),
  ...Object.values<Message>(controlRecords),
  ...Object.values<Message>(kraftMetadata),
]
