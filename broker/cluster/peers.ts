/**
 * How brokers reach each other. The rules are the same whether a peer is this broker, another one in this process, or one
 * on another machine; only the way there differs, and stands behind `Peers`.
 */
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { ProducerIdBlock } from './producer-ids.ts'

/** A partition by its topic's name. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** The end of a transaction, for some of its partitions (WriteTxnMarkers). */
export interface TxnMarker {
  readonly producerId: number
  readonly producerEpoch: number
  readonly committed: boolean
  /** Leader epoch of the coordinator's log. */
  readonly coordinatorEpoch: number
  /** 2: the epoch is above that of the transaction's batches (KIP-890). */
  readonly transactionVersion: number
  readonly partitions: readonly TopicPartition[]
}

/**
 * What a partition's leader asks the coordinator before it takes a transactional batch (KIP-890), and what AddPartitionsToTxn
 * carries from version 4 on.
 */
export interface TxnPartitions {
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
  /** Only ask whether the partitions are in the open transaction; add nothing. */
  readonly verifyOnly: boolean
  readonly partitions: readonly TopicPartition[]
}

/** What a broker asks of another, as Kafka's brokers do among themselves. All may reject with the other's KafkaError. */
export interface Peer {
  /** Of the controller: a block of producer ids that nobody has (AllocateProducerIds). */
  allocateProducerIds(): Promise<ProducerIdBlock>
  /** Of the partitions' leader: an error per marker and partition, in their order; NONE where the marker is durable. */
  writeTxnMarkers(markers: readonly TxnMarker[]): Promise<readonly (readonly ErrorName[])[]>
  /** Of the transaction coordinator: an error per transaction and partition, in their order (`Transactions.addPartitions`). */
  addPartitionsToTxn(transactions: readonly TxnPartitions[]): Promise<readonly (readonly ErrorName[])[]>
}

/** The brokers that can be reached. */
export interface Peers {
  /** Throws BROKER_NOT_AVAILABLE for one that can't be reached. */
  of(brokerId: number): Peer
}

/** Peers in one process: a question is a call. */
export class LocalPeers implements Peers {
  readonly #peers = new Map<number, Peer>()

  /** From now on the broker can be reached; returns how it leaves. */
  join(brokerId: number, peer: Peer): () => void {
    this.#peers.set(brokerId, peer)
    return () => {
      if (this.#peers.get(brokerId) === peer) this.#peers.delete(brokerId)
    }
  }

  of(brokerId: number): Peer {
    const peer = this.#peers.get(brokerId)
    if (peer === undefined) throw new KafkaError('BROKER_NOT_AVAILABLE', `broker ${brokerId} can't be reached`)
    return peer
  }
}
