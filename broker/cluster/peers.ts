/**
 * How brokers reach each other. The rules are the same whether a peer is this broker, another one in this process, or one
 * on another machine; only the way there differs, and stands behind `Peers`.
 */
import { KafkaError } from '../../protocol/errors.ts'
import type { ProducerIdBlock } from './producer-ids.ts'

/** What a broker asks of another, as Kafka's brokers do among themselves. All may reject with the other's KafkaError. */
export interface Peer {
  /** Of the controller: a block of producer ids that nobody has (AllocateProducerIds). */
  allocateProducerIds(): Promise<ProducerIdBlock>
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
