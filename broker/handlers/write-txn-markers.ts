import { codeOf, type ErrorName } from '../../protocol/errors.ts'
import { WriteTxnMarkers } from '../../protocol/messages/write-txn-markers.ts'
import type { RequestOf, ResponseOf } from '../../protocol/schema/notation.ts'
import type { TxnMarker } from '../cluster/peers.ts'
import { handler } from './handler.ts'

type Marker = RequestOf<typeof WriteTxnMarkers>['markers'][number]
type Response = ResponseOf<typeof WriteTxnMarkers>

/** WriteTxnMarkers: ends transactions in partitions; sent by coordinators and by tools. Errors: see `TxnMarkers.write`. */
export const writeTxnMarkers = handler(WriteTxnMarkers, {
  async handle({ markers }, _context, broker) {
    return byProducer(markers, await broker.txnMarkers.write(markers.map(markerOf)))
  },
  refuse: ({ markers }, error) =>
    byProducer(
      markers,
      markers.map(marker => markerOf(marker).partitions.map(() => error.name)),
    ),
})

const markerOf = (marker: Marker): TxnMarker => ({
  producerId: marker.producerId,
  producerEpoch: marker.producerEpoch,
  committed: marker.transactionResult,
  coordinatorEpoch: marker.coordinatorEpoch,
  transactionVersion: marker.transactionVersion,
  partitions: marker.topics.flatMap(({ name, partitionIndexes }) =>
    partitionIndexes.map(partition => ({ topic: name, partition })),
  ),
})

/** The answer has one place a producer, whatever the number of its markers (observed with Kafka 4.3). */
const byProducer = (markers: readonly Marker[], errors: readonly (readonly ErrorName[])[]): Response => {
  const producers = new Map<number, Map<string, { partitionIndex: number; errorCode: number }[]>>()
  for (const [index, marker] of markers.entries()) {
    let next = 0
    for (const { name, partitionIndexes } of marker.topics) {
      const topics = producers.get(marker.producerId) ?? new Map()
      producers.set(marker.producerId, topics)
      const answered = partitionIndexes.map(partitionIndex => ({
        partitionIndex,
        errorCode: codeOf(errors[index]![next++]!),
      }))
      topics.set(name, [...(topics.get(name) ?? []), ...answered])
    }
  }
  return {
    markers: Array.from(producers, ([producerId, topics]) => ({
      producerId,
      topics: Array.from(topics, ([name, partitions]) => ({ name, partitions })),
    })),
  }
}
