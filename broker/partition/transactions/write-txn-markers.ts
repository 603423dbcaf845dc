/**
 * WriteTxnMarkers at the partitions' leader: ends transactions in partitions, for their coordinators and for tools.
 */
import type { Logger } from 'pino'
import { type ErrorName, KafkaError } from '../../../protocol/errors.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { TopicPartition, TxnMarker } from '../../cluster/peers.ts'
import type { Groups } from '../../groups/groups.ts'
import { OFFSETS_TOPIC } from '../../groups/offsets-topic.ts'
import type { Partitions } from '../partitions.ts'

/** How long a marker waits for its partition's high watermark, as Kafka's `request.timeout.ms` has it. */
const TIMEOUT_MS = 30_000

/** The parts of the broker that markers go to. */
export interface TxnMarkersDeps {
  readonly cluster: Pick<Cluster, 'topic'>
  readonly partitions: Partitions
  readonly groups: Pick<Groups, 'completeTransaction'>
  readonly logger: Pick<Logger, 'error'>
}

/** Writes markers into the partitions that this broker leads. */
export class TxnMarkers {
  readonly #deps: TxnMarkersDeps

  constructor(deps: TxnMarkersDeps) {
    this.#deps = deps
  }

  /**
   * An error per marker and partition, in their order; NONE where the marker is durable and below the high watermark:
   * UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS, KAFKA_STORAGE_ERROR, REQUEST_TIMED_OUT,
   * TRANSACTION_COORDINATOR_FENCED, INVALID_PRODUCER_EPOCH. Never rejects with a KafkaError.
   */
  write(markers: readonly TxnMarker[]): Promise<readonly (readonly ErrorName[])[]> {
    return Promise.all(
      markers.map(marker => Promise.all(marker.partitions.map(partition => this.#writeOne(marker, partition)))),
    )
  }

  async #writeOne(
    { partitions: _, ...marker }: TxnMarker,
    { topic: name, partition }: TopicPartition,
  ): Promise<ErrorName> {
    const topic = this.#deps.cluster.topic(name)
    try {
      if (topic?.partitions[partition] === undefined) return 'UNKNOWN_TOPIC_OR_PARTITION'
      // Its Shard is the only one that appends to it, and must see what becomes of its offsets.
      if (name === OFFSETS_TOPIC) return await this.#deps.groups.completeTransaction(partition, marker)
      return await (await this.#deps.partitions.find(topic, partition)).mark(marker, TIMEOUT_MS)
    } catch (error) {
      if (error instanceof KafkaError) return told(error.name)
      this.#deps.logger.error({ err: error, partition: `${name}-${partition}` }, 'a marker could not be written')
      return 'UNKNOWN_SERVER_ERROR'
    }
  }
}

/** Coordinators of transactions know the errors of partitions, not those of group coordinators. */
const told = (error: ErrorName): ErrorName =>
  error === 'NOT_COORDINATOR' || error === 'COORDINATOR_NOT_AVAILABLE' || error === 'COORDINATOR_LOAD_IN_PROGRESS'
    ? 'NOT_LEADER_OR_FOLLOWER'
    : error
